"""Vectors of all rows in half precision, compared block by block: exact, in little more memory than they take."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 1024
# Products of matrices round otherwise than those of two vectors: what is so near to the bound is computed anew.
SLACK = 1e-4

Array = NDArray[Any]


class Matrix:
    """Entries of several vectors each: a node, the part that it is of, and what stands for the numbers in its text."""

    def __init__(self) -> None:
        """Hold nothing; the first entry says how many vectors an entry has, and how long they are."""
        self._blocks: list[Array] = []  # (vector, entry, dimension)
        self._labels: list[Array] = []  # (node, part and numbers; entry)
        self._count = 0

    def add(self, node: int, part: int, numbers: int, vectors: Sequence[Array]) -> None:
        """Put an entry behind the others."""
        place = self._count % BLOCK
        if not place:
            self._blocks.append(np.zeros((len(vectors), BLOCK, len(vectors[0])), np.float16))
            self._labels.append(np.zeros((3, BLOCK), np.int64))
        self._blocks[-1][:, place] = vectors
        self._labels[-1][:, place] = node, part, numbers
        self._count += 1

    def near(self, other: "Matrix", which: Sequence[int], threshold: float) -> Iterator[tuple[int, int, float]]:
        """Yield two nodes of different parts, and the least cosine of these of their vectors, if above a threshold.

        What differs in its numbers is like nothing. Of two entries of one matrix each pair is yielded once.
        """
        for row in range(len(self._blocks)):
            mine = self._block(row, which)
            for column in range(row + 1 if other is self else len(other._blocks)):
                hits = np.argwhere(_least(mine, other._block(column, which)) > threshold - SLACK)
                if other is self and row == column:
                    hits = hits[hits[:, 0] > hits[:, 1]]
                for one, two in hits[_comparable(self._labels[row], other._labels[column], hits)].tolist():
                    pairs = ((self._blocks[row][part, one], other._blocks[column][part, two]) for part in which)
                    score = min(_cosine(*pair) for pair in pairs)
                    if score > threshold:
                        yield int(self._labels[row][0, one]), int(other._labels[column][0, two]), score

    def _block(self, number: int, which: Sequence[int]) -> list[Array]:
        return [self._blocks[number][part, : self._size(number)].astype(np.float32) for part in which]

    def _size(self, number: int) -> int:
        return min(BLOCK, self._count - number * BLOCK)


def _least(mine: Sequence[Array], theirs: Sequence[Array]) -> Array:
    """Return the cosines of all entries of two blocks: of each pair the least of its vectors."""
    least: Array = mine[0] @ theirs[0].T
    for one, two in zip(mine[1:], theirs[1:], strict=True):
        np.minimum(least, one @ two.T, out=least)
    return least


def _comparable(mine: Array, theirs: Array, hits: Array) -> Array:
    """Tell which pairs are of two parts, and without other numbers in their texts."""
    _, part, numbers = mine[:, hits[:, 0]]
    _, its_part, its_numbers = theirs[:, hits[:, 1]]
    apart = (numbers != its_numbers) & (numbers != 0) & (its_numbers != 0)
    fits: Array = (part != its_part) & ~apart
    return fits


def _cosine(one: Array, other: Array) -> float:
    """Return a cosine that does not depend on how many were compared at once."""
    return round(float(np.dot(one.astype(np.float64), other.astype(np.float64))), 6)
