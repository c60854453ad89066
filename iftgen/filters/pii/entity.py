"""What was found in a text."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """Something personal in a text."""

    kind: str
    start: int
    end: int
    value: str


def entity(kind: str, hit: re.Match[str], group: int = 0) -> Entity:
    """Return what a pattern found, or a group of it."""
    return Entity(kind, hit.start(group), hit.end(group), hit[group])


def bare(text: str) -> str:
    """Return the digits and letters of a number without separators."""
    return re.sub(r"[^0-9A-Za-z]", "", text)
