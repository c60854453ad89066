"""Lengths that are asked for: words, sentences, paragraphs, characters, bullet points, lines, items of a list."""

from collections.abc import Iterable, Sequence

from iftgen.filters.constraints.in_words.bounds import Asked, read_bounds
from iftgen.filters.constraints.in_words.contexts import asks
from iftgen.filters.constraints.in_words.numbers import has_number
from iftgen.filters.constraints.in_words.quantities import quantities
from iftgen.filters.constraints.in_words.request import Request
from iftgen.filters.constraints.model import Constraint
from iftgen.filters.lists import LISTING, asked_items

_COUNTED = "word words sentence sentences paragraph paragraphs character characters line lines bullet bullets"
_UNITS = frozenset(_COUNTED.split())
# From the smallest to the largest: a limit on the smaller one may be meant for each of the larger ones.
_SIZES = ("characters", "words", "sentences", "lines", "list_items", "bullets", "paragraphs")


def lengths(request: Request, tolerance: float) -> list[Constraint]:
    """Return the lengths that an instruction asks for."""
    if not has_number(request.tokens):
        return []
    if _UNITS.isdisjoint(request.tokens):
        return [] if LISTING.isdisjoint(request.tokens) or request.code else _of_items(asked_items(request.text))
    items = None if request.code else asked_items(request.text)
    if request.code or request.each:
        return _of_items(items)
    asked = _single([read_bounds(one, tolerance) for one in quantities(request) if asks(one)])
    larger = [one.unit for one in asked if one.high != 1] + (["list_items"] if items else [])
    kept = [_careful(one, request, larger) for one in asked]
    # An item count in words, such as "in 5 bullet points", is the same as one of a list.
    return [*_of_items(items if not any(one.unit == "bullets" for one in asked) else None), *_constraints(kept)]


def _single(asked: Sequence[Asked]) -> list[Asked]:
    """Return one request a unit: a lower and an upper bound are joined, others that differ are dropped."""
    found: list[Asked] = []
    for unit in dict.fromkeys(one.unit for one in asked):
        same = list(dict.fromkeys(one for one in asked if one.unit == unit))
        lows, highs = [one for one in same if one.high is None], [one for one in same if one.low is None]
        if len(same) == 1:
            found += same
        elif len(same) == 2 and lows and highs and (lows[0].low or 0) <= (highs[0].high or 0):
            found.append(Asked(unit, lows[0].low, highs[0].high, f"{lows[0].phrase} ... {highs[0].phrase}"))
    return found


def _careful(one: Asked, request: Request, larger: Iterable[str]) -> Asked:
    """Drop the upper bound where it may be meant for a part of the response only."""
    inner = any(_SIZES.index(one.unit) < _SIZES.index(unit) for unit in larger)
    return Asked(one.unit, one.low, None, one.phrase) if request.several or inner else one


def _constraints(asked: Iterable[Asked]) -> list[Constraint]:
    found = []
    for one in asked:
        if one.low is not None and one.low == one.high:
            found.append(_counted("exact", one.unit, one.low, one.phrase))
            continue
        if one.low:
            found.append(_counted("min", one.unit, one.low, one.phrase))
        if one.high is not None:
            found.append(_counted("max", one.unit, one.high, one.phrase))
    return found


def _of_items(items: tuple[int, int] | None) -> list[Constraint]:
    if items is None:
        return []
    low, high = items
    return _constraints([Asked("list_items", low, high if high < 10**6 else None, "")])


def _counted(bound: str, unit: str, value: int, phrase: str) -> Constraint:
    if unit == "bullets":
        return Constraint(f"{bound}_list_items", {"value": value, "lenient": True, "bulleted": True}, phrase)
    return Constraint(f"{bound}_{unit}", {"value": value, "lenient": True}, phrase)
