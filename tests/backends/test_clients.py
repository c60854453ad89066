"""DirectClient and LiteLLMClient against the same server with the same faults."""

import asyncio
import json
import subprocess
import sys
import time
import traceback
from collections.abc import AsyncIterator
from email.utils import formatdate

import pytest

from iftgen.backends.base import Client
from iftgen.backends.direct import DirectClient
from iftgen.backends.litellm_client import LiteLLMClient
from iftgen.errors import BackendError, BackendRefused, CallFailed, TransientCallError
from iftgen.types import Request, Usage
from tests.backends.conftest import KEY, FakeServer, chat, plain


def make(kind: str, url: str, timeout: float = 20.0) -> Client:
    """Return a client, not started: `direct`, `litellm` (a server of one's own), `openai` (OpenAI's model)."""
    if kind == "direct":
        return DirectClient("m", url, KEY, timeout=timeout)
    return LiteLLMClient("openai/gpt-4o" if kind == "openai" else "openai/m", url, KEY, timeout=timeout)


# LiteLLM continues a text by a chat where the model is one of OpenAI's.
BOTH_WAYS = pytest.mark.parametrize(
    ("kind", "ask"),
    [("direct", chat), ("direct", plain), ("litellm", chat), ("litellm", plain), ("openai", chat)],
    ids=lambda value: getattr(value, "__name__", value),
)


@pytest.fixture(params=["direct", "litellm", "openai"])
def kind(request: pytest.FixtureRequest) -> str:
    """What `make` makes."""
    return str(request.param)


@pytest.fixture
async def client(kind: str, server: FakeServer) -> AsyncIterator[Client]:
    """A started client of the server, closed twice in the end."""
    made = make(kind, server.url)
    await made.start()
    yield made
    await made.close()
    await made.close()


@BOTH_WAYS
async def test_a_request_goes_out_whole_and_its_reply_comes_back(client: Client, server: FakeServer, ask: type) -> None:
    server.choice = {"finish_reason": "length"}
    sampling = {"temperature": 0.5, "seed": 3, "max_tokens": 5, "stop": ["\n"], "min_p": 0.1, "top_p": None}
    reply = await client.send(ask(sampling=sampling))
    path, body = server.bodies[0]
    name = client.model.removeprefix("openai/")
    words = {"messages": [{"role": "user", "content": "Why?"}]} if ask is chat else {"prompt": plain().prompt}
    assert path == ("/v1/chat/completions" if ask is chat else "/v1/completions")
    assert body == {"model": name, **words, **{key: value for key, value in sampling.items() if value is not None}}
    assert server.keys == [f"Bearer {KEY}"]
    assert (reply.text, reply.finish_reason, reply.usage, reply.model) == ("Hello.", "length", Usage(3, 2), name)


async def test_a_schema_and_nested_extra_keys_are_passed_on(client: Client, server: FakeServer) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "row", "schema": schema, "strict": True}}
    extra = {"response_format": wanted, "chat_template_kwargs": {"enable_thinking": False}}
    await client.send(chat(sampling=extra))
    assert {key: server.bodies[0][1][key] for key in extra} == extra


async def test_text_beyond_ascii_comes_through_both_ways(client: Client, server: FakeServer) -> None:
    text = 'Größe \u4e2d\u6587 \U0001f600 e\u0301 \u202e "\\\n'
    server.message = {"content": text}
    assert (await client.send(chat(text))).text == text
    assert server.bodies[0][1]["messages"][0]["content"] == text


@pytest.mark.parametrize(
    ("message", "text", "reasoning"),
    [
        ({"content": ""}, "", None),
        ({"content": None}, "", None),
        ({"content": "Yes.", "reasoning_content": "hm"}, "Yes.", "hm"),
        ({"content": "\n\nYes.", "reasoning_content": "hm\n"}, "Yes.", "hm"),
        ({"content": "<think>\nhm\n</think>\n\nYes."}, "Yes.", "hm"),
        ({"content": "<think>never closed"}, "", "never closed"),
        ({"content": "Close it: <think>a</think>"}, "Close it: <think>a</think>", None),
    ],
)
async def test_empty_content_is_a_reply_and_reasoning_is_kept_apart(
    client: Client, server: FakeServer, message: dict[str, str | None], text: str, reasoning: str | None
) -> None:
    server.message = message
    reply = await client.send(chat())
    assert (reply.text, reply.reasoning) == (text, reasoning)


async def test_reasoning_tokens_are_counted_and_missing_usage_is_none(client: Client, server: FakeServer) -> None:
    details = {"completion_tokens_details": {"reasoning_tokens": 7}}
    server.top = {"usage": {"prompt_tokens": 4, "completion_tokens": 9, "total_tokens": 13, **details}}
    assert (await client.send(chat())).usage == Usage(4, 9, 7)


@BOTH_WAYS
async def test_a_compressed_answer_is_read(client: Client, server: FakeServer, ask: type) -> None:
    server.faults = ["gzip"]
    assert (await client.send(ask())).text == "Hello."


