"""The log-probability of a given text, from servers that answer as vLLM and as llama.cpp do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from aiohttp import web

from iftgen.backends import make_spec
from iftgen.backends.direct import DirectClient
from iftgen.backends.scoring import _whole
from iftgen.errors import BackendRefused, TransientCallError
from iftgen.types import Request
from tests.backends.conftest import serving

BOS = 1
USER = ({"role": "user", "content": "Name a red fruit"},)


@dataclass
class ScoringServer:
    """A server whose tokens are words and whose model finds a word likely where it stood before."""

    kind: Literal["vllm", "llama", "none"] = "vllm"
    url: str = ""
    words: list[str] = field(default_factory=lambda: ["<unk>", "<s>"])
    bodies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    fault: tuple[str, int, str] = ("", 0, "")
    wrong_ids: bool = False
    pieces: bool = True

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await http.json()
        self.bodies.append((http.path, body))
        if http.path == self.fault[0]:
            return web.json_response({"error": {"message": self.fault[2]}}, status=self.fault[1])
        if self.kind == "none" and http.path == "/tokenize":
            return web.json_response({"detail": "Not Found"}, status=404)
        answer = {
            "/tokenize": self._tokenize,
            "/apply-template": lambda body: {"prompt": _chat(body["messages"])},
            "/v1/completions": self._echo if self.kind == "vllm" else self._force,
        }[http.path]
        return web.json_response(answer(body))

    def asked(self, path: str) -> list[dict[str, Any]]:
        """Return the bodies that went to an address."""
        return [body for where, body in self.bodies if where == path]

    def _tokenize(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.kind == "llama":
            ids = self._ids(body["content"])
            return {"tokens": [{"id": one, "piece": self.words[one]} for one in ids] if self.pieces else ids}
        text = _chat(body["messages"]) if "messages" in body else body["prompt"]
        # vLLM writes the mark of a beginning before texts, where it is not told otherwise, and not before chats.
        special = body.get("add_special_tokens", "messages" not in body)
        ids = [BOS] * special + self._ids(text)
        return {"tokens": ids, "count": len(ids), "max_model_len": 4096}

    def _echo(self, body: dict[str, Any]) -> dict[str, Any]:
        assert body["echo"] is True and body["logprobs"] == 1 and body["max_tokens"] == 1
        ids = [*body["prompt"], 0]
        values = [None, *(_logprob(ids[:place], ids[place]) for place in range(1, len(ids)))]
        said = {"tokens": [self.words[one] for one in ids], "token_logprobs": values}
        usage = {"prompt_tokens": len(body["prompt"]), "completion_tokens": 1}
        return _completion(said, usage)

    def _force(self, body: dict[str, Any]) -> dict[str, Any]:
        prompt = body["prompt"] if isinstance(body["prompt"], list) else [body["prompt"]]
        seen = [one for part in prompt for one in (self._ids(part) if isinstance(part, str) else [part])]
        content = []
        for one in [int(part[2:-2]) for part in body["grammar"].removeprefix("root ::= ").split()]:
            content.append({"id": one + self.wrong_ids, "logprob": _logprob(seen, one)})
            seen.append(one)
        return _completion({"content": content}, {"prompt_tokens": len(prompt), "completion_tokens": len(content)})

    def _ids(self, text: str) -> list[int]:
        self.words += [word for word in dict.fromkeys(text.split()) if word not in self.words]
        return [self.words.index(word) for word in text.split()]


def _chat(messages: list[dict[str, str]]) -> str:
    return " ".join(f"<{turn['role']}> {turn['content']}" for turn in messages) + " <assistant> "


def _logprob(seen: list[int], one: int) -> float:
    return -0.5 if one in seen else -4.0


def _completion(logprobs: dict[str, Any], usage: dict[str, int]) -> dict[str, Any]:
    choice = {"index": 0, "text": "", "finish_reason": "length", "logprobs": logprobs}
    return {"model": "m", "choices": [choice], "usage": usage}


@pytest.fixture
async def server() -> AsyncIterator[ScoringServer]:
    """A running server on a port of its own."""
    made = ScoringServer()
    async with serving(made.handle) as made.url:
        yield made


@pytest.fixture
async def client(server: ScoringServer) -> AsyncIterator[DirectClient]:
    """A started client of the server."""
    made = DirectClient("m", server.url)
    await made.start()
    yield made
    await made.close()


BOTH = pytest.mark.parametrize("kind", ["vllm", "llama"])


@BOTH
@pytest.mark.parametrize(
    ("where", "mean"),
    [
        ({"messages": USER}, (-4.0 - 0.5 - 0.5 - 4.0) / 4),
        ({"messages": ({"role": "user", "content": ""},)}, -4.0),
        ({"prompt": "red red red"}, (-4.0 - 0.5 - 4.0 - 4.0) / 4),
        ({"prompt": "unlike"}, -4.0),
    ],
)
async def test_the_mean_is_that_of_the_tokens_of_the_text_alone(
    server: ScoringServer, client: DirectClient, kind: Any, where: dict[str, Any], mean: float
) -> None:
    server.kind = kind
    reply = await client.send(Request("judge", **where, score="An red fruit indeed"))
    assert reply.logprob == pytest.approx(mean)
    assert (reply.text, reply.model) == ("An red fruit indeed", "m")
    assert reply.usage.prompt_tokens > 0


async def test_vllm_is_sent_ids_with_one_mark_of_the_beginning(server: ScoringServer, client: DirectClient) -> None:
    await client.send(Request("judge", prompt="Question: Why", score=" Because"))
    text, prompt = server.asked("/tokenize")
    assert (text["prompt"], text["add_special_tokens"]) == (" Because", False)
    assert (prompt["prompt"], prompt["add_special_tokens"]) == ("Question: Why", True)
    (sent,) = server.asked("/v1/completions")
    assert [server.words[one] for one in sent["prompt"]] == ["<s>", "Question:", "Why", "Because"]


async def test_vllm_renders_a_conversation_by_the_template_of_the_model(
    server: ScoringServer, client: DirectClient
) -> None:
    await client.send(Request("judge", messages=USER, score="Cherry"))
    _, chat = server.asked("/tokenize")
    assert chat == {"model": "m", "messages": list(USER), "add_generation_prompt": True}
    (sent,) = server.asked("/v1/completions")
    assert [server.words[one] for one in sent["prompt"]][-2:] == ["<assistant>", "Cherry"]


async def test_llama_scores_the_longest_run_of_whole_characters(server: ScoringServer, client: DirectClient) -> None:
    server.kind = "llama"
    server.words += ["\0part"]
    assert (await client.send(Request("judge", prompt="b", score="a \0part b c d"))).logprob == pytest.approx(-8.5 / 3)
    (sent,) = server.asked("/v1/completions")
    assert sent["prompt"] == ["b", server.words.index("a"), server.words.index("\0part")]
    assert (await client.send(Request("judge", prompt="b", score="\0part \0part \0part b"))).logprob is None
    assert len(server.asked("/v1/completions")) == 1


async def test_an_old_llama_that_tells_no_pieces_scores_too(server: ScoringServer, client: DirectClient) -> None:
    server.kind, server.pieces = "llama", False
    assert (await client.send(Request("judge", prompt="b", score="a b"))).logprob == pytest.approx(-2.25)


@pytest.mark.parametrize(
    ("pieces", "run"),
    [
        ([], (0, 0)),
        (["a", "b"], (0, 2)),
        ([[240, 159], "b", "c"], (1, 3)),
        (["a", "b", [240], "c"], (0, 2)),
        ([[240], [159]], (0, 0)),
        (["a", "\0", "b", "c"], (2, 4)),
    ],
)
def test_the_longest_run_of_whole_tokens(pieces: list[Any], run: tuple[int, int]) -> None:
    first, last = _whole(pieces)
    assert (first, last) == run or (last - first == 0 and run[0] == run[1])


@BOTH
async def test_an_empty_text_has_no_logprob_and_no_call(server: ScoringServer, client: DirectClient, kind: Any) -> None:
    server.kind = kind
    assert (await client.send(Request("judge", prompt="a", score=""))).logprob is None
    assert server.asked("/v1/completions") == []


@BOTH
async def test_a_text_that_is_too_long_has_no_logprob(server: ScoringServer, client: DirectClient, kind: Any) -> None:
    server.kind, server.fault = kind, ("/v1/completions", 400, "the request exceeds the available context size")
    assert (await client.send(Request("judge", messages=USER, score="a"))).logprob is None


async def test_a_text_that_fits_no_grammar_has_no_logprob_but_other_faults_are_tried_again(
    server: ScoringServer, client: DirectClient
) -> None:
    server.kind = "llama"
    server.fault = ("/v1/completions", 500, "Unexpected empty grammar stack after accepting piece: . (30)")
    assert (await client.send(Request("judge", prompt="a", score="b"))).logprob is None
    server.fault = ("/v1/completions", 500, "out of memory")
    with pytest.raises(TransientCallError, match="out of memory"):
        await client.send(Request("judge", prompt="a", score="b"))


async def test_other_tokens_than_those_of_the_text_are_no_score(server: ScoringServer, client: DirectClient) -> None:
    server.kind, server.wrong_ids = "llama", True
    assert (await client.send(Request("judge", prompt="a", score="b c"))).logprob is None


async def test_a_server_that_cannot_score_says_what_to_change(server: ScoringServer, client: DirectClient) -> None:
    server.kind = "none"
    with pytest.raises(BackendRefused, match=r"cannot score a given text.*Take `score` out of the features"):
        await client.send(Request("judge", prompt="a", score="b"))


@pytest.mark.parametrize(("client", "features"), [("direct", ("seed", "score")), ("litellm", ("seed",))])
def test_litellm_takes_the_feature_away(client: str, features: tuple[str, ...]) -> None:
    values = {"name": "b", "model": "m", "api_base": "http://127.0.0.1:1/v1", "client": client}
    assert make_spec({**values, "features": ["seed", "score"]}).features == features
