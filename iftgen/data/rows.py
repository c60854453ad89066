"""What the readers yield: rows, and before them the records of a file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read; `line` is where it starts (of Parquet: its number).

    `output` is None where no response is given: the column is absent or null. `messages` are the turns of a
    conversation that has several. `problem` says why the row cannot be used. `carried` holds what else the row of a run
    folder brings along, by the names of a candidate's fields; `unasked` names the filter that rejected its instruction
    there before a response was asked for, `unusable` says why the method did not take its response.
    """

    line: int
    instruction: str
    input: str = ""
    output: str | None = None
    system: str = ""
    task: str = ""
    topic: str = ""
    messages: list[dict[str, str]] = field(default_factory=list)
    problem: str = ""
    unasked: str = ""
    unusable: str = ""
    carried: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that holds no record: where in the line, why, what to do, and its text."""

    place: str
    reason: str
    hint: str
    text: str


Records = Iterator[tuple[int, Any]]  # the line, and what stands there: an object, another value, or Broken
Reader = Callable[[Path], Records]


def kind_of(value: Any) -> str:
    """Name the kind of a JSON value."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
