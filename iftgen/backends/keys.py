"""What names a call in the store."""

import hashlib
import json
from typing import Any

from iftgen.types import Request

_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def call_key(model: str, request: Request) -> str:
    """Return the key of a call: a hash of what shapes the reply, without role, address, key or client.

    `model` is `BackendSpec.identity`.
    """
    return key_of(content(model, request))


def request_json(model: str, request: Request) -> str:
    """Return what the store keeps beside a reply, for a person to read."""
    return record_of(content(model, request), request)


def content(model: str, request: Request) -> str:
    """Return what shapes the reply, as JSON with sorted keys."""
    values: dict[str, Any] = {
        "model": model,
        "messages": request.messages,
        "prompt": request.prompt,
        "sampling": {key: value for key, value in request.sampling.items() if value is not None},
        "logprobs": request.logprobs,
        "score": request.score,
        "attempt": request.attempt,
    }
    if request.embed is not None:  # absent elsewhere: the keys of calls that are stored must not change
        values["embed"] = request.embed
    return _ENCODER.encode(values)


def key_of(text: str) -> str:
    """Return the key of a call from its `content`: the hex SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def record_of(text: str, request: Request) -> str:
    """Return the record of a call from its `content`: the role goes first."""
    return f'{{"role":"{request.role}",{text[1:]}'
