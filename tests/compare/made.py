"""Runs that are made up, with settings, for comparisons."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.watch.made import Made, row, verdict

PLAN: dict[str, Any] = {
    "seed": 0,
    "window": 8,
    "backend.name": "mock",
    "backend.temperature": None,
    "filters.length.threshold": 3,
    "filters.near_duplicate.threshold": 0.7,
    "models": {"instruction": "mock"},
}


def run(
    folder: Path,
    instructions: Sequence[str] = (),
    filters: Sequence[str] = (),
    overrides: Sequence[str] = (),
    costs: Sequence[float | None] = (),
    manifest: Mapping[str, Any] | None = None,
    **plan: Any,
) -> Path:
    """Make a run with these accepted instructions, then a rejected row for each filter; `costs` are of all rows."""
    made, number = Made(folder), len(instructions)
    paid = [*costs, *[0.001] * (number + len(filters))]
    for index, text in enumerate(instructions):
        output = " ".join(["word"] * (index % 5 + 1))
        made.rows("examples", row(index, text, output, cost_usd=paid[index]))
    for index, name in enumerate(filters, number):
        made.rows("rejected", row(index, f"No {index}.", verdict=verdict(name), cost_usd=paid[index]))
    settings = {**PLAN, **{key.replace("__", "."): value for key, value in plan.items()}}
    told = {"status": "completed", "overrides": list(overrides), "num_examples": number, "plan": settings}
    (folder / "manifest.json").write_text(json.dumps({**told, "seconds": 12.5, **(manifest or {})}))
    return folder
