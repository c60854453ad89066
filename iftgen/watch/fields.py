"""Fields of events as values of known types: another version may have written them, and a viewer never fails."""

import math
from collections.abc import Mapping
from typing import Any

# What reading a field of an unsuitable type raises; such an event is left out.
UNSUITABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError)

# What `paid` counts.
PAID = ("calls", "prompt_tokens", "completion_tokens", "replayed")


def whole(value: Any) -> int:
    """Return a count; raises one of UNSUITABLE for what is none."""
    return int(value)


def number(value: Any) -> float:
    """Return a finite number; raises one of UNSUITABLE for what is none."""
    found = float(value)
    if not math.isfinite(found):
        raise ValueError(value)
    return found


def optional(value: Any) -> int | None:
    """Return a count, None where none is given."""
    return None if value is None else whole(value)


def counts(value: Any) -> dict[str, int]:
    """Return counts by name."""
    return {str(name): whole(count) for name, count in (value or {}).items()}


def texts(value: Any) -> dict[str, str]:
    """Return texts by name."""
    return {str(name): str(text) for name, text in (value or {}).items()}


def words(value: Any) -> tuple[str, ...]:
    """Return a list of words."""
    return tuple(map(str, value or ()))


def backends(value: Any) -> dict[str, dict[str, Any]]:
    """Return backends by name, whose limits are counts or None."""
    limits = ("concurrency", "rpm", "tpm")
    return {
        str(name): {**one, **{key: optional(one.get(key)) for key in limits}} for name, one in (value or {}).items()
    }


def paid(value: Any) -> dict[str, Any]:
    """Return what was paid: counts, dollars (None where the price is unknown), and by cap what of it is used."""
    given: Mapping[str, Any] = value or {}
    found: dict[str, Any] = {key: whole(given[key]) for key in PAID if given.get(key) is not None}
    if given.get("cost_usd") is not None:
        found["cost_usd"] = number(given["cost_usd"])
    caps = (given.get("budget") or {}).items()
    found["budget"] = {str(key): (None if used is None else number(used), number(cap)) for key, (used, cap) in caps}
    return found
