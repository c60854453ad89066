"""ROUGE-L between one text and many, with exact pruning (the metric: Lin 2004; the rule: Self-Instruct).

F = 2PR / (P + R) with P = L/m and R = L/n, L the longest common subsequence of m and n tokens, and the floats rounded
as the package `rouge_score` rounds them: 2L / (m + n) = 0.7 is above 0.7 for some m and n.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

from iftgen.filters.text import words

_TOKEN = re.compile(r"[a-z0-9]+")
_BITS = 10
_LAST = (1 << _BITS) - 1
_SLACK = 1e-9  # more than the rounding error of F, less than the gap between two values of F


def tokens(text: str, unicode: bool = True) -> list[str]:
    """Split into tokens: those of `rouge_score` where all letters are ASCII, else (`unicode`) words of any script."""
    if unicode and not text.isascii() and any(ch.isalpha() and ch > "\x7f" for ch in text):
        return words(text)
    return _TOKEN.findall(text.lower())


def f_measure(common: int, one: int, other: int) -> float:
    """Return ROUGE-L F from the lengths of the common subsequence and of both texts, in tokens."""
    precision, recall = common / one, common / other
    return 2 * precision * recall / (precision + recall) if common else 0.0


def rouge_l(one: str, other: str, unicode: bool = True) -> float:
    """Return ROUGE-L F of two texts; 0 where one has no tokens."""
    from rapidfuzz.distance import LCSseq

    left, right = tokens(one, unicode), tokens(other, unicode)
    return f_measure(LCSseq.similarity(left, right), len(left), len(right)) if left and right else 0.0


class RougeIndex:
    """Texts in the order they were added, and a search for those above a threshold.

    Three bounds leave few texts to compare, and none that is above the threshold is lost. Sort the tokens of each text
    in a fixed order, here the latest seen first, as late ones tend to be rare. The first token that two texts share
    stands at i in one (of m) and j in the other (of n): they share min(m - i, n - j) at most, which must exceed
    threshold * (m + n) / 2. So only a prefix of each text is indexed and looked up, and the LCS is cut off.
    """

    def __init__(self, threshold: float, unicode: bool = True) -> None:
        self._threshold = threshold
        self._bound = max(threshold - _SLACK, _SLACK)
        self._unicode = unicode
        self._ids: dict[str, int] = {}
        self._texts: list[str] = []
        self._positions = array("q")
        self._lengths = array("q")
        self._postings: dict[int, array[int]] = {}  # token -> number of the text << _BITS | place of the token

    def add(self, text: str, position: int) -> None:
        """Add a text; positions never decrease."""
        ids = [self._ids.setdefault(token, len(self._ids) + 1) for token in tokens(text, self._unicode)]
        number = len(self._texts) << _BITS
        for token, place in self._prefix(ids).items():
            self._postings.setdefault(token, array("q")).append(number | min(place, _LAST))
        self._texts.append("".join(map(_character, ids)))
        self._lengths.append(len(ids))
        self._positions.append(position)

    def search(self, text: str, view: int | None = None) -> Iterator[tuple[int, float]]:
        """Yield number and F of the texts above the threshold, of those at a position <= `view`, in order."""
        ids = [self._ids.get(token, 0) for token in tokens(text, self._unicode)]
        numbers = self._candidates(ids, view)
        for number, similarity in zip(numbers, self._similarities(ids, numbers), strict=True):
            if similarity:
                size = self._lengths[number]
                score = f_measure(round(similarity * (len(ids) + size) / 2), len(ids), size)
                if score > self._threshold:
                    yield number, score

    def _candidates(self, ids: list[int], view: int | None) -> list[int]:
        """Return the numbers of the texts that may be above the threshold."""
        limit = len(self._texts) if view is None else bisect_right(self._positions, view)
        places = {token: place for token, place in self._prefix(ids).items() if token in self._postings}
        if not places or not limit:
            return []
        hits = [np.frombuffer(self._postings[token], np.int64) for token in places]
        rest = np.repeat([len(ids) - place for place in places.values()], [len(hit) for hit in hits])
        coded = np.concatenate(hits)
        numbers = coded >> _BITS
        sizes = np.frombuffer(self._lengths, np.int64)[numbers]
        fits = np.minimum(rest, sizes - (coded & _LAST)) > (sizes + len(ids)) * (self._bound / 2)
        found: list[int] = np.unique(numbers[fits & (numbers < limit)]).tolist()
        return found

    def _similarities(self, ids: list[int], numbers: list[int]) -> list[float]:
        from rapidfuzz.distance import Indel
        from rapidfuzz.process import cdist

        if not numbers:
            return []
        query, texts = "".join(map(_character, ids)), [self._texts[number] for number in numbers]
        rows = cdist([query], texts, scorer=Indel.normalized_similarity, score_cutoff=self._bound)
        similarities: list[float] = rows[0].tolist()
        return similarities

    def _prefix(self, ids: list[int]) -> dict[int, int]:
        """Return the tokens that a text above the threshold may share first, with their place in the fixed order."""
        needed = int(len(ids) * self._bound / (2 - self._bound)) + 1
        order = sorted(ids, reverse=True)
        known = len(order) - order.count(0)
        unknown = len(order) - known  # tokens that no text has stand before all others
        places: dict[int, int] = {}
        for place in range(min(len(ids) - needed + 1 - unknown, known)):
            places.setdefault(order[place], place + unknown)
        return places


def _character(number: int) -> str:
    return chr(number if number < 0xD800 else number + 0x800)  # no lone surrogates
