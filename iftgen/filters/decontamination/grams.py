"""Hashes of all runs of n words of a text at once, the same on every machine.

The hash of a run is a polynomial in an odd base, modulo 2^64, of the hashes of its words (Karp & Rabin 1987); the sums
over all prefixes give those of all runs. What two texts share by their hashes is confirmed on their words.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from iftgen.filters.word_hash import word_hash

Hashes = npt.NDArray[np.uint64]
_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse
_INVERSE = pow(_BASE, -1, 1 << 64)


class _Powers:
    """The powers of the base and of its inverse, as many as were needed so far."""

    def __init__(self) -> None:
        self._tables = [np.ones(1, np.uint64), np.ones(1, np.uint64)]

    def upto(self, count: int) -> tuple[Hashes, Hashes]:
        if len(self._tables[0]) < count:
            size = max(4096, 1 << count.bit_length())
            for place, base in enumerate((_BASE, _INVERSE)):
                factors = np.full(size, base, np.uint64)
                factors[0] = 1
                self._tables[place] = np.cumprod(factors, dtype=np.uint64)
        return self._tables[0][:count], self._tables[1][:count]


_POWERS = _Powers()


def word_hashes(words: Iterable[str]) -> Hashes:
    """Return the hashes of some words."""
    return np.array(list(map(word_hash, words)), np.uint64)


def gram_hashes(hashes: Hashes, size: int) -> Hashes:
    """Return the hash of each run of `size` words, given the hashes of the words."""
    count = len(hashes)
    if count < size:
        return np.empty(0, np.uint64)
    powers, inverses = _POWERS.upto(count + 1)
    sums = np.zeros(count + 1, np.uint64)
    np.cumsum(hashes * powers[:count], out=sums[1:])
    found: Hashes = (sums[size:] - sums[:-size]) * inverses[: count - size + 1]
    return found
