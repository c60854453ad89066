"""Run folders that are made up: rows and events as a run writes them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# When the runs that are made up began: seconds since the epoch.
BEGUN = 1_750_000_000.0
FILTERS = ("exact_duplicate", "length", "refusal", "near_duplicate")
QUOTAS = {"coding/debugging": 6, "math/equation": 8, "writing/poem": 6}


def verdict(filter: str, reason: str = "it does not do", score: float | None = None, **more: Any) -> dict[str, Any]:
    """A verdict that rejects."""
    head = {"stage": "response", "filter": filter, "reason": reason, "score": score, "threshold": None}
    return {**head, "neighbour_id": None, "neighbour": None, **more}


def row(index: int, instruction: str = "Say it.", output: str = "It is said.", **more: Any) -> dict[str, Any]:
    """A row, its keys in the order of the row files."""
    usual: dict[str, Any] = {
        "id": f"{index:016x}", "index": index, "instruction": instruction, "input": "", "output": output,
        "system": "", "messages": [], "task": "math/equation", "attributes": {"complexity": "easy"},
        "method": "taxonomy", "parents": [], "scores": {"length": 3}, "alternatives": [], "history": [],
        "tests": None, "models": {"instruction": "mock", "response": "mock"},
        "usage": {"calls": 2, "prompt_tokens": 20, "completion_tokens": 10, "reasoning_tokens": 0},
        "cost_usd": 0.0, "extra": {},
    }  # fmt: skip
    if "verdicts" in more:  # they stand behind the calls, as in the row files
        at = list(usual).index("usage")
        head, tail = list(usual.items())[:at], list(usual.items())[at:]
        usual = dict([*head, ("calls", []), ("verdicts", more["verdicts"]), *tail])
    return usual | more


def told(*against: str, **scores: tuple[float, float]) -> dict[str, dict[str, Any]]:
    """The verdicts of all filters: `scores` are score and threshold by check, `against` the checks that reject."""
    names = dict.fromkeys((*scores, *against, "format"))
    found: dict[str, dict[str, Any]] = {name: {"keep": name not in against} for name in names}
    for name, (score, threshold) in scores.items():
        found[name] |= {"score": score, "threshold": threshold}
    for name in against:
        found[name]["reason"] = f'{name} {{says}} "no", "usage":{{"calls":'
    return found


def failed(index: int, error: str, **more: Any) -> dict[str, Any]:
    """A row of a draw whose calls failed."""
    usual = {"index": index, "task": "math/equation", "attributes": {}, "method": "taxonomy", "draw": index}
    usage = {"calls": 0, "prompt_tokens": 0, "completion_tokens": 0, "reasoning_tokens": 0}
    return {**usual, "error": error, "usage": usage, "cost_usd": 0.0, **more}


def line(value: Mapping[str, Any]) -> bytes:
    """A value as a line of a file, as the store writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"


class Made:
    """A run folder, of which a test writes what it needs."""

    def __init__(self, path: Path) -> None:
        """Make the folder."""
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.counts = {"examples": 0, "rejected": 0, "failed": 0}

    def rows(self, kind: str, *rows: Mapping[str, Any]) -> None:
        """Append rows."""
        self.counts[kind] += len(rows)
        with (self.path / f"{kind}.jsonl").open("ab") as file:
            file.writelines(map(line, rows))

    def event(self, kind: str, after: float = 0.0, /, **fields: Any) -> None:
        """Append an event, so many seconds after the beginning."""
        with (self.path / "events.jsonl").open("ab") as file:
            file.write(line({"time": BEGUN + after, "event": kind, **fields}))

    def start(self, after: float = 0.0, **fields: Any) -> None:
        """Append a start, with what is usual."""
        usual = {
            "resumed": 0, "target": 20, "models": {"instruction": "mock", "response": "mock"}, "method": "taxonomy",
            "filters": FILTERS, "window": 8, "pid": 1, "overrides": ["backend=mock"], "budget": {}, "quotas": QUOTAS,
            "backends": {"mock": {"model": "mock", "roles": [], "concurrency": 8, "rpm": None, "tpm": None}},
        }  # fmt: skip
        self.event("start", after, **(usual | fields))

    def progress(self, after: float, accepted: int, by_filter: Mapping[str, int] | None = None, **fields: Any) -> None:
        """Append a progress event, with what is usual."""
        by_filter = by_filter or {}
        tokens = 100 * accepted
        usual = {
            "accepted": accepted, "rejected": sum(by_filter.values()), "failed": 0, "in_flight": 4,
            "by_filter": by_filter, "tokens": tokens, "cost_usd": 0.0, "paused": False, "concurrency": 4, "limit": 8,
            "paid": {"calls": 2 * accepted, "prompt_tokens": tokens, "completion_tokens": tokens, "cost_usd": 0.0,
                     "budget": {}, "replayed": 0},
        }  # fmt: skip
        self.event("progress", after, **(usual | fields))

    def end(self, after: float, status: str = "completed", message: str = "", **counts: int) -> None:
        """Append an end."""
        self.event("end", after, status=status, message=message, counts=counts)
