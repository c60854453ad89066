"""A forecast as aligned plain text for a terminal."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iftgen.cli.progress import clock
from iftgen.run.forecast import Forecast, as_json
from iftgen.stats.tables import plain, table

WIDTH = 100
# With more tasks than these only the branches of the taxonomy are listed.
MOST_TASKS = 12
MOST_VALUES = 8
CASES = ("low", "expected", "high")
TALLY = ("examples", "draws", "candidates")
ENOUGH = {"high": "enough", "expected": "enough for what is expected, not for the high side", "none": "too small"}
UNITS = {"usd": "${:,.2f}", "tokens": "{:,.0f}", "calls": "{:,.0f}", "minutes": "{:,.1f}"}


def render(made: Forecast, every_task: bool = False) -> str:
    """Return the tables of a forecast, at most 100 columns wide; every task, or the branches of a long list."""
    told = as_json(made)
    blocks = [
        _head(told),
        table(("", *CASES), _numbers(told), WIDTH),
        _tasks(told["tasks"], every_task),
        _attributes(told["attributes"]),
        _titled("Budget", list(_budget(told["budget"]))),
        _titled("Assumed", [_filled("- ", plain(line)) for line in told["assumptions"]]),
        _end(told),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def render_prompts(prompts: Sequence[Mapping[str, Any]]) -> str:
    """Return rendered prompts in full, each message under its role."""
    lines: list[str] = []
    for number, one in enumerate(prompts, 1):
        drawn = {"topic": one["topic"], **one["attributes"]}
        named = ", ".join(f"{name}: {value}" for name, value in drawn.items() if value)
        lines += ["", f"═══ prompt {number} of {len(prompts)}: {one['task']} ({one['method']}) {named}".rstrip()]
        for request in one["requests"]:
            lines += _request(request, one["method"] != "file")
    return "\n".join([*lines, ""]) if lines else ""


def _head(told: Mapping[str, Any]) -> str:
    models = " and ".join(dict.fromkeys(role["model"] for role in told["roles"].values())) or "no call to a model"
    short = "" if told["reached"] else ": fewer than wanted, as tasks are given up or max_candidates is spent first"
    what = f"about {told['examples']:,} examples with {models}"
    if told["pilot"]:
        pilot = told["pilot"]
        done = f"The pilot: {pilot['passed']} accepted of {pilot['candidates']} candidates, {pilot['calls']} calls."
        return _filled("", plain(f"{done} What is still to do, {what}{short}"), "")
    if told["rows"]:
        what = f"{told['rows']['judged']:,} rows, about {told['rows']['answered']:,} answers to buy, {what}"
    return _filled("", plain(f"{what.removeprefix('about ')}; no call was made{short}"), "")


def _numbers(told: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    yield "candidates", *_cells(told["candidates"], "{:,}")
    for role, numbers in told["roles"].items():
        for key in ("calls", "prompt_tokens", "completion_tokens"):
            yield f"{role} {key.replace('_', ' ')}", *_cells(numbers[key], "{:,}")
    total = told["total"]
    if len(told["roles"]) > 1:
        for key in ("calls", "prompt_tokens", "completion_tokens"):
            yield f"all {key.replace('_', ' ')}", *_cells(total[key], "{:,}")
        if total["cost_usd"] is None or total["cost_usd"]["high"]:
            yield from ((f"{role} cost", *_costs(numbers["cost_usd"])) for role, numbers in told["roles"].items())
    yield "cost", *_costs(total["cost_usd"])
    yield "cost an example", *_costs(total["cost_usd_per_example"])
    yield "time", *(clock(total["seconds"][case]) for case in CASES)


def _tasks(tasks: Mapping[str, Mapping[str, int]], every: bool) -> str:
    """Return one line a task, or a branch where there are many tasks."""
    drawn = {name: tally for name, tally in tasks.items() if tally["draws"]}
    if every or len(drawn) <= MOST_TASKS:
        return table(("task", *TALLY), [(name, *(one[key] for key in TALLY)) for name, one in drawn.items()], WIDTH)
    branches: dict[str, list[Mapping[str, int]]] = {}
    for name, tally in drawn.items():
        branches.setdefault(name.split("/", 1)[0], []).append(tally)
    rows = [(name, len(below), *(sum(one[key] for one in below) for key in TALLY)) for name, below in branches.items()]
    return table(("branch", "tasks", *TALLY), rows, WIDTH) + "\n(--tasks lists every task)"


def _attributes(attributes: Mapping[str, Mapping[str, int]]) -> str:
    """Return the draws by attribute, a paragraph each, the most frequent values first."""
    paragraphs = []
    for name, counts in attributes.items():
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        shown = [f"{plain(value)} {count:,}" for value, count in ordered[:MOST_VALUES]]
        more = [f"and {len(ordered) - MOST_VALUES} more"] if len(ordered) > MOST_VALUES else []
        paragraphs.append(_filled(f"{name}: ", ", ".join([*shown, *more])))
    return "Draws by attribute\n" + "\n".join(paragraphs) if paragraphs else ""


def _budget(budget: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, one in budget.items():
        form = UNITS[name]
        limit, verdict = form.format(one["limit"]), one["enough"]
        if verdict == "unknown":
            yield _filled("", f"budget.{name} {limit}: the price is unknown, so it cannot be compared")
            continue
        needs = f"{form.format(one['expected'])} expected, {form.format(one['high'])} at the high side"
        yield _filled("", f"budget.{name} {limit}: {ENOUGH[verdict]} ({needs})")


def _titled(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *lines]) if lines else ""


def _end(told: Mapping[str, Any]) -> str:
    return f"Go on with: {told['pilot']['next']}" if told["pilot"] else ""


def _filled(mark: str, text: str, indent: str = "  ") -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=f"{indent}{mark}", subsequent_indent=2 * indent, break_on_hyphens=False
    )


def _request(request: Mapping[str, Any], stands_in: bool) -> list[str]:
    turns = request["messages"] or [{"role": "prompt", "content": request["prompt"]}]
    shown = stands_in and request["role"] == "response"
    note = " (its instruction stands in for what the model would write)" if shown else ""
    lines = [f"─── to the {request['role']} role{note}"]
    for turn in turns:
        lines += [f"[{turn['role']}]", *map(_printable, turn["content"].splitlines())]
    return lines


def _printable(line: str) -> str:
    """Keep a line as it stands, but for control characters: data must not steer the terminal."""
    return "".join(
        char if char.isprintable() or char == "\t" else char.encode("unicode_escape", "backslashreplace").decode()
        for char in line
    )


def _cells(numbers: Mapping[str, float], form: str) -> Iterator[str]:
    return (form.format(numbers[case]) for case in CASES)


def _costs(cost: Mapping[str, float] | None) -> Iterator[str]:
    if cost is None:
        return iter(("unknown",) * len(CASES))
    form = "${:,.2f}" if cost["high"] >= 1 or not cost["high"] else "${:.6f}"
    return _cells(cost, form)
