"""DirectClient and LiteLLMClient against the same server with the same faults."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from iftgen.backends.base import Client
from iftgen.backends.direct import DirectClient
from iftgen.backends.litellm_client import LiteLLMClient
from iftgen.errors import BackendError, BackendRefused, CallFailed, TransientCallError
from iftgen.types import Request, Usage
from tests.backends.conftest import KEY, FakeServer, chat, plain


def make(kind: str, url: str, timeout: float = 20.0) -> Client:
    """Return a client of either kind, not started."""
    if kind == "direct":
        return DirectClient("m", url, KEY, timeout=timeout)
    return LiteLLMClient("openai/m", url, KEY, timeout=timeout)


@pytest.fixture(params=["direct", "litellm"])
async def client(request: pytest.FixtureRequest, server: FakeServer) -> AsyncIterator[Client]:
    """A started client of the server."""
    made = make(request.param, server.url)
    await made.start()
    yield made
    await made.close()
    await made.close()


@pytest.mark.parametrize("ask", [chat, plain])
async def test_a_request_goes_out_whole_and_its_reply_comes_back(client: Client, server: FakeServer, ask: type) -> None:
    server.choice = {"finish_reason": "length"}
    reply = await client.send(ask(sampling={"temperature": 0.5, "seed": 3, "max_tokens": 5, "min_p": 0.1}))
    path, body = server.bodies[0]
    assert path == ("/v1/chat/completions" if ask is chat else "/v1/completions")
    assert body["model"] == "m"
    assert [body[key] for key in ("temperature", "seed", "max_tokens", "min_p")] == [0.5, 3, 5, 0.1]
    assert server.keys == [f"Bearer {KEY}"]
    assert (reply.text, reply.finish_reason, reply.usage, reply.model) == ("Hello.", "length", Usage(3, 2), "m")


@pytest.mark.parametrize("ask", [chat, plain])
@pytest.mark.parametrize(
    ("fault", "error", "kind"),
    [
        ("429", TransientCallError, "overload"),
        ("500", TransientCallError, "server"),
        ("503", TransientCallError, "server"),
        ("malformed", TransientCallError, None),
        ("drop", TransientCallError, None),
        ("400", CallFailed, None),
        ("401", BackendRefused, None),
        ("403", BackendRefused, None),
        ("404", BackendRefused, None),
    ],
)
async def test_a_fault_is_one_attempt_and_the_right_error(
    client: Client, server: FakeServer, fault: str, error: type[Exception], kind: str | None, ask: type
) -> None:
    server.faults = [fault]
    server.headers = {"Retry-After": "7"}
    with pytest.raises(error) as caught:
        await client.send(ask())
    assert type(caught.value) is error
    assert KEY not in str(caught.value)
    assert len(server.bodies) == 1
    assert kind is None or getattr(caught.value, "kind", None) == kind
    if fault == "429":
        assert getattr(caught.value, "retry_after", None) == 7
    assert (await client.send(ask())).text == "Hello."


async def test_a_server_that_hangs_is_left_after_the_timeout(client: Client, server: FakeServer) -> None:
    await client.send(chat())  # LiteLLM's first call imports more, which takes longer than the time-out below
    impatient = make("direct" if isinstance(client, DirectClient) else "litellm", server.url, 0.3)
    await impatient.start()
    server.faults = ["hang"]
    with pytest.raises(TransientCallError, match=r"No answer within 0\.3 s\.") as caught:
        await impatient.send(chat())
    assert caught.value.kind == "timeout"
    await impatient.close()
    assert (await client.send(chat())).text == "Hello."


async def test_logprobs_are_asked_for_and_averaged(client: Client, server: FakeServer) -> None:
    tokens: list[dict[str, object]] = [{"token": "a", "logprob": value, "top_logprobs": []} for value in (-0.5, -1.5)]
    server.choice = {"logprobs": {"content": tokens}}
    assert (await client.send(chat(logprobs=True))).logprob == -1.0
    assert server.bodies[0][1]["logprobs"] is True


async def test_a_server_that_cannot_score_gives_no_logprob(client: Client, server: FakeServer) -> None:
    server.faults = ["404"]
    assert (await client.send(Request("judge", prompt="a", score=" b"))).logprob is None


async def test_a_refused_connection_is_transient(server: FakeServer) -> None:
    client = DirectClient("m", "http://127.0.0.1:9/v1", KEY)
    await client.start()
    with pytest.raises(TransientCallError) as caught:
        await client.send(chat())
    assert caught.value.kind == "unreachable"
    await client.close()


async def test_a_redirect_is_refused_and_the_key_stays(server: FakeServer) -> None:
    client = DirectClient("m", server.url, KEY)
    await client.start()
    server.faults, server.headers = ["307"], {"Location": server.url + "/elsewhere"}
    with pytest.raises(BackendRefused, match="307"):
        await client.send(chat())
    assert len(server.bodies) == 1
    await client.close()


async def test_a_client_that_is_not_started_says_so() -> None:
    for client in (DirectClient("m", "http://127.0.0.1:9/v1"), LiteLLMClient("openai/m")):
        with pytest.raises(BackendError, match=r"'.*m' is not started"):
            await client.send(chat())


async def test_a_model_without_a_provider_is_refused() -> None:
    client = LiteLLMClient("nobody-knows-this", timeout=5)
    await client.start()
    with pytest.raises(BackendRefused, match="Write provider/model"):
        await client.send(chat())
    await client.close()


SILENT = """
import asyncio, json, socket, sys
seen = []
def watch(name):
    real = getattr(socket.socket, name)
    def watched(self, address, *rest):
        seen.append(str(address[0] if isinstance(address, tuple) else address))
        return real(self, address, *rest)
    setattr(socket.socket, name, watched)
watch("connect"); watch("connect_ex")
real_lookup = socket.getaddrinfo
def lookup(host, *rest, **more):
    seen.append(str(host))
    return real_lookup(host, *rest, **more)
socket.getaddrinfo = lookup
from iftgen.backends.litellm_client import LiteLLMClient
from iftgen.types import Request
async def main():
    client = LiteLLMClient("openai/m", sys.argv[1], "k", timeout=5)
    await client.start()
    said = ({"role": "user", "content": "q"},)
    for ask in (Request("response", messages=said), Request("response", prompt="q")):
        assert (await client.send(ask)).text == "Hello."
    await client.close()
asyncio.run(main())
print(json.dumps(seen))
"""


async def test_litellm_speaks_to_nobody_else_and_prints_nothing(server: FakeServer) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error::ResourceWarning", "-c", SILENT, server.url,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, "")
    assert set(json.loads(out)) <= {"127.0.0.1", "localhost"}
