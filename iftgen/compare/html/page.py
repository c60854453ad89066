"""The page: a table that can be sorted, and charts. All text from the user is escaped."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from iftgen.compare.columns import AXES, Column, by_filter, columns, paired, sampled
from iftgen.compare.html.bars import bars
from iftgen.compare.html.scatter import scatter
from iftgen.compare.values import Comparison, Run

HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
    "<title>iftgen compare</title>"
)


def page(comparison: Comparison) -> str:
    """Return the page as text."""
    number = len(comparison.runs)
    parts = [
        f"<header><h1>{number} {'run' if number == 1 else 'runs'}</h1><p>{escape(_summary(comparison))}</p></header>",
        f'<div class="charts">{_figure("Cost and diversity", scatter(comparison))}'
        f"{_figure('What became of the candidates', bars(comparison))}</div>",
        _table(comparison),
        f"<footer>{''.join(f'<p>{escape(line)}</p>' for line in _notes(comparison))}</footer>",
    ]
    style, script = _asset("page.css"), _asset("page.js")
    return f"{HEAD}<style>\n{style}</style></head><body>\n{''.join(parts)}\n<script>\n{script}</script></body></html>\n"


def _asset(name: str) -> str:
    return files("iftgen.compare.html").joinpath(name).read_text(encoding="utf-8")


def _figure(title: str, chart: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{chart}</figure>" if chart else ""


def _summary(comparison: Comparison) -> str:
    """Return what differs, and which runs are on the front."""
    keys = ", ".join(comparison.keys.values()) or "nothing"
    best = [run.name for run in comparison.runs if run.on_front]
    front = f" On the Pareto front: {', '.join(best)}." if best else ""
    return f"What differs in their settings: {keys}.{front}"


def _notes(comparison: Comparison) -> list[str]:
    axes = [AXES[axis] for axis in comparison.axes]
    return [
        f"Pareto front: no other ended run is as good in {axes[0]}, {axes[1]} and {axes[2]}, and better in one.",
        "Small figures are 95% percentile bootstrap intervals over the rows of a run; another seed may move a figure "
        "further.",
        "Nearest ROUGE-L is that of an accepted instruction with the one most like it in its run: low is diverse. "
        "It and distinct-n depend on the number of accepted rows.",
        *filter(None, [sampled(comparison), paired(comparison)]),
        "Tokens and dollars are those of all rows, rejected ones too, whoever paid for the reply first.",
    ]


def _table(comparison: Comparison) -> str:
    found = [*columns(comparison), *by_filter(comparison)]
    head = "".join(_title(title, left) for title, left in [("run", True), *((one.title, one.left) for one in found)])
    body = "".join(_line(run, found) for run in comparison.runs)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _title(title: str, left: bool) -> str:
    kind = ' class="left"' if left else ""
    return f'<th scope="col"{kind}><button type="button">{escape(title)}</button></th>'


def _line(run: Run, found: Sequence[Column]) -> str:
    mark = ' <b class="mark" title="on the Pareto front">front</b>' if run.on_front else ""
    name = f'<th scope="row" title="{escape(str(run.folder))}">{escape(run.name)}{mark}</th>'
    return f"<tr>{name}{''.join(_cell(run, column) for column in found)}</tr>"


def _cell(run: Run, column: Column) -> str:
    """Return a cell; the interval is set small, and sorting goes by the figure."""
    text, full = column.text(run), column.full(run)
    interval = full[len(text) :].strip(" ()") if full.startswith(text) else ""
    small = f" <small>{escape(interval)}</small>" if interval else ""
    kind = ' class="left"' if column.left else ""
    return f'<td{kind} data-sort="{escape(text)}">{escape(text)}{small}</td>'
