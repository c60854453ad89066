"""The text form of a stored call, the same in every kind of call store."""

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from iftgen.types import Reply, Usage

# key, request, reply (JSON, None where the call failed), error (None where it did not)
CallRow = tuple[str, str, str | None, str | None]

_REPLY_NAMES = tuple(field.name for field in fields(Reply) if field.name != "key")  # the row's own key is enough
_USAGE_NAMES = tuple(field.name for field in fields(Usage))
_reply_values = attrgetter(*_REPLY_NAMES)
_usage_values = attrgetter(*_USAGE_NAMES)


@dataclass(frozen=True, slots=True)
class StoredCall:
    """What a key holds: a reply, or the error of a call that failed for good."""

    reply: Reply | None
    error: str | None


def encode_reply(reply: Reply) -> str:
    """Return a reply as JSON; `dataclasses.asdict` would cost several times as much."""
    raw = dict(zip(_REPLY_NAMES, _reply_values(reply), strict=True))
    raw["usage"] = dict(zip(_USAGE_NAMES, _usage_values(reply.usage), strict=True))
    return json.dumps(raw)


def decode_reply(raw: dict[str, Any]) -> Reply:
    """Return the reply of a parsed JSON object, which is used up; raises KeyError or TypeError where it is none."""
    raw["usage"] = Usage(**raw["usage"])
    return Reply(**raw)


def storable(text: str) -> str:
    """Return the text without lone surrogates, which no database takes; each becomes its JSON escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def digest_of(rows: Iterable[CallRow]) -> str:
    """Return the hex SHA-256 over rows, which come in order of key: each field with its length in bytes before it."""
    sha = hashlib.sha256()
    for row in rows:
        for field in row:
            raw = b"" if field is None else field.encode()
            sha.update(b"%d:" % (-1 if field is None else len(raw)))
            sha.update(raw)
    return sha.hexdigest()


def totals_of(replies: Iterable[str]) -> dict[str, Any]:
    """Return calls, tokens and dollars of replies in JSON; dollars are None when a price is unknown.

    The dollars do not depend on the order of the replies.
    """
    calls = prompt = completion = 0
    costs: list[float | None] = []
    for reply in replies:
        raw = json.loads(reply)
        calls += 1
        prompt += raw["usage"]["prompt_tokens"]
        completion += raw["usage"]["completion_tokens"]
        costs.append(raw["cost_usd"])
    known = [cost for cost in costs if cost is not None]
    return {
        "calls": calls,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "cost_usd": round(math.fsum(known), 10) if len(known) == calls else None,
    }
