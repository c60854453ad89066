"""The rows of a row file as a table shows them."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from iftgen.tui.text import one_line, short
from iftgen.tui.widgets.table import Cell, Column
from iftgen.watch.index import RowIndex
from iftgen.watch.rows import Rows

# Previews that are kept, so that scrolling back reads nothing; and the width from which a table shows more columns.
KEPT, ROOMY = 4000, 76


class RowsSource:
    """Rows of one kind: examples, rejected or failed. `mark` tells what a person said of a row, by its id."""

    def __init__(self, kind: str, index: RowIndex, rows: Rows, mark: Callable[[Mapping[str, Any]], str]) -> None:
        """Show `rows` of `index`."""
        self.kind, self.index, self.rows, self.mark = kind, index, rows, mark
        self._previews: OrderedDict[int, tuple[str, str]] = OrderedDict()
        self._roomy = self._tasks = True
        self._count = 0

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.rows)

    def columns(self, width: int) -> Sequence[Column]:
        """Return the columns; a narrow table leaves out the task, and so does one whose rows have all the same."""
        self._roomy = width >= ROOMY
        tasks = self._roomy and len(self.index.task_names.texts) > 1
        found = [Column("", 1), Column("#", 7, right=True)]
        if self.kind == "rejected":
            found += [Column("filter", 15 if self._roomy else 12), Column("score", 7, right=True)]
        if tasks:
            found.append(Column("task", 24 if width >= 110 else 18))
        self._tasks, self._count = tasks, len(found) + 1
        return [
            *found,
            Column({"failed": "error", "rejected": "reason, text"}.get(self.kind, "instruction → response")),
        ]

    def cells(self, place: int) -> Sequence[Cell]:
        """Return the cells of a row; `columns` is asked for the same width before."""
        try:
            return self._cells(self.rows[place])
        except IndexError:  # the file is being read anew
            return [""] * self._count

    def _cells(self, row: int) -> Sequence[Cell]:
        sign, text = self._preview(row)
        found: list[Cell] = [(sign, "warn"), (str(self.index.numbers[row]), "dim")]
        if self.kind == "rejected":
            score = self.index.scores[row]
            found += [(one_line(self.index.filter(row)), "bad"), ("" if score != score else short(score), "")]
        if self._tasks:
            found.append((one_line(self.index.task(row)), "accent"))
        return [*found, text]

    def forget(self) -> None:
        """Read the rows anew, as what people said of them has changed."""
        self._previews.clear()

    def _preview(self, row: int) -> tuple[str, str]:
        if row not in self._previews:
            self._previews[row] = self._read(row)
            if len(self._previews) > KEPT:
                self._previews.popitem(last=False)
        return self._previews[row]

    def _read(self, row: int) -> tuple[str, str]:
        found = self.index.row(row)
        if self.kind == "failed":
            return "", one_line(found.get("error", ""))
        asked = " ".join(part for part in (one_line(found.get(key, "")) for key in ("instruction", "input")) if part)
        if self.kind == "rejected":
            verdict = found.get("verdict")
            reason = one_line(verdict.get("reason", "")) if isinstance(verdict, dict) else ""
            return self.mark(found), f"{reason} │ {asked}"
        return self.mark(found), f"{asked} → {one_line(found.get('output', ''))}"