FAULTS = [
    ("400", CallFailed, None),
    ("401", BackendRefused, None),
    ("403", BackendRefused, None),
    ("404", BackendRefused, None),
    ("413", CallFailed, None),
    ("408", TransientCallError, "timeout"),
    ("429", TransientCallError, "overload"),
    ("500", TransientCallError, "server"),
    ("502", TransientCallError, "unreachable"),
    ("503", TransientCallError, "overload"),
    ("text", TransientCallError, "unreachable"),
    ("malformed", TransientCallError, "malformed"),
    ("shape", TransientCallError, "malformed"),
    ("truncated", TransientCallError, "cut"),
    ("drop", TransientCallError, "cut"),
]


@BOTH_WAYS
@pytest.mark.parametrize(("fault", "error", "reason"), FAULTS, ids=[name for name, *_ in FAULTS])
async def test_a_fault_is_one_attempt_and_the_right_error(
    client: Client, server: FakeServer, fault: str, error: type[Exception], reason: str | None, ask: type
) -> None:
    server.faults = [fault]
    with pytest.raises(error) as caught:
        await client.send(ask())
    assert (type(caught.value), getattr(caught.value, "kind", None)) == (error, reason)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert len(server.bodies) == 1
    assert (await client.send(ask())).text == "Hello."


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"Retry-After": "in an hour, as a date"}, 3600.0),
        ({}, None),
    ],
    ids=["seconds", "fraction", "milliseconds", "date", "none"],
)
async def test_the_wait_that_a_server_asks_for_is_told(
    client: Client, server: FakeServer, headers: dict[str, str], seconds: float | None
) -> None:
    if seconds == 3600:
        headers = {"Retry-After": formatdate(time.time() + seconds, usegmt=True)}
    server.faults, server.headers = ["429"], headers
    with pytest.raises(TransientCallError) as caught:
        await client.send(chat())
    assert caught.value.retry_after == (seconds and pytest.approx(seconds, abs=60 if seconds > 60 else 0))


async def test_a_server_that_hangs_is_left_after_the_timeout(kind: str, client: Client, server: FakeServer) -> None:
    impatient = make(kind, server.url, 0.3)
    await impatient.start()
    server.faults = ["hang"]
    with pytest.raises(TransientCallError, match=r"No answer within 0\.3 s\.") as caught:
        await impatient.send(chat())
    assert caught.value.kind == "timeout"
    await impatient.close()
    assert (await client.send(chat())).text == "Hello."


@BOTH_WAYS
async def test_a_refused_connection_is_transient(kind: str, ask: type) -> None:
    client = make(kind, "http://127.0.0.1:9/v1")
    await client.start()
    with pytest.raises(TransientCallError) as caught:
        await client.send(ask())
    assert caught.value.kind == "unreachable"
    await client.close()


@BOTH_WAYS
@pytest.mark.parametrize("status", ["302", "307"])
async def test_a_redirect_is_refused_and_the_key_stays(
    client: Client, server: FakeServer, status: str, ask: type
) -> None:
    server.faults, server.headers = [status], {"Location": f"{server.url}/elsewhere"}
    with pytest.raises(BackendRefused, match=status):
        await client.send(ask())
    assert len(server.bodies) == 1


async def test_connections_are_kept_alive(client: Client, server: FakeServer) -> None:
    for _ in range(3):
        await client.send(chat())
    assert len(server.sockets) == 1
    for _ in range(2):
        await asyncio.gather(*(client.send(chat(str(number))) for number in range(8)))
    assert len(server.sockets) <= 8


async def test_a_call_that_is_cancelled_in_flight_leaves_a_client_that_works(
    client: Client, server: FakeServer
) -> None:
    server.faults = ["hang"]
    task = asyncio.create_task(client.send(chat()))
    await server.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await client.send(chat())).text == "Hello."


@BOTH_WAYS
async def test_logprobs_are_asked_for_and_averaged(client: Client, server: FakeServer, ask: type) -> None:
    tokens: list[dict[str, object]] = [{"token": "a", "logprob": value, "top_logprobs": []} for value in (-0.5, -1.5)]
    old = {"tokens": ["a", "b"], "token_logprobs": [-0.5, -1.5], "top_logprobs": None, "text_offset": [0, 1]}
    server.choice = {"logprobs": {"content": tokens} if ask is chat else old}
    assert (await client.send(ask(logprobs=True))).logprob == -1.0
    assert server.bodies[0][1]["logprobs"] == (True if ask is chat else 1)


async def test_litellm_gives_no_logprob_of_a_given_text(server: FakeServer) -> None:
    client = make("litellm", server.url)
    await client.start()
    assert (await client.send(Request("judge", prompt="a", score=" b"))).logprob is None
    assert server.bodies == []
    await client.close()


async def test_a_client_that_is_not_started_says_so() -> None:
    for client in (DirectClient("m", "http://127.0.0.1:9/v1"), LiteLLMClient("openai/m")):
        with pytest.raises(BackendError, match=r"'.*m' is not started"):
            await client.send(chat())


@pytest.mark.parametrize("model", ["m", "openai/m", "hosted_vllm/m"])
async def test_the_server_of_the_user_is_asked_for_the_name_it_knows(server: FakeServer, model: str) -> None:
    client = LiteLLMClient(model, server.url)
    await client.start()
    assert (await client.send(chat())).model == (await client.send(plain())).model == "m"
    assert [body["model"] for _, body in server.bodies] == ["m", "m"]
    await client.close()


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
