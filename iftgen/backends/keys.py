"""What names a call in the store."""

import json
from typing import Any

from iftgen.hashing import content_hash
from iftgen.types import Request


def call_key(model: str, request: Request) -> str:
    """Return the key of a call: a hash of what shapes the reply, without role, address, key or client.

    `model` is `BackendSpec.identity`.
    """
    return content_hash(_content(model, request))


def request_json(model: str, request: Request) -> str:
    """Return what the store keeps beside a reply, for a person to read."""
    return json.dumps({"role": request.role, **_content(model, request)}, sort_keys=True, ensure_ascii=False)


def _content(model: str, request: Request) -> dict[str, Any]:
    return {
        "model": model,
        "messages": list(request.messages) if request.messages is not None else None,
        "prompt": request.prompt,
        "sampling": {key: value for key, value in request.sampling.items() if value is not None},
        "logprobs": request.logprobs,
        "score": request.score,
        "attempt": request.attempt,
    }
