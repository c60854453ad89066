"""A comparison as plain text for a terminal."""

import re
import textwrap
from collections.abc import Sequence
from typing import TypeVar

from iftgen.compare.columns import AXES, MOST, Column, by_filter, columns, paired, sampled
from iftgen.compare.values import Comparison, Run
from iftgen.stats.tables import columns as cells
from iftgen.stats.tables import cut, plain

T = TypeVar("T")
GAP = "  "
MARK = "*"
# The longest text that is shown in a cell, and in a line of a title.
LONGEST = 28
# So many of the first columns are worth more than the intervals of all.
CORE = 5
# In a narrow table: the longest text of a cell, and so many settings stand before the figures.
SHORT, KEPT = 14, 2
# Titles are not broken into lines that are shorter.
NARROWEST = 10


def render(comparison: Comparison, width: int = 100, whole: bool = False) -> str:
    """Return the table and what explains it, no line wider than `width`.

    A run is a line; columns that do not fit are dropped from the right and named. With `whole` a run is a column and
    nothing is dropped: as many runs as fit stand beside each other, the others below.
    """
    return _turned(comparison, width) if whole else _fitted(comparison, width)


def _fitted(comparison: Comparison, width: int) -> str:
    """Return the table with intervals if the core of it fits so, else without, at last with settings cut short."""
    runs, found = comparison.runs, columns(comparison)
    names = [_name(run) for run in runs]
    room = width - max(map(cells, names), default=0)
    core = min(len(comparison.keys) + CORE, len(found))
    for full, longest in ((True, LONGEST), (False, LONGEST), (False, SHORT)):
        chosen = [_laid(column, runs, full, longest) for column in found]
        if (count := _fits(chosen, room)) >= core:
            break
    else:  # so many settings that they would leave no room for figures
        found, chosen = (_figures_first(columns, len(comparison.keys)) for columns in (found, chosen))
        count = _fits(chosen, room)
    lines = _lines([(["run"], names, True), *chosen[:count]])
    dropped = [column.title for column in found[count:]]
    return "\n".join([*lines, "", *_notes(comparison, width, full, dropped)]) + "\n"


def _figures_first(columns: list[T], settings: int) -> list[T]:
    """Move all settings but the first ones behind the core of the figures."""
    kept, core = min(KEPT, settings), settings + CORE
    return [*columns[:kept], *columns[settings:core], *columns[kept:settings], *columns[core:]]


# The lines of a title, the texts below it, and whether they stand to the left.
Laid = tuple[list[str], list[str], bool]


def _laid(column: Column, runs: Sequence[Run], full: bool, longest: int) -> Laid:
    shown = column.full if full else column.text
    texts = [cut(plain(shown(run)) or "–", longest) for run in runs]
    return _broken(plain(column.title), max(map(cells, texts), default=0)), texts, column.left


def _broken(title: str, width: int) -> list[str]:
    """Break a title behind its dots, blanks and underlines, where it is wider than what stands below it."""
    lines = [""]
    for part in re.findall(r"[^. _]*[. _]|[^. _]+", title):
        if lines[-1] and cells(lines[-1] + part.rstrip()) > max(width, NARROWEST):
            lines.append("")
        lines[-1] += part
    return [cut(line.rstrip(), LONGEST) for line in lines]


def _fits(laid: Sequence[Laid], room: int) -> int:
    """Return how many of the columns fit, from the left."""
    for number, (title, texts, _) in enumerate(laid):
        room -= len(GAP) + max(map(cells, [*title, *texts]))
        if room < 0:
            return number
    return len(laid)


def _lines(laid: Sequence[Laid]) -> list[str]:
    """Return aligned lines: the titles, a rule, and one for each run."""
    high = max(len(title) for title, _, _ in laid)
    whole = [([""] * (high - len(title)) + title + texts, left) for title, texts, left in laid]
    padded = [_padded(texts, max(map(cells, texts)), left) for texts, left in whole]
    rows = [GAP.join(row).rstrip() for row in zip(*padded, strict=True)]
    return [*rows[:high], "─" * max(map(cells, rows)), *rows[high:]]


def _padded(texts: Sequence[str], width: int, left: bool) -> list[str]:
    pads = [" " * (width - cells(text)) for text in texts]
    return [text + pad if left else pad + text for text, pad in zip(texts, pads, strict=True)]


def _turned(comparison: Comparison, width: int) -> str:
    """Return all figures, a line each, in blocks of as many runs as fit."""
    found = [column for column in columns(comparison) if column.title != MOST] + by_filter(comparison)
    titles = ["run", *(cut(plain(column.title), LONGEST) for column in found)]
    titles = _padded(titles, max(map(cells, titles)), True)
    sides = [_side(run, found) for run in comparison.runs]
    blocks: list[str] = []
    while sides:
        taken = [sides.pop(0)]
        while sides and _wide(titles, [*taken, sides[0]]) <= width:
            taken.append(sides.pop(0))
        rows = [GAP.join(row).rstrip() for row in zip(titles, *taken, strict=True)]
        blocks += [rows[0], "─" * max(map(cells, rows)), *rows[1:], ""]
    return "\n".join([*blocks, *_notes(comparison, width, True, [])]) + "\n"


def _side(run: Run, found: Sequence[Column]) -> list[str]:
    """Return the texts of a run, of one width."""
    texts = [_name(run), *(cut(plain(column.full(run)) or "–", LONGEST) for column in found)]
    return _padded(texts, max(map(cells, texts)), False)


def _wide(titles: Sequence[str], sides: Sequence[Sequence[str]]) -> int:
    return cells(titles[0]) + sum(len(GAP) + cells(side[0]) for side in sides)


def _name(run: Run) -> str:
    return cut(plain(run.name), LONGEST) + (f" {MARK}" if run.on_front else "")


def _notes(comparison: Comparison, width: int, intervals: bool, dropped: Sequence[str]) -> list[str]:
    """Return what the reader has to know of the table."""
    lines: list[str] = []
    told = "" if any(title.startswith("Δ") for title in dropped) else plain(paired(comparison))
    if any(run.on_front for run in comparison.runs):
        axes = [AXES[axis] for axis in comparison.axes]
        lines.append(f"{MARK} Pareto front: no other ended run is as good in {axes[0]}, {axes[1]} and {axes[2]},"
                     " and better in one.")  # fmt: skip
    sizes = {run.accepted for run in comparison.runs if run.accepted}
    if len(sizes) > 1:
        many = f"{min(sizes):,} to {max(sizes):,}"
        lines.append(f"The runs have {many} accepted rows, on which distinct-n and nearest ROUGE-L depend.")
    lines += filter(None, [sampled(comparison), told])
    if intervals:
        lines.append(
            "In brackets: 95% bootstrap intervals over the rows of a run. Another seed may move a figure further."
        )
    if dropped:
        lines.append(f"Not shown for want of room (--all shows all): {', '.join(dropped)}")
    return [part for line in lines for part in _wrapped(line, width)]


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, max(20, width), break_long_words=False)
