"""What all filters say of one row, where the run keeps that; what the filters changed in it; its further columns."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from textual.content import Content

from iftgen.tui.text import one_line, safe, short
from iftgen.watch.ledger import EARLY
from iftgen.watch.verdict import rejecting

SIZE = 22


def also(row: Mapping[str, Any]) -> list[Content]:
    """Tell who else rejects a row that is rejected; nothing where that is not known."""
    verdicts, verdict = verdicts_of(row), row.get("verdict")
    if not verdicts or not isinstance(verdict, Mapping):
        return []
    first = str(verdict.get("filter", ""))
    own = f"{first}{EARLY}" if verdict.get("stage") == "instruction" and f"{first}{EARLY}" in verdicts else first
    others = [_name(check) for check in rejecting(verdicts) if check != own]
    if not others:
        return [Content.styled("no other filter rejects it", "$text-muted")]
    return [Content.assemble(("also rejected by ", "$text-muted"), (", ".join(others), "bold $warning"))]


def all_verdicts(row: Mapping[str, Any]) -> list[Content]:
    """List those that reject, then those with a score, then the names of the others."""
    verdicts = verdicts_of(row)
    if not verdicts:
        return []
    against = rejecting(verdicts)
    scored = [name for name, one in verdicts.items() if name not in against and _number(one.get("score"))]
    rest = [_name(name) for name in verdicts if name not in against and name not in scored]
    found = [head("All verdicts", f"{len(against)} of {len(verdicts)} checks reject it")]
    found += [_line(name, verdicts[name], "$error") for name in against]
    found += [_line(name, verdicts[name], "$text") for name in scored]
    if rest:
        found.append(Content.styled(f"kept by {', '.join(rest)}", "$text-muted"))
    return [*found, Content("")]


def history(row: Mapping[str, Any]) -> list[Content]:
    """Tell what was done to the texts of a row, as `pii: masked email 2`."""
    steps = row.get("history")
    told = [_step(step) for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    return [head("History"), *told, Content("")] if told else []


def columns(row: Mapping[str, Any]) -> list[Content]:
    """Show what else the row of a file had; iftgen's own notes are shown elsewhere."""
    extra = row.get("extra")
    own = {key: value for key, value in extra.items() if key != "iftgen"} if isinstance(extra, Mapping) else {}
    if not own:
        return []
    told = [
        Content.assemble((f"{one_line(key, 60)}  ", "$text-muted"), (one_line(_plain(value), 2000), "$text"))
        for key, value in own.items()
    ]
    return [head("Further columns"), *told, Content("")]


def verdicts_of(row: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return all verdicts on a row by check, {} where the run does not keep them."""
    given = row.get("verdicts")
    return {name: one for name, one in given.items() if isinstance(one, Mapping)} if isinstance(given, Mapping) else {}


def _line(name: str, verdict: Mapping[str, Any], tone: str) -> Content:
    score, threshold = verdict.get("score"), verdict.get("threshold")
    numbers = f"{short(score)}" if _number(score) else ""
    numbers += f" (threshold {short(threshold)})" if _number(threshold) else ""
    reason = one_line(verdict.get("reason") or "", 2000)
    return Content.assemble(
        (f"{_name(name):<{SIZE}}", tone), (f" {numbers}", "$text-muted"), (f" {reason}" if reason else "", "$text")
    )


def _step(step: Mapping[str, Any]) -> Content:
    name = next((str(step[key]) for key in ("filter", "operation", "method", "step") if step.get(key)), "")
    rest = {key: value for key, value in step.items() if str(value) != name}
    told = ", ".join(
        f"{one_line(key, 60)} {_plain(value)}" for key, value in rest.items() if value not in (None, "", [], {})
    )
    return Content.assemble((f"{one_line(name, 60)}: " if name else "", "$accent"), (safe(told, 2000), "$text"))


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(inner)}" for key, inner in value.items())
    return ", ".join(map(_plain, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)


def _name(check: str) -> str:
    """Return the name of a check as it is told: that of an instruction is marked."""
    name = check.removesuffix(EARLY)
    return one_line(name if name == check else f"{name} (instr.)", 60)


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def head(title: str, more: str = "") -> Content:
    """Return the heading of a part, with what is said beside it."""
    return Content.assemble((title, "bold $accent"), (f"  {more}" if more else "", "$text-muted"))
