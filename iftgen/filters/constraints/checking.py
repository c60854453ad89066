"""The check of constraints on a response: strict, loose, or as kindly as a request in words is meant."""

from collections.abc import Iterable, Sequence
from typing import Any

from iftgen.filters.constraints.kinds import KINDS, read
from iftgen.filters.constraints.model import Constraint, Malformed, Mode, Result


def check_constraints(
    constraints: Iterable[Any], instruction: str, response: str, mode: Mode = "strict"
) -> list[Result]:
    """Return a result for each constraint, in order; pure, and raises nothing on any text.

    A constraint is an entry such as `{"type": "max_words", "value": 50}` or a Constraint. Strict: the response as it
    stands. Loose, as in IFEval: it is enough that one of eight forms of it holds, without its first line, its last
    line or both, and each of them without asterisks. An empty form never holds.
    """
    texts = [response] if mode == "strict" else loose(response)
    return [check(one, instruction, texts) for one in constraints]


def check(entry: Any, instruction: str, texts: Sequence[str]) -> Result:
    """Check one constraint on some forms of a response: one that holds is enough; the first tells what was found."""
    try:
        one = understood(entry)
    except Malformed as error:
        return Result(_name(entry), False, str(error), malformed=True)
    arguments = {**one.arguments, "instruction": instruction}
    reason = ""
    for text in texts:
        found = KINDS[one.type].check(text, arguments) if text.strip() else "is empty"
        if not found:
            return Result(one.type, True)
        reason = reason or found
    return Result(one.type, False, f"the response {reason}{f' ({one.phrase!r})' if one.phrase else ''}")


def loose(response: str) -> list[str]:
    """Return the eight forms of IFEval's loose accuracy."""
    lines = response.split("\n")
    forms = [response, *("\n".join(some).strip() for some in (lines[1:], lines[:-1], lines[1:-1]))]
    return [*forms, *(form.replace("*", "") for form in forms)]


def understood(entry: Any) -> Constraint:
    """Return the constraint that an entry stands for; raises Malformed where it is none."""
    if isinstance(entry, Malformed):
        raise entry
    return entry if isinstance(entry, Constraint) else read(entry)


def _name(entry: Any) -> str:
    return str(entry.get("type"))[:60] if isinstance(entry, dict) else "?"
