"""The rows of a row file by their place in it: a few columns in memory, the texts stay on disk.

A row takes some 30 bytes of memory. Rows are read by their bytes, as `json` would take four times as long: within the
texts every quote is escaped, so that a quoted key can only be a key.
"""

import json
import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from iftgen.watch.tail import Tail
from iftgen.watch.verdict import TEXT, number_in, verdict_in

_NUMBER = re.compile(rb'"index":(\d{1,18}),')
# Strings may hold braces.
_TASK = re.compile(rb',"task":(%(text)s),"attributes":(\{[^{}"]*(?:%(text)s[^{}"]*)*\}),"method":' % {b"text": TEXT})
NONE = float("nan")


class Names:
    """Texts that recur, each kept once: a number stands for each."""

    def __init__(self) -> None:
        """Begin with none."""
        self.texts: list[str] = []
        self._numbers: dict[bytes, int] = {}

    def number(self, quoted: bytes) -> int:
        """Return the number of a JSON string, or of any other JSON text, which stays as it is.

        Raises ValueError for a string that is none.
        """
        number = self._numbers.get(quoted)
        if number is None:
            text = json.loads(quoted) if quoted[:1] == b'"' else quoted.decode("utf-8", "replace")
            number = self._numbers[quoted] = len(self.texts)
            self.texts.append(text)
        return number

    def find(self, text: str) -> int | None:
        """Return the number of a text, None where it has not come up."""
        return self.texts.index(text) if text in self.texts else None


class RowIndex:
    """One row file, followed as it grows: `poll` takes in new rows, `row` reads one.

    Columns by row number (its place in the file, from 0): `offsets` in bytes, `numbers` (the candidate's index),
    `tasks`, `attributes` and `filters` (numbers into the names), `scores` and `thresholds` (NaN where there is none).
    The filter of a row that was not rejected is "".
    """

    def __init__(self, path: Path) -> None:
        """Read nothing yet; the file may be missing."""
        self.path = path
        self.task_names, self.attribute_names, self.filter_names = Names(), Names(), Names()
        self._tail = Tail(path)
        self.restarts = 0  # how often the file was read anew, after which rows have other numbers
        self._clear()

    def _clear(self) -> None:
        self.offsets, self.numbers = array("Q"), array("Q")
        self.tasks, self.attributes, self.filters = array("L"), array("L"), array("L")
        self.scores, self.thresholds = array("d"), array("d")

    def __len__(self) -> int:
        """The rows so far; the columns have at least as many entries."""
        return len(self.thresholds)

    @property
    def behind(self) -> bool:
        """Whether there is more to take in at once."""
        return self._tail.behind

    @property
    def end(self) -> int:
        """The offset behind the last row."""
        return self._tail.end

    def poll(self) -> int:
        """Take in what was appended, a limited piece of it; returns the number of new rows."""
        lines = self._tail.read()
        if self._tail.restarts != self.restarts:
            self._clear()
            self.restarts = self._tail.restarts
        before, offset = len(self), self._tail.start
        for line in lines:
            self._add(line, offset)
            offset += len(line)
        return len(self) - before

    def task(self, row: int) -> str:
        """Return the task of a row."""
        return self.task_names.texts[self.tasks[row]]

    def filter(self, row: int) -> str:
        """Return the filter that rejected a row, "" where none did."""
        return self.filter_names.texts[self.filters[row]]

    def row(self, row: int) -> dict[str, Any]:
        """Read a row from the file; an empty one where it is gone or damaged."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.offsets[row])
                return _row(file.readline()) or {}
        except (OSError, IndexError):  # gone, or the file is being read anew
            return {}

    def _add(self, line: bytes, offset: int) -> None:
        """Take in a row; a line that is none is left out."""
        verdict, found = verdict_in(line), _cut_out(line) or _parsed(line)
        if found is None:
            return
        task, attributes, index = found
        try:
            numbers = self.task_names.number(task), self.attribute_names.number(attributes)
            name = self.filter_names.number(verdict["filter"] if verdict else b'""')
        except ValueError:  # bytes that are no UTF-8
            return
        self.offsets.append(offset)
        self.numbers.append(index)
        self.tasks.append(numbers[0])
        self.attributes.append(numbers[1])
        self.filters.append(name)
        self.scores.append(number_in(verdict["score"]) if verdict else NONE)
        self.thresholds.append(number_in(verdict["threshold"]) if verdict else NONE)


def last_rows(path: Path, count: int, most: int = 1 << 18) -> Iterator[dict[str, Any]]:
    """Yield the last rows of a row file, the newest first, out of its last `most` bytes: more for a longer last row."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - most))
            lines = file.read().split(b"\n")
    except OSError:
        return
    whole = lines[1 if size > most else 0 : -1]
    if not whole and size > most:
        yield from last_rows(path, count, 8 * most)
    for line in reversed(whole[-count:]):
        row = _row(line)
        if row is not None:
            yield row


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _cut_out(line: bytes) -> tuple[bytes, bytes, int] | None:
    """Cut task, attributes and index out of a row as iftgen writes it."""
    task, number = _TASK.search(line), _NUMBER.search(line, 0, 80)
    return (task[1], task[2], int(number[1])) if task and number else None


def _parsed(line: bytes) -> tuple[bytes, bytes, int] | None:
    """Read a row that is not written as iftgen does."""
    row = _row(line)
    index = row.get("index") if row is not None else None
    if row is None or not isinstance(index, int) or not 0 <= index < 1 << 63:
        return None
    task = json.dumps(str(row.get("task", ""))).encode()
    attributes = row.get("attributes")
    return task, json.dumps(attributes if isinstance(attributes, dict) else {}).encode(), index
