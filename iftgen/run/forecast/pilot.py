"""What a pilot measured: acceptance with its interval, calls and tokens by role, and the pace."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from iftgen.run.forecast.ranges import Range
from iftgen.run.forecast.simulate import Outcome
from iftgen.run.rows import pair_of
from iftgen.store.folder import KINDS, RunFolder, read_rows
from iftgen.types import Role

# Of the normal distribution: 95 % lie within.
Z = 1.96


@dataclass(frozen=True)
class Measured:
    """The calls of one role: their number, mean prompt tokens, and mean completion tokens with a 95 % interval."""

    calls: int
    prompt: float
    completion: Range
    cost_usd: float | None


@dataclass(frozen=True)
class Pilot:
    """A finished run of a few examples.

    `passed` of `judged` candidates passed the filters (those that only met a full quota are not judged), `answered` had
    their response paid for, `early` is the share of the rejected that had not. `pace` is the mean time in seconds from
    one reply to the next, `busy` the mean number of candidates in flight.
    """

    folder: Path
    target: int
    outcomes: list[Outcome]
    passed: int
    judged: int
    answered: int
    early: float
    roles: dict[Role, Measured]
    seconds: float
    pace: float
    busy: float

    @property
    def acceptance(self) -> Range:
        """The acceptance with its 95 % interval, the high side first: it needs the fewest calls."""
        low, high = wilson(self.passed, self.judged)
        return Range(high, self.passed / self.judged, low)

    @property
    def calls(self) -> int:
        """All calls that were paid for."""
        return sum(measured.calls for measured in self.roles.values())

    @property
    def tokens(self) -> float:
        """All tokens that were paid for."""
        return sum(one.calls * (one.prompt + one.completion.expected) for one in self.roles.values())

    @property
    def cost_usd(self) -> float | None:
        """Dollars that were paid; None where a price is unknown."""
        costs = [one.cost_usd for one in self.roles.values()]
        return None if None in costs else sum(cost or 0.0 for cost in costs)

    def as_dict(self) -> dict[str, Any]:
        """Return the measures as JSON values."""
        return {
            "folder": str(self.folder),
            "candidates": len(self.outcomes),
            "passed": self.passed,
            "judged": self.judged,
            "calls": self.calls,
            "seconds": round(self.seconds, 2),
            "roles": {
                role: {
                    "calls": one.calls,
                    "prompt_tokens": round(one.prompt * one.calls),
                    "completion_tokens": round(one.completion.expected * one.calls),
                    "cost_usd": one.cost_usd,
                }
                for role, one in self.roles.items()
            },
        }


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share after Wilson (1927); everything where nothing was seen."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, Z * Z / of
    middle = share + square / 2
    spread = Z * math.sqrt(share * (1 - share) / of + square / (4 * of))
    return (middle - spread) / (1 + square), (middle + spread) / (1 + square)


def read_pilot(path: Path, target: int) -> Pilot | None:
    """Read the folder of a finished run of `target` examples; None where no candidate was judged."""
    folder = RunFolder(path)
    rows = sorted((row["index"], kind, row) for kind in KINDS for row in read_rows(folder.rows(kind)))
    rejected = [row for _, kind, row in rows if kind == "rejected" and row["verdict"]["filter"] != "quota"]
    passed = sum(kind == "examples" for _, kind, _ in rows)
    judged = passed + len(rejected) + sum(kind == "failed" for _, kind, _ in rows)
    if not judged:
        return None
    unanswered = sum("response" not in row["models"] for row in rejected)
    events = list(_events(folder.events))
    calls = [event for event in events if event["event"] == "call"]
    seconds = float((folder.read_manifest() or {}).get("seconds", 0.0))
    return Pilot(
        folder=path,
        target=target,
        outcomes=[(row["task"], pair_of(row) if kind == "examples" else None) for _, kind, row in rows],
        passed=passed,
        judged=judged,
        answered=sum("response" in row.get("models", ()) for _, _, row in rows),
        early=unanswered / len(rejected) if rejected else 0.5,
        roles=_roles(calls),
        seconds=seconds,
        pace=(calls[-1]["time"] - calls[0]["time"]) / (len(calls) - 1) if len(calls) > 1 else seconds,
        busy=_busy(events),
    )


def _roles(calls: list[dict[str, Any]]) -> dict[Role, Measured]:
    by_role: dict[Role, list[dict[str, Any]]] = {}
    for call in calls:
        by_role.setdefault(call["role"], []).append(call)
    return {role: _measured(mine) for role, mine in by_role.items()}


def _measured(calls: list[dict[str, Any]]) -> Measured:
    tokens = [float(call["completion_tokens"]) for call in calls]
    middle = mean(tokens)
    error = Z * stdev(tokens) / math.sqrt(len(tokens)) if len(tokens) > 1 else middle / 2
    costs = [call["cost_usd"] for call in calls]
    return Measured(
        calls=len(calls),
        prompt=mean(call["prompt_tokens"] for call in calls),
        completion=Range(max(0.0, middle - error), middle, middle + error),
        cost_usd=None if None in costs else sum(costs),
    )


def _busy(events: list[dict[str, Any]]) -> float:
    """Return the mean of the candidates in flight over time, at least 1."""
    marks = [(float(event["time"]), int(event["in_flight"])) for event in events if "in_flight" in event]
    span = marks[-1][0] - marks[0][0] if marks else 0.0
    if span <= 0:
        return 1.0
    area = sum((end - start) * count for (start, count), (end, _) in pairwise(marks))
    return max(1.0, area / span)


def _events(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                return
