"""The OpenAI wire format: request bodies out, replies and errors in."""

import base64
import re
import sys
import time
from array import array
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from iftgen.errors import BackendRefused, CallFailed, IftgenError, TransientCallError
from iftgen.types import Reply, Request, Usage

THINKING = re.compile(r"\A\s*<think(?:ing)?>(.*?)(?:</think(?:ing)?>|\Z)\s*", re.DOTALL)
# Some chat templates put the opening tag into the prompt, so that a reply holds only the closing one.
THOUGHT = re.compile(r"\A((?:(?!<think).)*?)</think(?:ing)?>\s*", re.DOTALL)
FINISH = {None: "stop", "": "stop", "eos": "stop", "stop_sequence": "stop", "end_turn": "stop", "max_tokens": "length"}
REFUSED = (401, 402, 403, 404, 405, 410, 501)
TRANSIENT = (408, 409, 425, 429)
# What a status says of the server, where it is not just an error: 502 is a proxy whose server is away.
KINDS = {502: "unreachable", **dict.fromkeys((429, 503, 529), "overload"), **dict.fromkeys((408, 504, 524), "timeout")}
# A 429 that no waiting mends: the account has no money left.
NO_QUOTA = ("insufficient_quota", "billing_hard_limit", "exceeded your current quota")


def is_loopback(address: str) -> bool:
    """Tell whether a server runs on this machine."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")


def request_body(model: str, request: Request) -> dict[str, Any]:
    """Return the JSON body of a request; keys that OpenAI does not know are passed on for the server to use."""
    body: dict[str, Any] = {"model": model}
    if request.messages is not None:
        body["messages"] = list(request.messages)
    else:
        body["prompt"] = request.prompt or ""
    body |= {key: value for key, value in request.sampling.items() if value is not None}
    if request.logprobs:
        body |= {"logprobs": True, "top_logprobs": 1} if request.messages is not None else {"logprobs": 1}
    return body


def parse_reply(body: Any, model: str) -> Reply:
    """Read a chat or plain completion; `model` stands in where the server names none.

    Raises TransientCallError where the body is not what the format says.
    """
    try:
        choice = body["choices"][0]
        said = choice.get("message") or {}
        raw = _text(said.get("content")) if "message" in choice else choice["text"]
        text, thought = split_thinking(_clean(raw))
        hidden = _clean(said.get("reasoning_content") or said.get("reasoning") or "").strip() or thought
        reason = choice.get("finish_reason")
        return Reply(
            text=text.lstrip() if hidden else text,
            finish_reason=FINISH.get(reason, str(reason)),
            logprob=mean_logprob(choice.get("logprobs")),
            usage=_usage(body.get("usage") or {}),
            model=str(body.get("model") or model),
            reasoning=hidden or None,
        )
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        said = f"The server sent a malformed reply ({type(error).__name__}: {error})."
        raise TransientCallError(said, kind="malformed") from None


def parse_vectors(body: Any, model: str, count: int) -> Reply:
    """Read the reply to a request for `count` vectors, which are numbers or base64; raises as `parse_reply` does."""
    try:
        found = sorted(body["data"], key=lambda entry: entry["index"])
        vectors = [_vector(entry["embedding"]) for entry in found]
        if len(vectors) != count or not vectors[0] or len(set(map(len, vectors))) > 1:
            raise ValueError(f"{len(vectors)} vectors of {sorted(set(map(len, vectors)))} numbers for {count} texts")
        usage = _usage(body.get("usage") or {})
        return Reply(pack_vectors(vectors), usage=usage, model=str(body.get("model") or model))
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        said = f"The server sent a malformed reply ({type(error).__name__}: {error})."
        raise TransientCallError(said, kind="malformed") from None


def pack_vectors(vectors: Sequence[Sequence[float]]) -> str:
    """Return vectors as the text of a reply: base64 of their numbers as 32-bit floats, little end first, in order."""
    numbers = array("f", (number for vector in vectors for number in vector))
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode("ascii")


def _vector(said: Any) -> Sequence[float]:
    if not isinstance(said, str):
        return array("f", said)
    numbers = array("f", base64.b64decode(said, validate=True))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def split_thinking(text: str) -> tuple[str, str | None]:
    """Cut hidden reasoning off the front of a text; a block that was never closed is all reasoning."""
    hit = THINKING.match(text) or (THOUGHT.match(text) if "</think" in text else None)
    return (text[hit.end() :], hit.group(1).strip()) if hit else (text, None)


def mean_logprob(raw: Any) -> float | None:
    """Return the mean natural log-probability of the sampled tokens, from either form of OpenAI's `logprobs`."""
    if not raw:
        return None
    content = raw.get("content")
    values = [token.get("logprob") for token in content] if content else raw.get("token_logprobs") or []
    numbers = [float(value) for value in values if value is not None]
    return sum(numbers) / len(numbers) if numbers else None


def status_error(status: int, message: str, retry_after: float | None = None) -> IftgenError:
    """Return the error that an HTTP status means; `message` must be free of secrets."""
    said = f"The server answered {status}: {message}"
    if status in REFUSED or 300 <= status < 400 or any(word in message for word in NO_QUOTA):
        return BackendRefused(said + _advice(status))
    if status in TRANSIENT or status >= 500:
        kind = KINDS.get(status, "server")
        return TransientCallError(said, retry_after, kind)
    return CallFailed(said)


def server_message(body: Any) -> str:
    """Return what an error body says in words, whatever its shape."""
    if isinstance(body, Mapping):
        inner = body.get("error", body)
        if isinstance(inner, Mapping):
            words = [str(inner[key]) for key in ("message", "detail", "code") if inner.get(key)]
            return " / ".join(dict.fromkeys(words)) or str(dict(inner))
        return str(inner)
    return str(body)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the server asks to wait (`retry-after-ms`, or `retry-after` in seconds or as a date)."""
    low = {key.lower(): value for key, value in headers.items()}
    try:
        if "retry-after-ms" in low:
            return max(0.0, float(low["retry-after-ms"]) / 1000)
        value = low.get("retry-after")
        if value is None:
            return None
        if re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
            return float(value)
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _advice(status: int) -> str:
    if status in (401, 403):
        return " Check the key in the variable that `api_key_env` names."
    if status == 404:
        return " Check `model` and `api_base`."
    return ""


def _text(content: Any) -> str:
    """Return the text of a message's content, which is a text, null, or a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if part.get("type", "text") == "text")
    return content or ""


def _clean(text: str) -> str:
    """Replace lone surrogates, which cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _usage(raw: Mapping[str, Any]) -> Usage:
    details = raw.get("completion_tokens_details") or {}
    return Usage(
        prompt_tokens=int(raw.get("prompt_tokens") or 0),
        completion_tokens=int(raw.get("completion_tokens") or 0),
        reasoning_tokens=int(details.get("reasoning_tokens") or 0),
    )
