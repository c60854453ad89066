"""The turns of a row: what was asked, and what the model said to it."""

from collections.abc import Sequence

from iftgen.types import Candidate

_SHORTEST = 4  # messages of a row of several turns; with fewer, the fields of the row say the same


def turns(row: Candidate) -> Sequence[tuple[str, str]]:
    """Return (asked, said) of each turn of the model; a row of one turn has its instruction with input, and output."""
    if len(row.messages) < _SHORTEST:
        return [(f"{row.instruction}\n{row.input}" if row.input else row.instruction, row.output)]
    found: list[tuple[str, str]] = []
    asked = ""
    for message in row.messages:
        text = str(message.get("content") or "")
        if message.get("role") == "user":
            asked = text
        elif message.get("role") == "assistant":
            found.append((asked, text))
    return found


def several_turns(row: Candidate) -> bool:
    """Tell whether more than one question stands in the row: the first alone does not say what the answer is to."""
    return len(row.messages) > 2 and sum(message.get("role") == "user" for message in row.messages) > 1
