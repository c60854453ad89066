"""Texts and, for each new one, those whose ROUGE-L with it is above a threshold: exact, and fast in blocks."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import islice
from operator import or_

import numpy as np

from iftgen.filters.rouge import f_measure, tokens
from iftgen.filters.signatures import Ints
from iftgen.filters.token_pairs import TokenPairs

_SLACK = 1e-9  # more than the rounding error of F, less than the gap between two values of F
_CUT = 1e-4  # more than the rounding error of the cutoff in rapidfuzz, which is of single precision
_BLOCK = 512  # texts searched at once
_FEW = 32  # texts: fewer are compared with all in the tray, rather than sorted into the index
_TRAY = 256  # texts
_WAITING = 4096  # texts that may be compared and not yet added, before the oldest are forgotten


class RougeIndex:
    """Texts in the order they were added, and a search for those above a threshold.

    A text is compared once, when it is first seen: with all that were added and all that were seen of late. So a second
    search for it is a look-up, and `anticipate` can compare many at once, which costs a fraction of one by one. A text
    is a string of one character a token; a model's vocabulary is far below the million characters that there are.
    """

    def __init__(self, threshold: float, unicode: bool = True) -> None:
        self._threshold = threshold
        self._bound = max(threshold - _SLACK, _SLACK)
        self._unicode = unicode
        self._characters, self._bit = Characters(), Bits()
        self._pairs = TokenPairs(self._bound)
        self._coded: list[str] = []  # by node, that is in order of first sight; empty once forgotten
        self._bits = array("Q")  # by node: bit h is set where a token has hash h
        self._lengths = array("q")  # by node
        self._numbers = array("q")  # by node: the number of the text, -1 unless it was added
        self._positions = array("q")  # by number
        self._tray: list[int] = []  # nodes that are not yet in _pairs
        self._waiting: dict[str, int] = {}  # texts that were compared and not added, oldest first, and their nodes
        self._near: dict[int, list[tuple[int, float]]] = {}  # of waiting nodes: nodes and F

    def __len__(self) -> int:
        """Count the texts that were added."""
        return len(self._positions)

    def add(self, text: str, position: int) -> None:
        """Add a text; positions never decrease."""
        node = self._waiting.pop(text, None)
        if node is None:  # nothing was compared with it, so all comparisons are out of date
            self._forget(len(self._waiting))
            node = self._enter([self._code(text)])[0]
            self._lay([node])
        else:
            del self._near[node]
        self._numbers[node] = len(self._positions)
        self._positions.append(position)

    def anticipate(self, texts: Iterable[str]) -> None:
        """Compare texts that will be searched for soon; a hint, which changes no result."""
        new = iter([text for text in dict.fromkeys(texts) if text not in self._waiting])
        while block := list(islice(new, _BLOCK)):
            self._compare(block)

    def search(self, text: str, view: int | None = None) -> Iterator[tuple[int, float]]:
        """Yield number and F of the texts above the threshold, of those at a position <= `view`, in order."""
        limit = len(self) if view is None else bisect_right(self._positions, view)
        if not limit:
            return
        if text not in self._waiting:
            self._compare([text])
        near = self._near[self._waiting[text]]
        numbered = sorted((self._numbers[node], score) for node, score in near)
        yield from ((number, score) for number, score in numbered if 0 <= number < limit)

    def _compare(self, texts: Sequence[str]) -> None:
        """Find what is near to each of the texts, none of which is waiting."""
        self._forget(len(self._waiting) - _WAITING)
        nodes = self._enter([self._code(text) for text in texts])
        self._waiting.update(zip(texts, nodes, strict=True))
        self._near.update((node, []) for node in nodes)
        for one, other, score in self._scored(*self._bounded(*self._candidates(nodes))):
            self._near[one].append((other, score))
            if other in self._near:
                self._near[other].append((one, score))

    def _forget(self, count: int) -> None:
        """Let go of the texts that have waited longest: searched for again, they are compared again."""
        for text in list(islice(self._waiting, max(0, count))):
            node = self._waiting.pop(text)
            del self._near[node]
            self._coded[node] = ""

    def _code(self, text: str) -> str:
        return "".join(map(self._characters.__getitem__, tokens(text, self._unicode)))

    def _enter(self, coded: Sequence[str]) -> range:
        """Make a node for each text."""
        nodes = range(len(self._coded), len(self._coded) + len(coded))
        self._coded += coded
        self._lengths.extend(map(len, coded))
        self._bits.extend(reduce(or_, map(self._bit.__getitem__, text), 0) for text in coded)
        self._numbers.extend([-1] * len(coded))
        return nodes

    def _lay(self, nodes: Iterable[int]) -> None:
        """Put nodes in the tray, and all of it into the index when it is full."""
        self._tray += nodes
        if len(self._tray) >= _TRAY:
            self._clear_tray()

    def _clear_tray(self) -> None:
        self._pairs.add(self._tray, [self._coded[node] for node in self._tray])
        self._tray = []
        if self._pairs.due():
            live = [node for node, text in enumerate(self._coded) if text]
            self._pairs.settle(live, [self._coded[node] for node in live])

    def _candidates(self, nodes: range) -> tuple[Ints, Ints]:
        """Return pairs of one of the nodes and an earlier one that may be alike, and index the nodes."""
        coded = self._coded[nodes.start : nodes.stop]
        if len(nodes) > _FEW:
            self._clear_tray()
            return self._pairs.join(nodes, coded)
        found = self._pairs.search(nodes, coded)
        tray = np.array([*self._tray, *nodes])
        ones, others = np.repeat(tray[-len(nodes) :], len(tray)), np.tile(tray, len(nodes))
        earlier = others < ones
        self._lay(nodes)
        return np.concatenate((found[0], ones[earlier])), np.concatenate((found[1], others[earlier]))

    def _bounded(self, ones: Ints, others: Ints) -> tuple[list[int], list[int]]:
        """Drop pairs with too many tokens of one text whose hash no token of the other has."""
        bits, lengths = np.frombuffer(self._bits, np.uint64), np.frombuffer(self._lengths, np.int64)
        left, right = bits[ones], bits[others]
        shared = np.minimum(
            lengths[ones] - np.bitwise_count(left & ~right), lengths[others] - np.bitwise_count(right & ~left)
        )
        fits = np.flatnonzero(shared > (lengths[ones] + lengths[others]) * (self._bound / 2))
        return ones[fits].tolist(), others[fits].tolist()

    def _scored(self, ones: list[int], others: list[int]) -> Iterator[tuple[int, int, float]]:
        """Yield the pairs above the threshold with F."""
        left, right = [self._coded[node] for node in ones], [self._coded[node] for node in others]
        yield from ((ones[pair], others[pair], score) for pair, score in above(left, right, self._threshold))


def above(left: Sequence[str], right: Sequence[str], threshold: float) -> Iterator[tuple[int, float]]:
    """Yield place and F of the pairs above the threshold; the texts of a pair have one character a token."""
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cpdist

    cutoff = max(threshold - _SLACK, _SLACK) - _CUT
    similarities = cpdist(left, right, scorer=Indel.normalized_similarity, score_cutoff=max(cutoff, 0))
    for pair in np.flatnonzero(similarities).tolist():
        one, other = len(left[pair]), len(right[pair])
        score = f_measure(round(float(similarities[pair]) * (one + other) / 2), one, other)
        if score > threshold:
            yield pair, score


class Characters(dict[str, str]):
    """A character for each token, from the first on; no lone surrogates."""

    def __missing__(self, token: str) -> str:
        number = len(self) + 1
        return self.setdefault(token, chr(number if number < 0xD800 else number + 0x800))


class Bits(dict[str, int]):
    """One of 64 bits for each character."""

    def __missing__(self, character: str) -> int:
        return self.setdefault(character, 1 << (ord(character) & 63))
