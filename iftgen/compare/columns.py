"""The figures of a comparison as columns of text, the most important first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from iftgen.compare.values import NOTHING, Comparison, Estimate, Lengths, Run

AXES = {
    "cost_each": "dollars per accepted row",
    "tokens_each": "tokens per accepted row",
    "nearest": "nearest ROUGE-L",
    "judge": "judge score",
    "acceptance": "acceptance",
}
NONE = "–"
MOST = "rejected most"
Cell = Callable[[Run], str]
Value = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A title, the text for a run, and the same with its interval where it has one; texts stand to the left."""

    title: str
    text: Cell
    full: Cell
    left: bool = False


def columns(comparison: Comparison) -> list[Column]:
    """Return all columns behind the name of the run; those in which no run has anything are left out."""
    found = [*_settings(comparison), *_figures(comparison)]
    return [column for column in found if any(column.text(run) not in (NONE, "") for run in comparison.runs)]


def paired(comparison: Comparison) -> str:
    """Return what is to be known of differences to the first run; "" where there are none."""
    if not any(run.difference for run in comparison.runs):
        return ""
    return (
        f"Δ: against {comparison.runs[0].name}, for runs with its seed and method; the same draws of both are compared."
    )


def sampled(comparison: Comparison) -> str:
    """Return what is to be known of runs whose nearest ROUGE-L was measured on some rows; "" where there is none."""
    some = [run for run in comparison.runs if run.diversity.compared < run.accepted and run.accepted > 1]
    if not some:
        return ""
    few = f"{min(run.diversity.compared for run in some):,}"
    return (
        f"Nearest ROUGE-L of runs with more than {few} accepted rows is that of so many of them, evenly spread, to all."
    )


def by_filter(comparison: Comparison) -> list[Column]:
    """Return a column for each filter with what it rejected, the strictest first."""
    totals: dict[str, int] = {}
    for run in comparison.runs:
        for name, count in run.rejected_by.items():
            totals[name] = totals.get(name, 0) + count
    ordered = sorted(totals, key=lambda name: (-totals[name], name))
    return [_plain(f"rejected: {name}", partial(_rejected, name)) for name in ordered]


def _rejected(name: str, run: Run) -> str:
    return f"{run.rejected_by.get(name, 0):,}"


def _setting(key: str, run: Run) -> str:
    return run.config.get(key, NONE)


def _settings(comparison: Comparison) -> Iterator[Column]:
    for key, short in comparison.keys.items():
        yield _plain(short, partial(_setting, key), left=True)
    yield _plain("status", lambda run: run.status, left=True)


def _figures(comparison: Comparison) -> Iterator[Column]:
    priced = comparison.axes[0] == "cost_each"
    dollars = _estimate("cost each", dollar, lambda run: run.cost_each)
    tokens = _estimate("tokens each", _count, lambda run: run.tokens_each)
    yield _plain("accepted", _accepted)
    yield _estimate("acceptance", _share, lambda run: run.acceptance)
    yield dollars if priced else tokens
    yield _estimate("nearest", _fine, lambda run: run.diversity.nearest)
    yield _estimate("nearest cosine", _fine, lambda run: run.diversity.cosine)
    yield _estimate("distinct-2", _fine, lambda run: run.diversity.distinct_2)
    yield _estimate("judge", _fine, lambda run: run.judge)
    yield _plain("wall", lambda run: NONE if run.seconds is None else _time(run.seconds))
    yield _plain("cost", lambda run: dollar(run.cost_usd) if run.candidates else NONE)
    yield _plain("tokens", lambda run: f"{run.prompt_tokens + run.completion_tokens:,}" if run.candidates else NONE)
    yield _plain("candidates", lambda run: f"{run.candidates:,}")
    yield _plain(MOST, _most, left=True)
    yield tokens if priced else dollars
    yield from _differences()
    yield from _texts()
    yield _plain("failed", lambda run: f"{run.failed:,}" if run.failed else NONE)


def _differences() -> Iterator[Column]:
    """Yield what differs from the first run; a share in points of percent."""
    shown: dict[str, tuple[str, Value]] = {
        "acceptance": ("Δ acceptance", lambda value: f"{value * 100:+.1f}%"),
        "tokens_each": ("Δ tokens each", lambda value: f"{value:+,.0f}"),
        "nearest": ("Δ nearest", lambda value: f"{value:+.3f}"),
        "distinct_2": ("Δ distinct-2", lambda value: f"{value:+.3f}"),
    }
    for name, (title, value) in shown.items():
        yield _estimate(title, value, partial(_difference, name))


def _difference(name: str, run: Run) -> Estimate:
    return run.difference.get(name, NOTHING)


def _texts() -> Iterator[Column]:
    lengths: dict[str, Callable[[Run], Lengths]] = {
        "instruction": lambda run: run.instruction,
        "response": lambda run: run.response,
    }
    for name, of in lengths.items():
        yield from _lengths(name, of)
    yield _plain("distinct-1", lambda run: _maybe(run.diversity.distinct_1, _fine))
    yield _plain("distinct-3", lambda run: _maybe(run.diversity.distinct_3, _fine))
    yield _plain("nearest p95", lambda run: _maybe(run.diversity.nearest_p95, _fine))
    yield _plain("cosine p95", lambda run: _maybe(run.diversity.cosine_p95, _fine))


def _lengths(name: str, of: Callable[[Run], Lengths]) -> Iterator[Column]:
    yield _estimate(f"{name} words", _tenths, lambda run: of(run).mean)
    yield _plain(f"{name} median", lambda run: _maybe(of(run).median, _tenths))
    yield _plain(f"{name} p95", lambda run: _maybe(of(run).p95, _tenths))


def _accepted(run: Run) -> str:
    """Return the accepted rows, of how many where there are fewer than were wanted."""
    short = run.target is not None and run.accepted < run.target
    return f"{run.accepted:,}/{run.target:,}" if short else f"{run.accepted:,}"


def _plain(title: str, text: Cell, left: bool = False) -> Column:
    return Column(title, text, text, left)


def _estimate(title: str, shown: Value, of: Callable[[Run], Estimate]) -> Column:
    """Return a column of a figure: `0.38`, in full `0.38 (0.37–0.39)`."""

    def full(run: Run) -> str:
        figure = of(run)
        low, high = (_maybe(bound, shown).strip("$%") for bound in (figure.low, figure.high))
        between = " to " if {"+", "-"} & {low[:1], high[:1]} else "–"
        return _maybe(figure.value, shown) + (f" ({low}{between}{high})" if figure.value is not None else "")

    return Column(title, lambda run: _maybe(of(run).value, shown), full)


def _most(run: Run) -> str:
    """Name the filters that rejected most."""
    first = [f"{name} {count:,}" for name, count in list(run.rejected_by.items())[:3]]
    rest = sum(run.rejected_by.values()) - sum(list(run.rejected_by.values())[:3])
    return ", ".join([*first, *([f"others {rest:,}"] if rest else [])]) or NONE


def _maybe(value: float | None, shown: Value) -> str:
    return NONE if value is None else shown(value)


def dollar(value: float | None) -> str:
    """Return dollars; small amounts have two digits that count."""
    if value is None:
        return "unknown"
    return f"${value:.2g}" if 0 < value < 0.01 else f"${value:,.4f}".rstrip("0").rstrip(".")


def _share(value: float) -> str:
    return f"{value * 100:.1f}%"


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _tenths(value: float) -> str:
    return f"{value:,.1f}"


def _fine(value: float) -> str:
    return f"{value:.3f}"


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
