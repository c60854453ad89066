"""The rows of a run that a person may judge, without their texts: where each stands, its task and its filter.

A run may have a million candidates, so a row is not parsed as JSON where its few fields can be cut out of the line.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iftgen.errors import RunError
from iftgen.store.reviews import Reviewed

# The line as this program writes it. A quote inside a text is escaped, so that these never match inside one.
_HEAD = re.compile(rb'\{"id":"([^"\\]*)","index":(\d+),')
_BLANK = b'"instruction":"","input":"","output":"",'
_TASK, _NAME = b',"task":', re.compile(rb'"([^"\\]*)"')
_VERDICT = b',"verdict":{"stage":'
_FILTER = re.compile(rb'"[^"\\]*","filter":"([^"\\]*)"')


@dataclass(frozen=True, slots=True)
class Item:
    """A row of `examples.jsonl` or `rejected.jsonl`: `offset` is its first byte, `filter` is "" if it was accepted.

    A `blank` one has neither instruction nor response: the reply could not be read.
    """

    id: str
    index: int
    kind: Reviewed
    offset: int
    task: str
    filter: str
    blank: bool = False


def read_items(folder: Path, kind: Reviewed) -> Iterator[Item]:
    """Yield the items of a row file in its order; torn and damaged lines are left out, a missing file is empty."""
    offset = 0
    with contextlib.suppress(FileNotFoundError), _row_file(folder, kind).open("rb") as file:
        for line in file:
            item = _cut_out(line, kind, offset) or _parsed(line, kind, offset)
            if item is not None:
                yield item
            offset += len(line)


def read_row(folder: Path, item: Item) -> dict[str, Any]:
    """Return the whole row of an item; raises RunError where the row is no longer there."""
    path = _row_file(folder, item.kind)
    try:
        with path.open("rb") as file:
            file.seek(item.offset)
            row = json.loads(file.readline())
    except (OSError, ValueError):
        row = None
    if not isinstance(row, dict) or row.get("id") != item.id:
        raise RunError(f"{path}: the row {item.id} is no longer where it was; the file was changed. Start again.")
    return row


def _row_file(folder: Path, kind: Reviewed) -> Path:
    return folder / f"{kind}.jsonl"


def _cut_out(line: bytes, kind: Reviewed, offset: int) -> Item | None:
    """Return the item of a line that is written as usual, else None."""
    head, task = _HEAD.match(line), _NAME.match(line, line.find(_TASK) + len(_TASK))
    if head is None or task is None or not line.endswith(b"}\n"):
        return None
    filter = _FILTER.match(line, line.rfind(_VERDICT) + len(_VERDICT)) if kind == "rejected" else None
    if filter is None and kind == "rejected":
        return None
    name = "" if filter is None else filter[1].decode()
    return Item(head[1].decode(), int(head[2]), kind, offset, task[1].decode(), name, _BLANK in line[:200])


def _parsed(line: bytes, kind: Reviewed, offset: int) -> Item | None:
    try:
        row = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not isinstance(row.get("index"), int):
        return None
    verdict = row.get("verdict") if kind == "rejected" else None
    name = str(verdict.get("filter") or "") if isinstance(verdict, dict) else ""
    return Item(row["id"], row["index"], kind, offset, str(row.get("task") or ""), name)
