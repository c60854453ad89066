"""The scores of one filter as a histogram with its threshold, and what another threshold would let pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from iftgen.tui.text import one_line, share, short
from iftgen.tui.widgets.panel import Panel
from iftgen.watch.scores import ACCEPTED, BOTH, ELSEWHERE, HERE, Scores, ScoreTable, Side, WhatIf

STEPS = " ▁▂▃▄▅▆▇█"
# Lines around the bars: the axis, its labels, and the words below.
AROUND = 8
# Cells that a bar is wide at most.
MOST_CELLS = 8
COLOURS = {ACCEPTED: "$success", HERE: "$error", BOTH: "$warning", ELSEWHERE: "$primary-darken-1"}
# From below.
ORDER = (ACCEPTED, HERE, BOTH, ELSEWHERE)


@dataclass(frozen=True)
class Shown:
    """What is shown: one score by name, how many values there are, the side and the threshold that is tried."""

    name: str
    count: int
    side: Side
    tried: float | None
    height: int


class Histogram(Panel[Shown], can_focus=True):
    """Shows one score after the other."""

    title = "Scores"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "name(-1)", "Back", tooltip="The score of the filter before"),
        Binding("right", "name(1)", "Next", tooltip="The score of the next filter"),
        Binding("up", "threshold(1)", "Higher", tooltip="What if the threshold were higher?"),
        Binding("down", "threshold(-1)", "Lower", tooltip="What if the threshold were lower?"),
        Binding("s", "side", "Side", tooltip="The other side: at least, at most"),
        Binding("0", "reset", "Reset", tooltip="Back to the threshold of the run"),
    ]

    def __init__(self, table: ScoreTable, id: str | None = None) -> None:
        """Show the scores of a table, which the reader's thread polls."""
        super().__init__(id=id)
        self.table = table
        self.chosen = ""
        self.side: Side | None = None
        self.tried: float | None = None

    @property
    def scores(self) -> Scores | None:
        """The scores that are shown."""
        return self.table.scores.get(self.name_shown)

    @property
    def name_shown(self) -> str:
        """The name of the score that is shown: the one that was chosen, else the one that rejected most."""
        names = self.table.names()
        return self.chosen if self.chosen in names else names[0] if names else ""

    def update(self) -> None:
        """Draw what is new."""
        scores = self.scores
        title = f"Scores: {one_line(self.name_shown)}" if scores else "Scores"
        self.border_title = Content(title)
        count = len(scores.values) if scores else 0
        self.show(Shown(self.name_shown, count, self._side(), self.tried, self.size.height))

    def on_resize(self) -> None:
        """Fit the bars."""
        self.update()

    def action_name(self, by: int) -> None:
        """Show another score."""
        names = self.table.names()
        if names:
            self.chosen = names[(names.index(self.name_shown) + by) % len(names)]
            self.side = self.tried = None
            self.update()

    def action_threshold(self, by: int) -> None:
        """Try another threshold, a fortieth of the span away."""
        scores = self.scores
        if scores is None:
            return
        low, high = scores.span()
        now = self.tried if self.tried is not None else scores.threshold(self._side())
        step = (high - low) / 40 or 1.0
        if scores.whole:
            step = max(1.0, round(step))
        self.tried = min(max((low + high) / 2 if now is None else now + by * step, low - step), high + step)
        self.update()

    def action_side(self) -> None:
        """Try the other side."""
        self.side = "at most" if self._side() == "at least" else "at least"
        self.tried = None
        self.update()

    def action_reset(self) -> None:
        """Try nothing."""
        self.tried = None
        self.update()

    def lines(self, value: Shown, width: int) -> list[Content]:
        """Draw bars, axis, legend, and what the threshold does."""
        scores = self.scores
        if scores is None or not scores.values:
            return [Content.styled("No filter has given a score yet.", "$text-muted")]
        edges, counts = scores.histogram(max(10, min(width - 2, 120)))
        size = min(MOST_CELLS, max(1, (width - 2) // len(edges)))
        threshold = None if scores.varies else scores.threshold(value.side)
        threshold = value.tried if value.tried is not None else threshold
        found = self._bars(counts, size, max(3, value.height - AROUND))
        return [*found, *self._axis(edges, size, threshold), *self._words(scores, value, threshold)]

    def _bars(self, counts: Sequence[Sequence[int]], size: int, height: int) -> list[Content]:
        """Draw stacked bars of `size` cells: accepted below, then rejected for this score, then by others alone."""
        bins, gap = len(counts[0]), 1 if size > 2 else 0
        tops = [
            [sum(counts[kind][place] for kind in ORDER[: level + 1]) for place in range(bins)]
            for level in range(len(ORDER))
        ]
        most = max(tops[-1]) or 1
        found = []
        for line in range(height, 0, -1):
            parts = []
            for place in range(bins):
                full = tops[-1][place] / most * height - (line - 1)
                block = STEPS[8 if full >= 1 else max(0, round(full * 8))] if full > 0 else " "
                middle = (line - 1 + min(full, 1) / 2) / height * most
                kind = next((kind for level, kind in enumerate(ORDER) if tops[level][place] >= middle), ELSEWHERE)
                parts.append((block * (size - gap) + " " * gap, COLOURS[kind]))
            found.append(Content.assemble(*parts))
        return found

    def _axis(self, edges: Sequence[float], size: int, threshold: float | None) -> list[Content]:
        """Draw a line below the bars and the numbers at its ends, with the threshold where it is."""
        width, step = len(edges) * size, edges[1] - edges[0] if len(edges) > 1 else 1.0
        left, right = short(edges[0]), short(edges[-1] if size > 1 else edges[-1] + step)
        place = None if threshold is None else int((threshold - edges[0]) / step * size + (size - 1) / 2)
        ruler, labels = "─" * width, left + right.rjust(max(1, width - len(left)))
        if threshold is None or place is None or not 0 <= place < width:
            return [Content.styled(ruler, "$text-muted"), Content.styled(labels, "$text-muted")]
        told = short(threshold)
        start = max(0, min(place - len(told) // 2, width - len(told)))
        if start > len(left) and start + len(told) < width - len(right):
            labels = labels[:start] + told + labels[start + len(told) :]
        ruler = ruler[:place] + "┃" + ruler[place + 1 :]
        return [Content.styled(ruler, "$warning"), Content.styled(labels, "$text-muted")]

    def _words(self, scores: Scores, value: Shown, threshold: float | None) -> list[Content]:
        legend = _legend(scores)
        if threshold is None:
            hint = "Its threshold differs from row to row." if scores.varies else "It has rejected nothing so far."
            hint += " Up and down try one."
            return [legend, Content(""), Content.styled(hint, "$text-muted")]
        result = scores.what_if(value.side, threshold)
        says = "What if" if value.tried is not None else "As it is"
        found = [
            legend,
            Content(""),
            Content.assemble(
                (f"{says}: ", "bold"), (f"{scores.words(value.side)} {short(threshold)}", "bold $warning"),
                (f"  {result.passing:,} of {result.of:,} scores pass ({share(result.passing, result.of)})", "$text"),
            ),
        ]  # fmt: skip
        if value.tried is not None:
            found.append(_changes(scores, result))
        return found

    def _side(self) -> Side:
        scores = self.scores
        return self.side or (scores.sides[0] if scores else "at least")


def _legend(scores: Scores) -> Content:
    """Tell the colours; the third only where it occurs, in runs whose rows keep all verdicts."""
    shared = BOTH in scores.outcomes
    return Content.assemble(
        ("█ accepted  ", COLOURS[ACCEPTED]),
        (f"█ rejected for this score{' alone' if shared else ''}  ", COLOURS[HERE]),
        ("█ and by others  " if shared else "", COLOURS[BOTH]),
        ("█ by others" if shared else "█ rejected by another filter", COLOURS[ELSEWHERE]),
    )


def _changes(scores: Scores, result: WhatIf) -> Content:
    """Tell what another threshold changes; without all verdicts, filters behind it have not judged what it rejected."""
    lost = f" accepted ones would not{' be' if scores.told else ''}"
    gained = " would be accepted" if scores.told else " that it rejected would pass it"
    shared = f" ({result.shared:,} more stay rejected by others)" if result.shared else ""
    return Content.assemble(
        (f"+{result.gained:,}", "bold $success"), (f"{gained}{shared}, ", "$text-muted"),
        (f"-{result.lost:,}", "bold $error"), (lost, "$text-muted"),
    )  # fmt: skip
