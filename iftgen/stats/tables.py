"""Stats as aligned plain text for a terminal."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

OUTCOMES = ("accepted", "rejected", "failed", "acceptance")
SPREAD = ("min", "p5", "median", "mean", "p95", "max")
GAP = "  "
NARROWEST = 8
MOST_VALUES = 12


def render(stats: Mapping[str, Any], width: int = 100, times: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """Return the tables of `run_stats`, no line wider than `width` columns as far as the numbers allow.

    `times` are the checks and seconds of each filter, as the manifest of the run tells them.
    """
    rejected = sorted(stats["filters"].items(), key=lambda item: (-item[1]["rejected"], item[0]))
    reasons = [(r["reason"], name, r["count"]) for name, entry in rejected for r in entry["reasons"]]
    lengths = [(name, *(spread[key] for key in SPREAD)) for name, spread in stats["lengths"].items() if spread]
    blocks = [
        _summary(stats),
        _outcomes("category", stats["categories"], width),
        _outcomes("task", stats["tasks"], width),
        *(_outcomes(name, _most(values), width, len(values)) for name, values in stats["attributes"].items()),
        _funnel(stats, times or {}, width),
        _overlap(stats.get("ledger"), width),
        table(("reason", "filter", "rejected"), reasons, width),
        table(("words", *SPREAD), lengths, width),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[Any]], width: int) -> str:
    """Return lines with the first column to the left, the others to the right; "" when there are no rows.

    Where the lines would be wider than `width`, the texts of the first column are cut.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        return ""
    cells.insert(0, [plain(name) for name in header])
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    widths[0] = min(widths[0], max(NARROWEST, width - sum(widths[1:]) - len(GAP) * (len(widths) - 1)))
    lines = [_line(row, widths) for row in cells]
    return "\n".join([lines[0], "─" * columns(lines[0]), *lines[1:]])


def plain(text: str) -> str:
    """Return the text on one line without control characters: what a model wrote must not steer the terminal."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode()
        for char in " ".join(text.split())
    )


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes: wide characters two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def cut(text: str, width: int) -> str:
    """Return the text, shortened to `width` columns with an ellipsis."""
    if columns(text) <= width:
        return text
    taken, room = "", width - 1
    for char in text:
        room -= _columns(char)
        if room < 0:
            break
        taken += char
    return f"{taken}…"


def _summary(stats: Mapping[str, Any]) -> str:
    count, usage, distinct = stats["counts"], stats["usage"], stats["diversity"]
    lines = [
        ("candidates", f"{count['candidates']:,}"),
        ("accepted", f"{count['accepted']:,} ({_share(count['acceptance'])})"),
        ("rejected", f"{count['rejected']:,}"),
        ("failed", f"{count['failed']:,}"),
        ("tokens", f"{usage['prompt_tokens']:,} in, {usage['completion_tokens']:,} out"),
        ("cost", _dollars(usage["cost_usd"])),
        ("cost an example", _dollars(usage["cost_usd_per_example"]) if count["accepted"] else "-"),
        ("distinct-1, -2", f"{_cell(distinct['distinct_1'])}, {_cell(distinct['distinct_2'])}"),
    ]
    return "\n".join(f"{name:<17}{value}" for name, value in lines)


def _funnel(stats: Mapping[str, Any], times: Mapping[str, Mapping[str, Any]], width: int) -> str:
    """Return what came to each filter and what it rejected; with a ledger, also what it alone caught."""
    own = (stats.get("ledger") or {}).get("filters", {})
    whole = sum(step["rejected"] for step in stats["funnel"])
    header = [
        "filter",
        "came",
        "rejected",
        "share",
        *(["caught", "only it"] if own else []),
        *(["ms"] if times else []),
    ]
    rows = []
    for step in stats["funnel"]:
        name = step["filter"]
        row = [name, step["came"], step["rejected"], _share(step["rejected"] / whole if whole else None)]
        row += [own.get(name, {}).get("caught"), own.get(name, {}).get("only")] if own else []
        rows.append(row + ([_milliseconds(times.get(name))] if times else []))
    return table(header, rows, width)


def _overlap(ledger: Mapping[str, Any] | None, width: int) -> str:
    pairs = (ledger or {}).get("overlap", ())
    return table(("rejected by both", "rows"), [(f"{one['a']} and {one['b']}", one["both"]) for one in pairs], width)


def _milliseconds(spent: Mapping[str, Any] | None) -> str | None:
    return f"{spent['seconds'] * 1000:,.1f}" if spent else None


def _outcomes(title: str, groups: Mapping[str, Mapping[str, Any]], width: int, whole: int = 0) -> str:
    rows = [(name, *(g[key] for key in OUTCOMES[:3]), _share(g["acceptance"])) for name, g in groups.items()]
    more = f"\n… and {whole - len(rows)} more" if whole > len(rows) else ""
    return table((title, *OUTCOMES), rows, width) + more


def _most(groups: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the values with the most candidates, in the order of their names."""
    ordered = sorted(groups, key=lambda name: (-sum(groups[name][key] for key in OUTCOMES[:3]), name))
    return {name: groups[name] for name in sorted(ordered[:MOST_VALUES])}


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = row
    left = cut(first, widths[0])
    padded = [" " * (size - columns(text)) + text for text, size in zip(others, widths[1:], strict=True)]
    return GAP.join([left + " " * (widths[0] - columns(left)), *padded])


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return plain(value) or "(none)"
    return f"{value:,}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _dollars(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"${value:.3g}" if 0 < value < 0.01 else f"${value:,.4f}"


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
