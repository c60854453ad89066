"""Run folders with the few columns that a review needs."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from iftgen.store.items import Item
from iftgen.store.reviews import Judgement, Review, append_review


def put(folder: Path, accepted: Iterable[str], rejected: Iterable[tuple[str, str]] = ()) -> None:
    """Write a run: a task for each accepted row, a task and a filter for each rejected one."""
    plain: list[dict[str, Any]] = [{"task": task} for task in accepted]
    judged: list[dict[str, Any]] = [
        {"task": task, "verdict": {"stage": "response", "filter": name}} for task, name in rejected
    ]
    for kind, rows, start in (("examples", plain, 0), ("rejected", judged, len(plain))):
        numbered = [{"id": f"{start + n:016x}", "index": start + n, **row} for n, row in enumerate(rows)]
        text = "".join(f"{json.dumps(row, separators=(',', ':'))}\n" for row in numbered)
        (folder / f"{kind}.jsonl").write_text(text, encoding="utf-8")


def say(folder: Path, reviewer: str, items: Sequence[Item], *verdicts: Judgement, reason: str = "") -> None:
    """Append a verdict for each item; one verdict alone is for all."""
    for item, verdict in zip(items, verdicts * len(items) if len(verdicts) == 1 else verdicts, strict=True):
        append_review(folder, Review(1.0, reviewer, item.id, item.index, item.kind, verdict, reason))
