"""The values that the parts of `constraints` pass to each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Mode = Literal["strict", "loose"]
Arguments = Mapping[str, Any]
# A checker returns nothing where the constraint holds, else what was found, as the rest of a sentence.
Checker = Callable[[str, Arguments], str]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing that can be verified: a type of the table and its keys.

    `phrase` holds the words of the instruction that ask for it, where it was recognised in words.
    """

    type: str
    arguments: Arguments = field(default_factory=dict)
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """Whether a constraint holds; `reason` says what was found where it does not.

    `malformed` is set where the constraint itself is wrong: an unknown type, a missing or ill-typed value.
    """

    type: str
    holds: bool
    reason: str = ""
    malformed: bool = False


class Malformed(ValueError):
    """A constraint that is none; the message says why and what is allowed."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a type: what fits, in code and in words."""

    fits: Callable[[Any], bool]
    wanted: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of constraint: its checker and its keys."""

    check: Checker
    keys: Mapping[str, Key] = field(default_factory=dict)


def _is_count(value: Any) -> bool:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return whole and not isinstance(value, bool) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, list) and bool(value) and all(map(_is_text, value)))


def _is_letter(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip()) == 1


COUNT = Key(_is_count, "a whole number, at least 0")
TEXT = Key(_is_text, "a text")
TEXTS = Key(_is_texts, "a text or a list of texts")
LETTER = Key(_is_letter, "one character")


def optional(key: Key) -> Key:
    """Return the key as one that may be missing."""
    return Key(key.fits, key.wanted, optional=True)


def texts(value: Any) -> list[str]:
    """Return the texts of a key that takes one or several."""
    return [value] if isinstance(value, str) else list(value)
