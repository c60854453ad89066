"""Shares with their uncertainty: as counted, and weighted by the sizes of the strata."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

# The 97.5 % point of the normal distribution: intervals are at 95 %.
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `reviewed` rows, and their share with its 95 % Wilson interval; None where nothing was reviewed.

    The share is that of the rows reviewed. A stratified sample holds more of the small strata than the run does:
    `weighted` estimates the share in the run, each stratum with its size, from the strata that have a review; these
    hold the part `covered` of the rows. `strata` says what they are: task, category or filter.
    """

    hits: int
    reviewed: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    weighted: float | None = None
    covered: float | None = None
    strata: str = ""


def share_of(judged: Iterable[tuple[str, bool]], sizes: Mapping[str, int], strata: str = "") -> Share:
    """Return the share of the True among (stratum, judgement); `sizes` are the rows of each stratum in the run."""
    hits: dict[str, list[bool]] = {}
    for stratum, hit in judged:
        hits.setdefault(stratum, []).append(hit)
    total, right = sum(map(len, hits.values())), sum(map(sum, hits.values()))
    if not total:
        return Share(0, 0, strata=strata)
    low, high = wilson(right, total)
    inside = sum(sizes.get(name, 0) for name in hits)
    weighted = sum(sizes.get(name, 0) * sum(seen) / len(seen) for name, seen in hits.items())
    if not inside:
        return Share(right, total, right / total, low, high, strata=strata)
    return Share(right, total, right / total, low, high, weighted / inside, inside / sum(sizes.values()), strata)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Return the 95 % score interval of a proportion (Wilson 1927, "Probable inference", JASA 22, 209-212).

    Unlike the normal approximation it stays inside 0 and 1 and is of use for a few rows and for shares near the ends.
    """
    share, square = hits / total, Z * Z
    middle = share + square / (2 * total)
    spread = Z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    whole = 1 + square / total
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
