"""Which tokens of a text may betray that another text is like it: signatures for an exact similarity join.

Two texts of m and n tokens with ROUGE-L F above a threshold share at least o > threshold * (m + n) / 2 tokens. Sort the
tokens of each text in one order for all texts, rare ones first. What a text does not share, m - o tokens in one and
n - o in the other, stands between the shared ones, so some shared tokens stand near the start and near each other in
both texts. A pair of tokens is far rarer than a token; the idea extends the prefix filter (Chaudhuri et al. 2006).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

LONGEST = 63  # longer texts count as this long, where the length serves to find fewer texts only
_ALL_PAIRS = 16  # tokens: up to here, all pairs near the start are signatures
_GAP = 2  # in longer texts, those with so many tokens between them at most, so that they grow with the length only
_LOOSE = 0.25  # thresholds below prune nothing


class Places(NamedTuple):
    """The signatures of the texts of one length: places in the sorted tokens, and lengths of texts they serve to find.

    `second` is -1 where a token alone is a signature.
    """

    first: Ints
    second: Ints
    shortest: Ints
    longest: Ints


class Signatures:
    """The places of signatures by length of the text, for all pairs of texts with an F above `bound`.

    Of the shared tokens, the first r = 2 + a // (g + 1) + c // (h + 1) stand in the first a + r places, with a = m - o
    and c = n - o; at least one of the r - 1 pairs of neighbours among them has at most g tokens between them in one
    text and h in the other. Where r > o there need not be such a pair: there the first shared token is the signature.
    """

    def __init__(self, bound: float) -> None:
        self._bound = bound
        self._cache: dict[int, Places] = {}

    def needed(self, one: int, other: int) -> int:
        """Return how many tokens texts of these lengths must share at least."""
        return int(self._bound * (one + other) / 2) + 1

    def places(self, length: int) -> Places:
        """Return the signatures of texts of a length."""
        if length not in self._cache:
            rows = sorted(self._rows(length)) if self._bound >= _LOOSE else [(i, -1, 0, LONGEST) for i in range(length)]
            columns = np.array(rows, np.int64).reshape(-1, 4).T
            self._cache[length] = Places(*columns)
        return self._cache[length]

    def _rows(self, length: int) -> Iterator[tuple[int, int, int, int]]:
        pairs, singles = self._served(length)
        for last, lengths in pairs.items():
            for first in range(max(0, last - _gap(length) - 1), last):
                yield first, last, *_range(lengths)
        for place, lengths in singles.items():
            yield place, -1, *_range(lengths)

    def _served(self, length: int) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """Return the other lengths by last place of a pair, and by place of a single token."""
        pairs: dict[int, list[int]] = {}
        singles: dict[int, list[int]] = {}
        for other in range(1, int(length * (2 - self._bound) / self._bound) + 2):
            needed = self.needed(length, other)
            mine, theirs = length - needed, other - needed
            if mine < 0 or theirs < 0:
                continue
            shared = 2 + mine // (_gap(length) + 1) + theirs // (_gap(other) + 1)
            paired = shared <= needed
            for place in range(1, mine + shared) if paired else range(mine + 1):
                (pairs if paired else singles).setdefault(place, []).append(other)
        return pairs, singles


def _gap(length: int) -> int:
    return length if length <= _ALL_PAIRS else _GAP


def _range(lengths: list[int]) -> tuple[int, int]:
    return min(lengths[0], LONGEST), min(lengths[-1], LONGEST)
