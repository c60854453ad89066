"""What became of the candidates of each run: accepted, rejected by filter, failed."""

from html import escape

from iftgen.compare.html.svg import COLOURS, words
from iftgen.compare.values import Comparison, Run

WIDTH, LINE, BAR = 560, 22, 14
NAME = 110
RIGHT = 52
# Filters with a colour of their own; the others are one group.
MOST = len(COLOURS) - 1
OTHERS = "others"


def bars(comparison: Comparison) -> str:
    """Return the chart, "" where no run has a candidate: a bar a run, its parts in shares of its candidates."""
    shown = [run for run in comparison.runs if run.candidates]
    if not shown:
        return ""
    names = _strictest(shown)
    colours = dict(zip(names, COLOURS, strict=False)) | {OTHERS: COLOURS[-1]}
    height = len(shown) * LINE + 8
    lines = "".join(_bar(run, number * LINE + 4, names, colours) for number, run in enumerate(shown))
    label = f"Shares of the candidates of {len(shown)} runs: accepted, rejected by filter"
    return (
        f'<div class="bars" tabindex="0"><svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{lines}</svg></div>{_legend(shown, names, colours)}"
    )


def _strictest(runs: list[Run]) -> list[str]:
    """Return the filters that rejected most, over all runs."""
    totals: dict[str, int] = {}
    for run in runs:
        for name, count in run.rejected_by.items():
            totals[name] = totals.get(name, 0) + count
    return sorted(totals, key=lambda name: (-totals[name], name))[:MOST]


def _parts(run: Run, names: list[str], colours: dict[str, str]) -> list[tuple[str, int, str]]:
    """Return (name, candidates, style) of the parts of a bar."""
    rejected = [(name, run.rejected_by.get(name, 0), f"fill:{colours[name]}") for name in names]
    others = run.rejected - sum(count for _, count, _ in rejected)
    return [
        ("accepted", run.accepted, "fill:var(--accepted)"),
        *rejected,
        (OTHERS, others, f"fill:{colours[OTHERS]}"),
        ("failed", run.failed, "fill:var(--failed)"),
    ]


def _bar(run: Run, top: float, names: list[str], colours: dict[str, str]) -> str:
    room, x, found = WIDTH - NAME - RIGHT, float(NAME), ""
    for name, count, style in _parts(run, names, colours):
        wide = room * count / run.candidates
        title = escape(f"{run.name}: {name} {count:,} of {run.candidates:,} ({count / run.candidates:.1%})")
        if count:
            place = f'x="{x:.2f}" y="{top}" width="{wide:.2f}" height="{BAR}"'
            found += f'<rect {place} style="{style}"><title>{title}</title></rect>'
        x += wide
    name = run.name if len(run.name) <= 16 else f"…{run.name[-15:]}"
    share = f"{run.accepted / run.candidates:.1%}"
    return words(NAME - 8, top + 11, name, "name", "end") + found + words(WIDTH - RIGHT + 8, top + 11, share, "tick")


def _legend(runs: list[Run], names: list[str], colours: dict[str, str]) -> str:
    more = any(run.rejected > sum(run.rejected_by.get(name, 0) for name in names) for run in runs)
    shown = [("accepted", "background:var(--accepted)"), *((name, f"background:{colours[name]}") for name in names)]
    shown += [(OTHERS, f"background:{colours[OTHERS]}")] if more else []
    shown += [("failed", "background:var(--failed)")] if any(run.failed for run in runs) else []
    signs = (f'<span><i style="{style}"></i> {escape(name)}</span>' for name, style in shown)
    return f'<p class="key">{" ".join(signs)}</p>'
