"""Vectors from servers: the request that goes out, the forms that come back, what they cost, and the mock's."""

import base64
import math
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from iftgen.backends import Caller, call_key, make_spec
from iftgen.backends.base import Client
from iftgen.backends.direct import DirectClient
from iftgen.backends.litellm_client import LiteLLMClient
from iftgen.backends.mock import MockClient
from iftgen.backends.price import most_tokens, rates, used, worst_case
from iftgen.backends.wire import pack_vectors, parse_vectors
from iftgen.errors import TransientCallError
from iftgen.types import Reply, Request, Usage
from tests.backends.conftest import KEY, MemoryStore, serving
from tests.backends.scripted import Till


@dataclass
class EmbeddingServer:
    """Gives each text the vector (length, 1), in the wrong order, and notes what was asked."""

    url: str = ""
    bodies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await http.json()
        self.bodies.append((http.path, body))
        self.keys.append(http.headers.get("Authorization"))
        data = [
            {"object": "embedding", "index": place, "embedding": [float(len(text)), 1.0]}
            for place, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 7, "total_tokens": 7}
        return web.json_response({"object": "list", "data": data[::-1], "model": body["model"], "usage": usage})


@pytest.fixture
async def embeddings() -> AsyncIterator[EmbeddingServer]:
    """A running server."""
    fake = EmbeddingServer()
    async with serving(fake.handle) as fake.url:
        yield fake


def numbers(reply: Reply) -> Sequence[float]:
    raw = base64.b64decode(reply.text)
    return struct.unpack(f"<{len(raw) // 4}f", raw)


def ask(*texts: str, **sampling: Any) -> Request:
    return Request("embedder", embed=texts, sampling=sampling)


@pytest.mark.parametrize("kind", ["direct", "litellm", "openai"])
async def test_texts_go_out_and_their_vectors_come_back_in_order(kind: str, embeddings: EmbeddingServer) -> None:
    name = "text-embedding-3-small" if kind == "openai" else "m"
    direct = kind == "direct"
    client: Client = (
        DirectClient(name, embeddings.url, KEY) if direct else LiteLLMClient(f"openai/{name}", embeddings.url, KEY)
    )
    await client.start()
    try:
        reply = await client.send(ask("ab", "größer", dimensions=2))
    finally:
        await client.close()
    path, body = embeddings.bodies[0]
    assert (path, body["model"], body["input"]) == ("/v1/embeddings", name, ["ab", "größer"])
    # LiteLLM drops what it does not know a model to take.
    assert body.get("dimensions") == (None if kind == "litellm" else 2)
    assert embeddings.keys == [f"Bearer {KEY}"]
    assert numbers(reply) == (2.0, 1.0, 6.0, 1.0)
    assert reply.usage == Usage(7, 0)


def test_vectors_may_come_as_base64() -> None:
    said = base64.b64encode(struct.pack("<2f", 0.5, -2.0)).decode()
    reply = parse_vectors({"data": [{"index": 0, "embedding": said}]}, "m", 1)
    assert (numbers(reply), reply.model) == ((0.5, -2.0), "m")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": []},
        {"data": [{"index": 0, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]},
        {"data": [{"index": 0, "embedding": ["a"]}, {"index": 1, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": "!"}, {"index": 1, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]},
        None,
    ],
)
def test_a_malformed_body_is_tried_again(body: Any) -> None:
    with pytest.raises(TransientCallError, match="malformed"):
        parse_vectors(body, "m", 2)


async def test_the_mock_puts_texts_near_that_share_words() -> None:
    texts = ("Explain how tides work.", "Explain why tides work", "Bake a cake", "Explain how tides work.", "?!")
    values = numbers(await MockClient().send(ask(*texts)))
    size = len(values) // len(texts)
    vectors = [values[place * size : (place + 1) * size] for place in range(len(texts))]

    def cosine(one: int, other: int) -> float:
        dot = sum(a * b for a, b in zip(vectors[one], vectors[other], strict=True))
        return dot / math.hypot(*vectors[one]) / math.hypot(*vectors[other])

    assert cosine(0, 1) > 0.6 > 0.3 > cosine(0, 2)
    assert vectors[0] == vectors[3]
    assert any(vectors[4])


def test_a_listed_embedding_model_has_a_price_without_output() -> None:
    found = rates(make_spec({"name": "b", "model": "openai/text-embedding-3-small"}))
    assert found == (2e-08, 0.0)


async def test_the_worst_case_is_each_byte_and_what_was_counted_is_charged() -> None:
    request = ask("ä" * 10, "b")
    assert most_tokens(request) == (20 + 1 + 2 * 16, 0)
    worst = worst_case((1e-6, 0.0), 53, 0)
    assert used((1e-6, 0.0), worst, Usage(7, 0), written=False).tokens == 7
    assert used((1e-6, 0.0), worst, Usage(), written=False) == worst
    till = Till()
    spec = make_spec({"name": "b", "model": "mock", "client": "mock", "price": {"input": 2, "output": 0}})
    caller = Caller(MockClient(), spec, MemoryStore(), gate=till)
    reply = await caller.call(request)
    await caller.close()
    assert (till.worst[0].tokens, till.used[0].tokens) == (53, reply.usage.prompt_tokens)
    assert reply.cost_usd == pytest.approx(reply.usage.prompt_tokens * 2e-6)


def test_the_keys_of_other_calls_are_as_before() -> None:
    plain = call_key("m", Request("response", prompt="Why?"))
    assert plain == "b21685f57f621b85439db9def17e2ae460c2869244b671d674a1867bc2b88088"
    assert len({plain, call_key("m", ask("Why?")), call_key("m", ask("Why?", ""))}) == 3


def test_packing_keeps_each_number() -> None:
    assert numbers(Reply(pack_vectors([[1.5, -2.0], [0.25, 3.0]]))) == (1.5, -2.0, 0.25, 3.0)
