"""File: the rows of an existing dataset, each with the response that it has or that the model writes."""

import copy
from collections.abc import Callable
from typing import Literal, get_args

from iftgen.data import Row
from iftgen.errors import ConfigError, choices
from iftgen.methods.answer import Answer
from iftgen.methods.base import Desk, blank_candidates
from iftgen.taxonomy import Task
from iftgen.types import Candidate, Draw, Style

When = Literal["missing", "empty", "all", "never"]
NO_RESPONSE = "the row has no response (method.answer=never)"
EMPTY = "the response is empty"


def is_asked(row: Row, when: str) -> bool:
    """Tell whether a row gets a new response: one turn is answered, a conversation of several is taken as it is."""
    if row.problem or row.messages:
        return False
    absent = row.output is None
    return when == "all" or (when == "missing" and absent) or (when == "empty" and not (row.output or "").strip())


class File:
    """Row `index` of the dataset becomes candidate `index`."""

    name = "file"

    def __init__(
        self,
        *,
        row_at: Callable[[int], Row],
        answer: str = "missing",
        samples: int | None = None,
        choose: str | None = None,
    ) -> None:
        """`answer` says which rows get a new response.

        Those where none is given (`missing`), also those where it is blank (`empty`), `all`, or none (`never`). A row
        whose response is blank and that gets no new one is rejected.
        """
        if answer not in get_args(When):
            raise ConfigError(f"method.answer is {answer!r}.{choices(answer, get_args(When))}")
        self.row_at = row_at
        self.when = answer
        self.answer = Answer(samples=samples, choose=choose)

    def size(self, task: Task, style: Style) -> int:
        """One row a draw."""
        return 1

    def given(self, draw: Draw) -> list[Candidate] | None:
        """Return the candidate of a row whose response is not to be asked for.

        Where none was ever given the instruction is judged first: it may be what is wrong with the row.
        """
        read = self.row_at(draw.index)
        unanswered = read.output is None or read.unasked
        if is_asked(read, self.when) or (unanswered and not read.problem):
            return None
        row = _candidate(read, draw)
        _finish(row, read)
        return [row]

    async def propose(self, draw: Draw, desk: Desk) -> list[Candidate]:
        """Take the row over; what iftgen has no name for stays in `extra`."""
        return [_candidate(self.row_at(draw.index), draw)]

    async def respond(self, row: Candidate, draw: Draw, desk: Desk) -> None:
        """Ask for the response where one is wanted."""
        read = self.row_at(draw.index)
        if is_asked(read, self.when):
            await self.answer.fill(row, desk)
        else:
            _finish(row, read)


def surveyed(index: int, read: Row) -> Candidate:
    """Return the candidate of a row as filters are to see it before the run: its texts, and the place in the file."""
    return Candidate(
        index,
        task=read.task,
        instruction=read.instruction,
        input=read.input,
        output=read.output or "",
        system=read.system,
        messages=list(read.messages),
    )


def _candidate(read: Row, draw: Draw) -> Candidate:
    row = blank_candidates(draw)[0]
    row.instruction, row.input, row.output, row.system = read.instruction, read.input, read.output or "", read.system
    row.messages = list(read.messages)
    row.finish_reason = "stop" if row.output else ""
    for name, value in copy.deepcopy(read.carried).items():  # filters add to the scores, and the row may be read again
        setattr(row, name, value)
    topic = {"topic": read.topic} if read.topic and row.method == "file" else {}
    row.extra = {**topic, **read.extra}
    row.problem = read.problem
    return row


def _finish(row: Candidate, read: Row) -> None:
    """Reject a row that has no response and gets none."""
    if not row.problem and read.unusable:
        row.problem, row.problem_filter = read.unusable, "answer"
    if row.problem or row.output.strip():
        return
    row.problem, row.problem_filter = EMPTY if read.output is not None else NO_RESPONSE, "answer"
    if read.unasked:
        row.problem = (
            f"it has no response: {read.unasked} rejected its instruction in the run that it comes from; "
            "method.answer=empty asks for one"
        )
