"""Vectors in blocks, searched exactly by matrix products."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iftgen.types import Pair

BLOCK = 512
# Products of matrices round otherwise than those of two vectors: what is so near to a bound is computed anew.
SLACK = 1e-4
# What differs in its numbers is like nothing.
UNLIKE = -2.0
# Bytes of vectors from which on the oldest are kept in half precision, in which they came: to make them whole again
# takes thirty times as long as to compare them.
WHOLE_BYTES = 256_000_000

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: vectors, each to be compared with one part of an entry, and the numbers in its text.

    An entry is as near as the part that is least so.
    """

    parts: tuple[int, ...]
    vectors: tuple[Array, ...]
    numbers: int


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry with its cosine."""

    score: float
    position: int
    pair: Pair


class Shelf:
    """Entries of one or more vectors each, in order of their positions."""

    def __init__(self) -> None:
        """Hold nothing; the first entry says how many vectors an entry has, and how long they are."""
        self._blocks: list[Array] = []  # (part, entry, dimension)
        self._halved = 0
        self._numbers: list[Array] = []
        self._positions: list[int] = []
        self._pairs: list[Pair] = []

    def __len__(self) -> int:
        """The number of entries."""
        return len(self._pairs)

    @property
    def full(self) -> int:
        """The number of blocks that will not change any more."""
        return len(self._pairs) // BLOCK

    def add(self, vectors: Sequence[Array], numbers: int, position: int, pair: Pair) -> None:
        """Put an entry behind the others."""
        place = len(self._pairs) % BLOCK
        if not place:
            self._blocks.append(np.zeros((len(vectors), BLOCK, len(vectors[0])), np.float32))
            if (len(self._blocks) - self._halved) * self._blocks[-1].nbytes > WHOLE_BYTES:
                self._blocks[self._halved] = self._blocks[self._halved].astype(np.float16)
                self._halved += 1
            self._numbers.append(np.zeros(BLOCK, np.int64))
        for part, vector in enumerate(vectors):
            self._blocks[-1][part, place] = vector
        self._numbers[-1][place] = numbers
        self._positions.append(position)
        self._pairs.append(pair)

    def peaks(self, queries: Sequence[Query]) -> Array:
        """Return the highest cosine in each full block, a row for each query; all have the same parts."""
        blocks = self.full
        numbers = np.array([query.numbers for query in queries])
        wanted = [np.stack(vectors) for vectors in zip(*(query.vectors for query in queries), strict=True)]
        found = np.full((len(queries), blocks), UNLIKE, np.float32)
        for block in range(blocks):
            found[:, block] = self._compare(queries[0].parts, wanted, numbers, block, BLOCK).max(axis=1)
        return found

    def search(self, query: Query, view: int | None, threshold: float, peaks: Array | None = None) -> list[Hit]:
        """Return the entries above the threshold, the nearest first; where there is none, the nearest of all.

        Entries of a position > `view` are not seen. `peaks` may hold the highest cosines of the first blocks.
        """
        end = len(self._pairs) if view is None else bisect_right(self._positions, view)
        if not end:
            return []
        tops = [float(top) for top in peaks[: end // BLOCK]] if peaks is not None else []
        seen: dict[int, Array] = {}
        for block in range(len(tops), -(-end // BLOCK)):
            seen[block] = self._one(query, block, end)
            tops.append(float(seen[block].max()))
        bound = min(threshold, max(tops)) - SLACK
        if bound <= UNLIKE:
            return []
        near = [block for block, top in enumerate(tops) if top >= bound]
        hits = [
            self._exact(query, block, int(place))
            for block in near
            for place in np.flatnonzero((seen[block] if block in seen else self._one(query, block, end)) >= bound)
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.position))
        above = [hit for hit in hits if hit.score > threshold]
        return above or hits[:1]

    def _one(self, query: Query, block: int, end: int) -> Array:
        """Return the cosines of one query with the entries of a block before `end`."""
        wanted = [vector[None] for vector in query.vectors]
        size = min(BLOCK, end - block * BLOCK)
        found: Array = self._compare(query.parts, wanted, np.array([query.numbers]), block, size)[0]
        return found

    def _compare(self, parts: Sequence[int], wanted: Sequence[Array], numbers: Array, block: int, size: int) -> Array:
        """Return the cosines of queries (rows) with the first entries of a block (columns)."""
        own = [np.asarray(self._blocks[block][part, :size], np.float32) for part in parts]
        least = wanted[0] @ own[0].T
        for vectors, entries in zip(wanted[1:], own[1:], strict=True):
            np.minimum(least, vectors @ entries.T, out=least)
        rows, columns = np.flatnonzero(numbers), np.flatnonzero(self._numbers[block][:size])
        if len(rows) and len(columns):
            apart = numbers[rows, None] != self._numbers[block][columns]
            least[np.ix_(rows, columns)] = np.where(apart, UNLIKE, least[np.ix_(rows, columns)])
        return least

    def _exact(self, query: Query, block: int, place: int) -> Hit:
        """Return an entry with a cosine that does not depend on how many were compared at once."""
        number = block * BLOCK + place
        score = min(self._dots(query, block, place))
        return Hit(round(score, 6), self._positions[number], self._pairs[number])

    def _dots(self, query: Query, block: int, place: int) -> Iterator[float]:
        for part, vector in zip(query.parts, query.vectors, strict=True):
            entry = self._blocks[block][part, place]
            yield float(np.dot(vector.astype(np.float64), entry.astype(np.float64)))
