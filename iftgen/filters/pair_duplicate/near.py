"""The bag of an answer's words in brief: most answers that share a phrase are told apart by a few bits."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

_BITS = 256  # many beside the words of most answers, so that few of them share one
_MASK = _BITS - 1
_POWERS = tuple(1 << bit for bit in range(_BITS))


class Brief(NamedTuple):
    """How many words a bag has, and a bit for each of them, chosen by its hash; words may have the same bit."""

    size: int
    bits: int


NOTHING = Brief(0, 0)


def brief(bag: Sequence[int]) -> Brief:
    """Return a bag in brief; it has every word once."""
    return Brief(len(bag), sum(map(_POWERS.__getitem__, {word & _MASK for word in bag})))


def alike(one: Brief, numbers: Iterable[int], briefs: Sequence[Brief], least: float) -> list[int]:
    """Return the numbers of the bags that may have an F1 of at least `least` with one; no such bag is left out.

    A word whose bit the other bag lacks is not in the other bag, so that the bits bound what two bags share.
    """
    size, bits = one
    absent, found = ~bits, []
    for number in numbers:
        other, theirs = briefs[number]
        total, most = size + other, other - (theirs & absent).bit_count()
        if 2 * most / total >= least and 2 * (size - (bits & ~theirs).bit_count()) / total >= least:
            found.append(number)
    return found
