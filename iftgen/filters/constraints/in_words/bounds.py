"""Which numbers a quantity such as `under 60 words` allows."""

import math
import re
from dataclasses import dataclass

from iftgen.filters.constraints.in_words.quantities import ROUGHLY, Quantity

_MOST = re.compile(
    r"(?:no|not) (?:more|longer) than|max(?:imum)?(?: length)?\.?(?: of)?|at most|up to|within|"
    r"not (?:to )?exceed(?:ing)?",
    re.I,
)
_FEWER = ("under", "less than", "fewer than", "below", "shorter than")
_LEAST = re.compile(r"at least|no (?:less|fewer) than|not less than|min(?:imum)?(?: length)?\.?(?: of)?", re.I)
_MORE = ("more than", "longer than", "over", "exceeding")
# "Limit it to 3 sentences" is an upper bound.
_CUT = re.compile(
    r"\b(?:limit|limited|keep|restrict|restricted|confine|confined)\b[^,;]{0,60}\bto$|\blimit\W{0,4}$", re.I
)
_NEGATED = re.compile(r"(?:\b(?:not|never|without)|n['’]t)(?: \w+){0,3}$", re.I)
_TOP = ("or less", "or fewer", "or under", "or below", "or shorter", "max", "at most", "at the most", "in max", "tops")
_BOTTOM = ("or more", "or above", "or over", "or longer", "min", "at least", "at the least")
# Sentences, paragraphs and items are counted exactly up to here; beyond, nobody counts them.
_COUNTED = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """The least and the largest number of a unit that are asked for, None where there is no such bound."""

    unit: str
    low: int | None
    high: int | None
    phrase: str


def read_bounds(one: Quantity, tolerance: float) -> Asked:
    """Return the numbers that a quantity allows."""
    low, high = _bounds(one, tolerance)
    return Asked(one.unit, low, high, one.phrase)


def _bounds(one: Quantity, tolerance: float) -> tuple[int | None, int | None]:
    named = re.sub(r"^a ", "", one.qualifier)
    before = one.before.rstrip()
    negated = bool(_NEGATED.search(before))
    if one.high is not None and one.high > one.low:
        return (None, None) if negated else _range(one, named, tolerance)
    if _MOST.fullmatch(named) or _CUT.search(before) or one.suffix.startswith(_TOP) or (negated and named in _MORE):
        return None, one.low
    if _LEAST.fullmatch(named) or one.plus or one.suffix.startswith(_BOTTOM) or (negated and named in _FEWER):
        return one.low, None
    if negated:
        return None, None
    if named in _FEWER:
        return None, one.low - 1
    if named in _MORE:
        return one.low + 1, None
    if named in ("exactly", "precisely", "only", "just"):
        return one.low, one.low
    return _rough(one, named in ROUGHLY or one.suffix == "or so", tolerance)


def _range(one: Quantity, named: str, tolerance: float) -> tuple[int | None, int | None]:
    high = one.high or one.low
    if _MOST.fullmatch(named) or named in _FEWER:
        return None, high
    if _LEAST.fullmatch(named):
        return one.low, None
    if named not in ROUGHLY:
        return one.low, high
    return max(math.floor(one.low * (1 - tolerance)), 1), math.ceil(high * (1 + tolerance))


def _rough(one: Quantity, roughly: bool, tolerance: float) -> tuple[int | None, int | None]:
    """A number without a word such as `exactly`: words are never counted, sentences are while they are few."""
    if one.unit == "words" and one.low == 1:
        return None, 2  # a name may have two
    if one.unit != "words" and not roughly and one.low <= _COUNTED:
        return one.low, one.low
    slack = max(math.ceil(one.low * tolerance), 2 if one.unit == "words" else 1)
    return max(one.low - slack, 1), one.low + slack
