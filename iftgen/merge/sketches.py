"""Which of a million texts are alike by ROUGE-L: found by MinHash, confirmed exactly. Some pairs are missed.

Texts with F above t share more than t * (m + n) / 2 of their m and n tokens, so the Jaccard similarity J of their
multisets of tokens is above t / (2 - t). That bound is why single words are sketched: one changed word in eleven costs
three of nine 3-grams, and a pair at the threshold may share none. A sketch of K minima is cut into bands of r; texts
that agree in all of a band become a candidate, which happens with probability 1 - (1 - J^r)^(K/r) (Leskovec et al.).
"""

from array import array
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
import numpy.typing as npt

from iftgen.filters.rouge import tokens
from iftgen.filters.rouge_index import Bits, Characters, above
from iftgen.filters.signatures import Ints
from iftgen.merge.likeness import NONE

MINIMA = 300  # of a sketch
RECALL = 0.93  # the least probability that a pair at the threshold becomes a candidate
SEED = 42
BLOCK = 4096  # texts sketched at once
REACH = 4096  # texts of one bucket with which one of them is compared, those that follow it
BATCH = 500_000  # pairs confirmed at once
SEVERAL = -1  # the part of a text that came in more than one
_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03))  # odd numbers that spread the bits


class SketchedLikeness:
    """Texts as strings of a character a token, and the hashes of the bands of their sketches."""

    def __init__(self, threshold: float) -> None:
        """Know no text."""
        self.threshold = threshold
        self.rows, self.bands = banding(threshold)
        self._characters, self._bit = Characters(), Bits()
        self._numbers: dict[str, int] = {}
        self._coded: list[str] = []
        self._parts = array("i")
        self._bits = array("Q")
        self._sizes: Ints = np.empty(0, np.int64)  # in tokens
        self._bands: list[npt.NDArray[np.uint32]] = []  # a block each: bands x texts

    def node(self, text: str, part: int) -> int:
        """Return the number of the text; texts with the same tokens are one."""
        coded = "".join(map(self._characters.__getitem__, tokens(text)))
        if not coded:
            return NONE
        number = self._numbers.setdefault(coded, len(self._coded))
        if number == len(self._coded):
            self._add(coded, part)
        elif self._parts[number] != part:
            self._parts[number] = SEVERAL
        return number

    def pairs(self) -> Iterator[tuple[int, int, float]]:
        """Yield the pairs that were found, each once, sorted."""
        self._sketch()
        self._sizes = np.array([len(coded) for coded in self._coded], np.int64)
        found: dict[tuple[int, int], float] = {}
        for band in range(self.bands if self._bands else 0):
            hashes = np.concatenate([block[band] for block in self._bands])
            for later, earlier in self._candidates(hashes):
                self._confirm(later, earlier, found)
        yield from ((*pair, score) for pair, score in sorted(found.items()))

    def _add(self, coded: str, part: int) -> None:
        self._coded.append(coded)
        self._parts.append(part)
        self._bits.append(reduce(or_, map(self._bit.__getitem__, coded), 0))
        if len(self._coded) % BLOCK == 0:
            self._sketch()

    def _sketch(self) -> None:
        """Sketch the texts that are not sketched yet."""
        from rensa import RMinHash

        done = sum(block.shape[1] for block in self._bands)
        if done == len(self._coded):
            return
        sets = [_features(coded) for coded in self._coded[done:]]
        minima: Any = RMinHash.digest_matrix_from_token_sets(sets, self.rows * self.bands, SEED)
        self._bands.append(_hashed(np.array(minima.to_rows(), np.uint64), self.rows))

    def _candidates(self, hashes: npt.NDArray[np.uint32]) -> Iterator[tuple[Ints, Ints]]:
        """Yield batches of pairs in one bucket that may be above the threshold, the later text first."""
        order = np.argsort(hashes, kind="stable")  # so that the texts of a bucket stay in their order
        ordered, places = hashes[order], np.arange(len(order))
        batch: list[Ints] = []
        size = 0
        for step in range(1, REACH + 1):
            places = places[: np.searchsorted(places, len(order) - step)]
            places = places[ordered[places] == ordered[places + step]]
            if not len(places):
                break
            fits = self._bounded(order[places + step], order[places])
            batch.append(np.stack((order[places + step][fits], order[places][fits])))
            size += batch[-1].shape[1]
            if size >= BATCH:
                yield tuple(np.concatenate(batch, axis=1))
                batch, size = [], 0
        if batch:
            yield tuple(np.concatenate(batch, axis=1))

    def _bounded(self, ones: Ints, others: Ints) -> npt.NDArray[np.bool_]:
        """Tell which pairs are of two parts and do not have too many tokens of their own to be alike."""
        bits, parts = np.frombuffer(self._bits, np.uint64), np.frombuffer(self._parts, np.int32)
        left, right = bits[ones], bits[others]
        mine, theirs = np.bitwise_count(left & ~right), np.bitwise_count(right & ~left)
        one, other = self._sizes[ones], self._sizes[others]
        fits = np.minimum(one - mine, other - theirs) > (one + other) * (self.threshold / 2 - 1e-9)
        across = (parts[ones] != parts[others]) | (parts[ones] == SEVERAL)
        both: npt.NDArray[np.bool_] = fits & across
        return both

    def _confirm(self, later: Ints, earlier: Ints, found: dict[tuple[int, int], float]) -> None:
        ones, others = later.tolist(), earlier.tolist()
        left, right = [self._coded[one] for one in ones], [self._coded[other] for other in others]
        found.update(((ones[pair], others[pair]), score) for pair, score in above(left, right, self.threshold))


def banding(threshold: float) -> tuple[int, int]:
    """Return rows of a band and number of bands: as many rows as leave a pair at the threshold its chance."""
    least = threshold / (2 - threshold)
    fits = [rows for rows in range(1, 33) if 1 - (1 - least**rows) ** (MINIMA // rows) >= RECALL]
    rows = max(fits, default=1)
    return rows, MINIMA // rows


def _features(coded: str) -> Sequence[str]:
    """Return the tokens as a set: the second of two equal ones is another feature."""
    if len(set(coded)) == len(coded):
        return list(coded)
    return list(_numbered(coded))


def _numbered(coded: str) -> Iterator[str]:
    counts: dict[str, int] = {}
    for token in coded:
        counts[token] = counts.get(token, 0) + 1
        yield token * counts[token]


def _hashed(minima: npt.NDArray[np.uint64], rows: int) -> npt.NDArray[np.uint32]:
    """Return 32 bits for each band of each sketch: bands x texts."""
    blocks = minima.reshape(len(minima), -1, rows)
    mixed = np.zeros(blocks.shape[:2], np.uint64)
    for row in range(rows):
        mixed = mixed * _FACTORS[0] ^ blocks[:, :, row] * _FACTORS[1]
        mixed ^= mixed >> np.uint64(29)
    return np.ascontiguousarray((mixed >> np.uint64(32)).astype(np.uint32).T)
