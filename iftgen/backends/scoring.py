"""The log-probability of a given text: llama.cpp tells it of tokens that a grammar forces, vLLM of an echoed prompt.

Both by token ids, so that no token ever straddles the border between what is given and what is scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from iftgen.backends.wire import parse_reply
from iftgen.errors import CallFailed, TransientCallError
from iftgen.types import Reply, Request

CANNOT = (
    "The server of model {model!r} cannot score a given text: it has no /tokenize as llama.cpp and vLLM have. "
    "Take `score` out of the features of its backend."
)
# What llama.cpp says, with status 500, where the forced token is one that it never lets pass.
GRAMMAR_FAILED = "empty grammar stack"


class Post(Protocol):
    """Returns the JSON object of a 200 and raises what any other status means."""

    async def __call__(self, url: str, payload: dict[str, Any], absent: str = "") -> dict[str, Any]:
        """Post to an address; `absent` is the message of the error where there is none such."""
        ...


@dataclass(frozen=True)
class Scorer:
    """Scores texts with one server; `base` ends in /v1."""

    model: str
    base: str
    post: Post

    async def score(self, request: Request) -> Reply:
        """Return the mean log-probability of `request.score` after the prompt, or as the reply to the messages.

        The reply has no logprob where the text is empty or too long for the server, or where it saw other tokens.
        Raises BackendRefused where the server cannot score, and what `post` raises beside CallFailed.
        """
        text = request.score or ""
        nothing = Reply(text=text, model=self.model)
        try:
            said = await self._tokenized({"content": text, "prompt": text, "with_pieces": True}, special=False)
            # Only servers of vLLM's kind count the tokens.
            way = self._echoed if "count" in said else self._forced
            tokens = said.get("tokens")
            return await way(request, text, tokens) if tokens else nothing
        except CallFailed:
            return nothing
        except TransientCallError as error:
            if GRAMMAR_FAILED in str(error):  # it would fail again: some token of this text fits no grammar
                return nothing
            raise

    async def _forced(self, request: Request, text: str, tokens: Sequence[Any]) -> Reply:
        """Have llama.cpp write these very tokens, and read what it thought of each before the grammar ruled."""
        # A server that is too old to tell the pieces returns bare ids.
        ids = [int(token.get("id", -1) if isinstance(token, dict) else token) for token in tokens]
        first, last = _whole([token.get("piece") if isinstance(token, dict) else "" for token in tokens])
        if 2 * (last - first) < len(ids):
            return Reply(text=text, model=self.model)
        prompt = request.prompt
        if request.messages is not None:
            rendered = await self.post(self._at_root("apply-template"), {"messages": list(request.messages)})
            prompt = str(rendered.get("prompt") or "")
        payload = _grammar(self.model, [prompt or "", *ids[:first]], ids[first:last])
        body = await self.post(f"{self.base}/completions", payload)
        reply = parse_reply(body, self.model)
        logprobs = body["choices"][0].get("logprobs") or {}
        same = [token.get("id") for token in logprobs.get("content") or []] == ids[first:last]
        return Reply(text=text, logprob=reply.logprob if same else None, usage=reply.usage, model=reply.model)

    async def _echoed(self, request: Request, text: str, tokens: Sequence[int]) -> Reply:
        """Have vLLM, or a server like it, echo prompt and text with the log-probabilities of their tokens."""
        if request.messages is not None:
            said = await self._tokenized({"messages": list(request.messages), "add_generation_prompt": True})
        else:
            said = await self._tokenized({"prompt": request.prompt or ""}, special=True)
        given = list(said.get("tokens") or [])
        prompt = [*given, *tokens]
        payload = {"model": self.model, "prompt": prompt, "echo": True, "logprobs": 1, "max_tokens": 1}
        body = await self.post(f"{self.base}/completions", payload)
        reply = parse_reply(body, self.model)
        logprobs = body["choices"][0].get("logprobs") or {}
        values = (logprobs.get("token_logprobs") or [])[len(given) : len(prompt)]
        whole = len(values) == len(tokens) and None not in values
        mean = sum(map(float, values)) / len(values) if whole else None
        return Reply(text=text, logprob=mean, usage=reply.usage, model=reply.model)

    async def _tokenized(self, payload: dict[str, Any], special: bool | None = None) -> dict[str, Any]:
        """Ask for the ids of a text; `special`: whether the model's mark of a beginning stands before them."""
        if special is not None:
            payload |= {"add_special": special, "add_special_tokens": special, "parse_special": special}
        said = {"model": self.model, **payload}
        return await self.post(self._at_root("tokenize"), said, absent=CANNOT.format(model=self.model))

    def _at_root(self, name: str) -> str:
        return f"{self.base.removesuffix('/v1')}/{name}"


def _whole(pieces: Sequence[Any]) -> tuple[int, int]:
    """Return the first and the last + 1 of the longest run of tokens that are whole characters.

    The grammar of llama.cpp takes no token that is only some bytes of a character, whose piece is a list of bytes, and
    no NUL.
    """
    best = first = 0, 0
    for place, piece in enumerate(pieces, 1):
        first = (first[0], place) if isinstance(piece, str) and piece[:1] != "\0" else (place, place)
        best = max(best, first, key=lambda run: run[1] - run[0])
    return best


def _grammar(model: str, prompt: Sequence[str | int], tokens: Sequence[int]) -> dict[str, Any]:
    return {
        "model": model,
        "prompt": list(prompt) if len(prompt) > 1 else prompt[0],
        "grammar": "root ::= " + " ".join(f"<[{token}]>" for token in tokens),
        "max_tokens": len(tokens),
        "temperature": 0,
        "logprobs": 1,
        "cache_prompt": True,
    }
