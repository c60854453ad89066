"""Coverage: accepted examples by two axes, as a heat map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from iftgen.tui.text import fitted, one_line, short
from iftgen.tui.widgets.panel import Panel
from iftgen.watch.coverage import FAMILY, TASK, Coverage, Pivot

# Shades of a cell, by its share of the largest one.
# Tasks from which on the rows are families of tasks, until another axis is chosen.
MANY = 24
SHADES = ("12%", "24%", "38%", "54%", "72%")


@dataclass(frozen=True)
class Heat:
    """What the map shows: the counts, the quota of each row (where rows are tasks), and the axes."""

    pivot: Pivot
    quotas: tuple[tuple[str, int], ...]
    axes: tuple[str, str]


class CoverageMap(Panel[Heat], can_focus=True):
    """A heat map whose axes can be changed."""

    title = "Coverage"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "axis(0)", "Rows by", tooltip="Coverage: choose what the rows are"),
        Binding("c", "axis(1)", "Columns by", tooltip="Coverage: choose what the columns are"),
    ]

    def __init__(self, coverage: Coverage, id: str | None = None) -> None:
        """Show the counts of a run."""
        super().__init__(id=id)
        self.coverage = coverage
        self.quotas: dict[str, int] = {}
        self.chosen = ["", ""]

    def update(self, quotas: dict[str, int]) -> None:
        """Count what is new, and draw it."""
        self.quotas = quotas
        self.coverage.update()
        axes = self.coverage.axes
        names = [axis for axis in axes if axis not in (TASK, FAMILY)]
        rows = self.chosen[0] or (TASK if len(quotas) <= MANY else FAMILY)
        columns = self.chosen[1] or ("complexity" if "complexity" in names else names[0] if names else FAMILY)
        if columns == rows:
            columns = ""  # no attribute was drawn: the counts alone
        pivot = self.coverage.pivot(rows, columns or rows, tuple(quotas))
        owed = by_axis(quotas, rows)
        self.border_subtitle = Content(one_line(f"{rows} × {columns}"))
        self.show(Heat(pivot, tuple(owed.items()), (rows, columns)))

    def action_axis(self, which: int) -> None:
        """Take the next axis."""
        axes = self.coverage.axes
        now = self.value.axes[which] if self.value else axes[0]
        other = self.value.axes[1 - which] if self.value else ""
        free = [axis for axis in axes if axis != other] or axes
        self.chosen[which] = free[(free.index(now) + 1) % len(free)] if now in free else free[0]
        self.chosen[1 - which] = other
        self.update(self.quotas)

    def lines(self, value: Heat, width: int) -> list[Content]:
        """Draw the headings, and a line for each row: name, count of quota, cells."""
        pivot, quotas = value.pivot, dict(value.quotas)
        if not pivot.rows:
            return [Content.styled("No example yet: the first ones will show here.", "$text-muted")]
        size = min(max(len(row) for row in pivot.rows), max(12, width // 3))
        tally = 9 if quotas else 6
        cell = max(4, min(10, (width - size - tally - 1) // max(1, len(pivot.columns))))
        columns = [] if not value.axes[1] else list(pivot.columns)[: max(1, (width - size - tally - 1) // cell)]
        head = " " * (size + tally) + "".join(f" {fitted(one_line(name), cell - 1)}" for name in columns)
        top = max(pivot.counts.values(), default=1)
        return [
            Content.styled(head, "$text-muted"),
            *(self._row(pivot, row, quotas, columns, (size, tally, cell), top) for row in pivot.rows),
        ]

    def _row(
        self, pivot: Pivot, row: str, quotas: dict[str, int], columns: list[str], sizes: tuple[int, int, int], top: int
    ) -> Content:
        size, tally, cell = sizes
        total, quota = pivot.total(row), quotas.get(row)
        told = f"{total}/{quota}" if quota is not None else short(total)
        done = quota is not None and total >= quota
        parts = [
            (fitted(one_line(row), size), "$text"),
            (f"{told:>{tally - 1}} ", "$success" if done else "$text-muted"),
        ]
        for column in columns:
            count = pivot.counts.get((row, column), 0)
            shade = SHADES[min(len(SHADES) - 1, int(count / top * len(SHADES)))]
            style = f"$text on $success {shade}" if count else "$text-disabled"
            parts += [(" ", ""), (f"{short(count) if count else '·':^{cell - 1}}", style)]
        return Content.assemble(*parts)


def by_axis(quotas: Mapping[str, int], axis: str) -> dict[str, int]:
    """Return the quotas by task or by family; none for other axes."""
    found: dict[str, int] = {}
    for task, quota in quotas.items() if axis in (TASK, FAMILY) else ():
        name = task if axis == TASK else task.split("/")[0]
        found[name] = found.get(name, 0) + quota
    return found
