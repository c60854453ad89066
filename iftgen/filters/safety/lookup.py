"""Which rules a text has the words for, and where they may begin, without a look at each rule."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce
from operator import or_

from iftgen.filters.safety.needs import LETTERS, Need

# Words whose rules are remembered; enough for the usual ones of a dataset.
_VOCABULARY = 200_000


class Lookup:
    """The rules by the words that they need, as bits of one number.

    Each rule has a bit in every layer: the lowest layer is of the words that it may begin with, each further one of a
    need. A rule is due where the words of a text together set all its bits.
    """

    def __init__(self, starts: Sequence[Need], needs: Sequence[Sequence[Need]]) -> None:
        self._width = len(starts)
        self._layers = 1 + max(map(len, needs), default=0)
        self._bits: dict[str, int] = {}
        self._needless = 0  # the bits of layers in which a rule needs nothing
        for number, (start, wanted) in enumerate(zip(starts, needs, strict=True)):
            for layer in range(self._layers):
                bit = 1 << (layer * self._width + number)
                beginnings = (start, *wanted)[layer] if layer <= len(wanted) else None
                self._needless |= 0 if beginnings is not None else bit
                for beginning in beginnings or ():
                    self._bits[beginning] = self._bits.get(beginning, 0) | bit
        self._marks = lru_cache(_VOCABULARY)(self._read)

    def places(self, plain: str, tokens: Iterable[str]) -> dict[int, list[int]]:
        """Return the rules that are due by their number, with the places in the text where they may begin."""
        spoken = set(tokens)
        due = self._due(spoken)
        found: dict[int, list[int]] = {number: [] for number in _ones(due)}
        for word in spoken if due else ():
            if begins := self._marks(word) & due:
                at = _occurrences(plain, word)
                for number in _ones(begins):
                    found[number] += at
        for places in found.values():
            places.sort()
        return found

    def _due(self, spoken: Iterable[str]) -> int:
        met = reduce(or_, filter(None, map(self._marks, spoken)), self._needless)
        due = (1 << self._width) - 1
        for layer in range(self._layers):
            due &= met >> (layer * self._width)
        return due

    def _read(self, word: str) -> int:
        """Return the bits that a word sets: those of all its beginnings, and of the whole word."""
        beginnings = {word[:end] for end in range(1, LETTERS + 1)} | {f"{word} "}
        return reduce(or_, (self._bits.get(one, 0) for one in beginnings))


def _ones(bits: int) -> list[int]:
    """Return the places of the bits that are set, the lowest first."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def _occurrences(text: str, word: str) -> list[int]:
    """Return where a word stands, as a whole word: no letter or digit before it or after it."""
    found, size = [], len(word)
    at = text.find(word)
    while at >= 0:
        if not text[at + size : at + size + 1].isalnum() and not (at and text[at - 1].isalnum()):
            found.append(at)
        at = text.find(word, at + 1)
    return found
