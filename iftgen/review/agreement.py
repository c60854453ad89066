"""How far reviewers agree beyond chance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum

from iftgen.store.reviews import Review


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reviewers: the rows that both judged good or bad, on how many they agree, and Cohen's kappa."""

    first: str
    second: str
    rows: int
    agreed: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The pairs that have rows in common, the mean of their kappas, and the rows on which reviewers differ.

    Of the `conflicts` the `ties` are those without a majority: there the run's own judgement stands.
    """

    pairs: list[Pair]
    mean_kappa: float | None
    conflicts: int
    ties: int


def pairs_of(said: Mapping[tuple[str, str], Review]) -> list[Pair]:
    """Return the pairs of reviewers with rows in common, by name; `said` is what counts, by reviewer and id."""
    by_reviewer: dict[str, dict[str, str]] = {}
    for (reviewer, row_id), review in said.items():
        if review.verdict in ("good", "bad"):
            by_reviewer.setdefault(reviewer, {})[row_id] = str(review.verdict)
    pairs = []
    for first, second in combinations(sorted(by_reviewer), 2):
        ours, theirs = by_reviewer[first], by_reviewer[second]
        both = [(ours[row_id], theirs[row_id]) for row_id in ours if row_id in theirs]
        if both:
            pairs.append(Pair(first, second, len(both), sum(a == b for a, b in both), cohen_kappa(both)))
    return pairs


def cohen_kappa(judged: Sequence[tuple[str, str]]) -> float | None:
    """Return kappa of two raters (Cohen 1960, "A coefficient of agreement for nominal scales", EPM 20, 37-46).

    It is (observed - expected) / (1 - expected), where the agreement by chance follows from how often each rater gives
    each label: 1 is full agreement, 0 that of chance. None where it has no value: no rows, or one label for all.
    """
    total = len(judged)
    if not total:
        return None
    labels = {label for pair in judged for label in pair}
    observed = sum(a == b for a, b in judged)
    chance = sum(sum(a == label for a, _ in judged) * sum(b == label for _, b in judged) for label in labels)
    if chance == total * total:
        return None
    return (observed * total - chance) / (total * total - chance)


def mean_kappa(pairs: Iterable[Pair]) -> float | None:
    """Return the mean over the pairs whose kappa has a value."""
    values = [pair.kappa for pair in pairs if pair.kappa is not None]
    return fsum(values) / len(values) if values else None
