"""Accepted examples by task and attributes, as a table of counts."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iftgen.watch.index import RowIndex

TASK, FAMILY = "task", "task family"
# What stands for an attribute that a row does not have.
ABSENT = "(none)"


@dataclass(frozen=True)
class Pivot:
    """Counts of accepted examples: `counts[row, column]`, where rows and columns are values of the two axes."""

    rows: Sequence[str]
    columns: Sequence[str]
    counts: Mapping[tuple[str, str], int]

    def total(self, row: str) -> int:
        """Return the examples of a row."""
        return sum(self.counts.get((row, column), 0) for column in self.columns)


class Coverage:
    """Counts the accepted rows of an index, each once, as they come."""

    def __init__(self, index: RowIndex) -> None:
        """Count nothing yet."""
        self.index = index
        self._seen = 0
        self._restarts = index.restarts
        self._pairs: Counter[tuple[int, int]] = Counter()

    def update(self) -> None:
        """Count the rows that are new."""
        count = len(self.index)
        if self.index.restarts != self._restarts:
            self._restarts, self._seen = self.index.restarts, 0
            self._pairs.clear()
        new = slice(self._seen, count)
        self._pairs.update(zip(self.index.tasks[new], self.index.attributes[new], strict=False))
        self._seen = count

    @property
    def axes(self) -> list[str]:
        """Return the axes that there are: the task, its family, and the names of the attributes."""
        names: dict[str, None] = {}
        for _, attributes in self._pairs:
            names |= dict.fromkeys(self._attributes(attributes))
        return [TASK, FAMILY, *names]

    def pivot(self, rows: str, columns: str, tasks: Sequence[str] = ()) -> Pivot:
        """Return the counts by two axes; `tasks` are all that the run may draw, so that an empty one is seen."""
        counts: Counter[tuple[str, str]] = Counter()
        for (task, attributes), count in self._pairs.items():
            name, drawn = self.index.task_names.texts[task], self._attributes(attributes)
            counts[_value(rows, name, drawn), _value(columns, name, drawn)] += count
        extra = [_value(rows, task, {}) for task in tasks] if rows in (TASK, FAMILY) else []
        found = sorted({row for row, _ in counts} | set(extra))
        totals = Counter[str]()
        for (_, column), count in counts.items():
            totals[column] += count
        return Pivot(found, sorted(totals), counts)

    def _attributes(self, number: int) -> dict[str, str]:
        try:
            drawn = json.loads(self.index.attribute_names.texts[number])
        except ValueError:
            return {}
        return drawn if isinstance(drawn, dict) else {}


def _value(axis: str, task: str, attributes: Mapping[str, str]) -> str:
    if axis == TASK:
        return task
    return task.split("/")[0] if axis == FAMILY else str(attributes.get(axis, ABSENT))
