"""All types of constraints, and the check of one constraint."""

from collections.abc import Mapping
from typing import Any

from iftgen.errors import choices
from iftgen.filters.constraints import content, counts, shape, structured
from iftgen.filters.constraints.model import Constraint, Kind, Malformed

KINDS: dict[str, Kind] = {**counts.KINDS, **content.KINDS, **shape.KINDS, **structured.KINDS}


def read(entry: Any) -> Constraint:
    """Return the constraint that an entry such as `{"type": "max_words", "value": 50}` stands for.

    Raises Malformed with the type or the key that is wrong and what is allowed.
    """
    if not isinstance(entry, Mapping):
        raise Malformed(f"{_shown(entry)} is no constraint: an object such as {{type: max_words, value: 50}} is read")
    name = entry.get("type")
    if not isinstance(name, str) or name not in KINDS:
        raise Malformed(f"there is no type {_shown(name)} of constraint.{choices(str(name)[:60], KINDS)}")
    given = {str(key): value for key, value in entry.items() if key != "type" and value is not None}
    _check_keys(name, given)
    return Constraint(name, given)


def _check_keys(name: str, given: Mapping[str, Any]) -> None:
    keys = KINDS[name].keys
    for key, value in given.items():
        if key not in keys:
            raise Malformed(f"constraint {name}: there is no key {key[:60]!r}.{choices(key[:60], keys)}")
        if not keys[key].fits(value):
            raise Malformed(f"constraint {name}: {key} is {_shown(value)}. Give {keys[key].wanted}.")
    for key, one in keys.items():
        if key not in given and not one.optional:
            raise Malformed(f"constraint {name}: {key} is missing. Give {one.wanted}.")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
