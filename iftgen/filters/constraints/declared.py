"""The constraints that a row declares: its column `constraints`, or IFEval's `instruction_id_list` and `kwargs`."""

import json
from collections.abc import Mapping
from typing import Any

from iftgen.filters.constraints.ifeval import translate
from iftgen.filters.constraints.model import Malformed

COLUMN, NAMES, ARGUMENTS = "constraints", "instruction_id_list", "kwargs"


def declared(extra: Mapping[str, Any]) -> list[Any]:
    """Return the entries of a row as they stand, a Malformed in the place of what cannot be read."""
    entries: list[Any] = []
    if extra.get(COLUMN):
        entries += _list(COLUMN, extra[COLUMN])
    if extra.get(NAMES):
        names, arguments = _list(NAMES, extra[NAMES]), _list(ARGUMENTS, extra.get(ARGUMENTS) or [])
        wrong = [one for one in (*names, *arguments) if isinstance(one, Malformed)]
        entries += wrong or translate(names, arguments)
    return entries


def _list(column: str, value: Any) -> list[Any]:
    """Return the list that a column holds, or the JSON of a list, as a CSV file has it."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            return [Malformed(f"{column} is no JSON: {error}")]
    if isinstance(value, Mapping):
        return [value]
    return value if isinstance(value, list) else [Malformed(f"{column} is {str(value)[:60]!r}. Give a list.")]
