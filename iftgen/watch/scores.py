"""The scores that the filters gave: their distribution, and what another threshold would have let pass."""

import json
import math
import operator
import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from iftgen.watch.tail import Tail
from iftgen.watch.verdict import number_in, rejecting, verdict_in, verdicts_in

Side = Literal["at least", "at most"]
# What became of a candidate with a score: accepted, rejected for this score, or by another filter; rejected for this
# score and by another filter, which one knows where rows keep all verdicts.
ACCEPTED, HERE, ELSEWHERE, BOTH = 0, 1, 2, 3
SIDES: tuple[Side, ...] = ("at least", "at most")
# Share of the rejections that have the commonest threshold of their side, from which on it is that of the filter.
FIXED = 0.8
_SCORES = re.compile(rb'"scores":(\{[^{}]*\}),"alternatives"')


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a threshold does: candidates that this filter would let pass, and how they differ from those that it did.

    `gained` were rejected by it and would pass; where rows keep all verdicts, they would be accepted, and `shared` are
    those that would pass it while another filter rejects them. Else the filters behind it have not judged `gained`.
    `lost` are accepted and would be rejected.
    """

    passing: int
    of: int
    gained: int
    lost: int
    shared: int = 0


@dataclass(slots=True)
class Scores:
    """All scores of one name, with what became of each candidate; NaN never occurs.

    They may be read while another thread adds to them.
    """

    values: "array[float]" = field(default_factory=lambda: array("d"))
    outcomes: "array[int]" = field(default_factory=lambda: array("b"))
    bounds: Counter[tuple[Side, float]] = field(default_factory=Counter)
    rejected_at: "array[int]" = field(default_factory=lambda: array("b"))
    whole: bool = True
    told: bool = True  # all that were rejected have the verdicts of all filters
    below: bool = False  # a score that is the threshold itself is rejected, as one above it

    def add(self, value: float, outcome: int, side: Side | None = None) -> None:
        """Take in the score of one candidate, with the side on which it was rejected."""
        self.values.append(value)
        self.outcomes.append(outcome)
        self.rejected_at.append(SIDES.index(side) if side is not None else -1)
        self.whole = self.whole and value.is_integer()

    def reject(self, value: float, side: Side, bound: float) -> None:
        """Take in the threshold for which a score was rejected."""
        self.bounds[side, bound] += 1
        self.below = self.below or value == bound

    def words(self, side: Side) -> str:
        """Return what a score has to be to pass, before the threshold."""
        return "below" if side == "at most" and self.below else side

    @property
    def varies(self) -> bool:
        """Whether the filter has a threshold for each row, such as the number of items that was asked for."""
        sides = [sum(count for (one, _), count in list(self.bounds.items()) if one == side) for side in self.sides]
        common = [self.bounds[side, bound] for side in self.sides if (bound := self.threshold(side)) is not None]
        return sum(common) < FIXED * sum(sides)

    def threshold(self, side: Side) -> float | None:
        """Return the commonest threshold of a side, None where nothing was rejected for it."""
        own = [(count, bound) for (one, bound), count in list(self.bounds.items()) if one == side]
        return max(own)[1] if own else None

    @property
    def sides(self) -> list[Side]:
        """The sides on which the filter rejects, as far as it has; both where it has not."""
        both: list[Side] = ["at least", "at most"]
        return [side for side in both if self.threshold(side) is not None] or both

    def span(self) -> tuple[float, float]:
        """Return the lowest and the highest of scores and thresholds; (0, 1) where there are none."""
        marks = [*self.values, *(bound for _, bound in list(self.bounds))]
        return (min(marks), max(marks)) if self.values else (0.0, 1.0)

    def histogram(self, most: int) -> tuple[list[float], list[list[int]]]:
        """Return the left edges of at most `most` equal steps, and for each outcome the counts by step.

        Whole numbers have a step each, where there is room for them.
        """
        low, high = self.span()
        bins, size = most, (high - low) / most or 1.0
        if low == high:
            bins, size = 1, 1.0
        elif self.whole and low.is_integer() and high - low < most:
            bins, size = int(high - low) + 1, 1.0
        counts = [[0] * bins for _ in range(4)]
        for value, outcome in zip(self.values, self.outcomes, strict=False):
            counts[outcome][min(bins - 1, int((value - low) / size))] += 1
        return [low + step * size for step in range(bins)], counts

    def what_if(self, side: Side, threshold: float) -> WhatIf:
        """Return what would pass this filter at another threshold of one side; the other side is left alone."""
        kept = rejected = gained = lost = shared = 0
        here = SIDES.index(side)
        fit = operator.ge if side == "at least" else operator.lt if self.below else operator.le
        for value, outcome, at in zip(self.values, self.outcomes, self.rejected_at, strict=False):
            fits = fit(value, threshold)
            kept += fits
            rejected += not fits
            gained += fits and outcome == HERE and at in (here, -1)
            shared += fits and outcome == BOTH and at in (here, -1)
            lost += not fits and outcome == ACCEPTED
        return WhatIf(kept, kept + rejected, gained, lost, shared)


class ScoreTable:
    """The scores of a run by name (`near_duplicate`, `length`, `length_instruction`, ...), read as the files grow."""

    def __init__(self, examples: Path, rejected: Path) -> None:
        """Read nothing yet."""
        self._paths = (examples, rejected)
        self._begin()

    def _begin(self) -> None:
        self.scores: dict[str, Scores] = {}
        self._tails = tuple(map(Tail, self._paths))

    def poll(self) -> bool:
        """Take in a limited piece of what is new; tells whether there was anything."""
        lines = [line for tail in self._tails for line in tail.read()]
        if any(tail.restarts for tail in self._tails):  # a file was cut: what it had is counted no more
            self._begin()
            return True
        for line in lines:
            self._add(line)
        return bool(lines)

    @property
    def behind(self) -> bool:
        """Whether there is more to take in at once."""
        return any(tail.behind for tail in self._tails)

    def names(self) -> Sequence[str]:
        """Return the names of the scores: those that rejected first, of them those of a fixed threshold."""

        def rank(one: tuple[str, Scores]) -> tuple[bool, bool, int, str]:
            rejections = one[1].bounds.total()
            return not rejections, one[1].varies, -rejections, one[0]

        return [name for name, _ in sorted(self.scores.items(), key=rank)]

    def _add(self, line: bytes) -> None:
        scores, verdicts, verdict = _scores_in(line), verdicts_in(line), verdict_in(line)
        if verdicts is not None:
            self._add_told(scores, verdicts, _key(verdicts, verdict) if verdict else "")
            return
        blamed = _blamed(scores, verdict) if verdict else ""
        bound = number_in(verdict["threshold"]) if verdict else math.nan
        side: Side | None = None
        if blamed and math.isfinite(bound):
            side = "at least" if scores[blamed] < bound else "at most"
        for name, value in scores.items():
            one = self.scores.setdefault(name, Scores())
            here = name == blamed
            one.add(value, ACCEPTED if verdict is None else HERE if here else ELSEWHERE, side if here else None)
            one.told = one.told and verdict is None
        if side is not None:
            self.scores[blamed].reject(scores[blamed], side, bound)

    def _add_told(
        self, scores: Mapping[str, float], verdicts: Mapping[str, Mapping[str, Any]], blamed: str | None
    ) -> None:
        """Take in a row with all verdicts; `blamed` is "" for an accepted row, None where no filter rejected it."""
        against = rejecting(verdicts)
        for name, value in scores.items():
            here = name in against
            elsewhere = blamed is None or len(against) > here
            outcome = (BOTH if elsewhere else HERE) if here else ELSEWHERE if elsewhere else ACCEPTED
            bound = verdicts[name].get("threshold") if here else None
            side: Side | None = None
            if isinstance(bound, int | float) and math.isfinite(bound):
                side = "at least" if value < bound else "at most"
            one = self.scores.setdefault(name, Scores())
            one.add(value, outcome, side)
            if isinstance(bound, int | float) and side is not None:
                one.reject(value, side, float(bound))


def _scores_in(line: bytes) -> dict[str, float]:
    """Return the scores of a row that are finite numbers."""
    found = _SCORES.search(line)
    try:
        given: dict[str, Any] = json.loads(found[1]) if found else {}
    except ValueError:
        return {}
    return {name: float(value) for name, value in given.items() if type(value) in (int, float) and math.isfinite(value)}


def _blamed(scores: Mapping[str, float], verdict: re.Match[bytes]) -> str:
    """Return the name of the score for which a row was rejected, "" where it has none."""
    return next((key for key in _keys(verdict) if key in scores), "")


def _key(verdicts: Mapping[str, Any], verdict: re.Match[bytes]) -> str | None:
    """Return the name of the check that rejected a row, None where that was no filter, but a quota or the parser."""
    return next((key for key in _keys(verdict) if key in verdicts), None)


def _keys(verdict: re.Match[bytes]) -> tuple[str, str]:
    """Return the names that the check of a verdict may have."""
    stage, name = verdict["stage"].decode("utf-8", "replace"), verdict["filter"][1:-1].decode("utf-8", "replace")
    return f"{name}_{stage}", name
