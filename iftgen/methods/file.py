"""File: the rows of an existing dataset, each with the response that it has or that the model writes."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from iftgen.errors import ConfigError, choices
from iftgen.methods.answer import Answer
from iftgen.methods.base import Desk, blank_candidates
from iftgen.taxonomy import Task
from iftgen.types import Candidate, Draw, Style

When = Literal["missing", "all", "never"]
FIELDS = ("instruction", "input", "output", "system", "messages", "tests", "topic")


class File:
    """Row `index` of the dataset becomes candidate `index`."""

    name = "file"

    def __init__(
        self,
        *,
        row_at: Callable[[int], Mapping[str, Any]],
        answer: str = "missing",
        samples: int | None = None,
        choose: str | None = None,
    ) -> None:
        """`answer` says which rows get a new response: those where it is `missing`, `all`, or none (`never`)."""
        if answer not in get_args(When):
            raise ConfigError(f"method.answer is {answer!r}.{choices(answer, get_args(When))}")
        self.row_at = row_at
        self.when = answer
        self.answer = Answer(samples=samples, choose=choose)

    def size(self, task: Task, style: Style) -> int:
        """One row a draw."""
        return 1

    def given(self, draw: Draw) -> list[Candidate] | None:
        """Return the candidate of a row whose response is not to be asked for."""
        row = self._read(draw)
        if self._wanted(row):
            return None
        self._finish(row)
        return [row]

    async def propose(self, draw: Draw, desk: Desk) -> list[Candidate]:
        """Take the row over; what iftgen has no name for stays in `extra`."""
        return [self._read(draw)]

    async def respond(self, row: Candidate, draw: Draw, desk: Desk) -> None:
        """Ask for the response where one is wanted."""
        if self._wanted(row):
            await self.answer.fill(row, desk)
        else:
            self._finish(row)

    def _read(self, draw: Draw) -> Candidate:
        row = blank_candidates(draw)[0]
        given = self.row_at(row.index)
        for name in FIELDS:
            if given.get(name):
                setattr(row, name, given[name])
        row.extra = {**row.extra, **(given.get("extra") or {})}
        row.finish_reason = "stop" if row.output else ""
        if not row.instruction.strip() and not row.messages:
            row.problem = "the row has no instruction"
        return row

    def _wanted(self, row: Candidate) -> bool:
        return not row.problem and (self.when == "all" or (self.when == "missing" and not row.output.strip()))

    def _finish(self, row: Candidate) -> None:
        if not row.problem and not row.output.strip():
            row.problem, row.problem_filter = "the row has no response (method.answer=never)", "answer"
