"""Percentile bootstrap intervals (Efron 1979) of ratios of sums, for all figures of a run at once.

Blocks of rows are drawn with replacement (Carlstein 1986), as what one call yields stands or falls together: a block
is as many candidates in a row as a call is asked for. Each row keeps its measures as they are in the whole run: one
that is drawn twice is no duplicate of itself. Every figure is a sum over rows divided by another one, so that a
resample is a vector of counts and all resamples of all figures are one matrix product.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from iftgen.compare.values import NOTHING, Estimate

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
RESAMPLES = 1000
SEED = 0
# What an interval of 95 % leaves out at either end.
TAIL = 0.025
# Cells of the matrix of counts that are in memory at once.
CELLS = 2_000_000


def ratios(pairs: Sequence[tuple[Floats, Floats]], blocks: Ints | None = None) -> list[Estimate]:
    """Return sum(a) / sum(b) with its interval for each pair (a, b); all arrays have one value a row.

    `blocks` names the block of each row; by default each is one of its own. The same blocks are drawn for all figures,
    and for all runs with as many. Bounds have six digits.
    """
    if not pairs or not len(pairs[0][0]):
        return [NOTHING] * len(pairs)
    arrays = {id(column): column for pair in pairs for column in pair}
    if blocks is not None:
        _, numbers = np.unique(blocks, return_inverse=True)
        arrays = {key: np.bincount(numbers, column).astype(np.float64) for key, column in arrays.items()}
    place = {key: number for number, key in enumerate(arrays)}
    sums = _resampled(np.column_stack(list(arrays.values())))
    return [_estimate(a, b, sums[:, place[id(a)]], sums[:, place[id(b)]]) for a, b in pairs]


def mean(values: Floats, blocks: Ints | None = None) -> Estimate:
    """Return the mean of one value a row, with its interval."""
    return ratios([(values, np.ones(len(values)))], blocks)[0]


class Sample(NamedTuple):
    """A figure as sum / sum, its parts by number of block; a block without rows has zeros."""

    tops: Floats
    bottoms: Floats


def sample(tops: Floats, bottoms: Floats, blocks: Ints) -> Sample:
    """Sum the parts of a figure, which have one value a row, by block."""
    return Sample(*(np.bincount(blocks, column).astype(np.float64) for column in (tops, bottoms)))


def difference(one: Sample, first: Sample) -> Estimate:
    """Return a figure of one run minus that of the first, with its interval: the same blocks are drawn of both."""
    size = max(len(one.tops), len(first.tops))
    columns = np.column_stack([np.pad(column, (0, size - len(column))) for column in (*one, *first)])
    if not all(columns[:, place].any() for place in (1, 3)):
        return NOTHING
    sums, whole = _resampled(columns), columns.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = sums[:, 0] / sums[:, 1] - sums[:, 2] / sums[:, 3]
    return Estimate(float(whole[0] / whole[1] - whole[2] / whole[3]), *_interval(drawn))


def _resampled(columns: Floats) -> Floats:
    """Return the sum of each column in each resample, one resample a line."""
    turned = np.ascontiguousarray(columns.T, np.float32)
    at_once = max(1, CELLS // len(columns))
    blocks = (counts(len(columns), start, min(at_once, RESAMPLES - start)) for start in range(0, RESAMPLES, at_once))
    # No BLAS: its threads would wait for each other where several runs are measured at once.
    sums = [np.einsum("ij,kj->ik", block, turned) for block in blocks]
    return np.concatenate(sums).astype(np.float64)


@lru_cache(8)
def counts(size: int, start: int, lines: int) -> npt.NDArray[np.float32]:
    """Return how often each of `size` blocks was drawn, one resample a line: those from number `start` on."""
    drawn = np.random.default_rng((SEED, start)).integers(0, size, (lines, size), dtype=np.int32)
    drawn += np.arange(0, lines * size, size, dtype=np.int32)[:, None]
    return np.bincount(drawn.ravel(), minlength=lines * size).astype(np.float32).reshape(lines, size)


def _estimate(top: Floats, bottom: Floats, tops: Floats, bottoms: Floats) -> Estimate:
    whole = float(bottom.sum())
    if not whole:
        return NOTHING
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = tops / bottoms  # inf where no row of a resample was accepted
    return Estimate(float(top.sum()) / whole, *_interval(drawn))


def _interval(drawn: Floats) -> tuple[float | None, float | None]:
    drawn = np.sort(drawn[~np.isnan(drawn)])
    last = round(TAIL * len(drawn))
    return (_finite(drawn[max(0, last - 1)]), _finite(drawn[-last - 1])) if len(drawn) else (None, None)


def _finite(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None
