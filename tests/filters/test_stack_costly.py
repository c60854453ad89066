"""Filters that ask a model, and those that change texts, in a stack."""

import asyncio
from typing import Any, ClassVar

import pytest

from iftgen.errors import CallFailed
from iftgen.filters.base import Filter, MemoryFilter, Send
from iftgen.filters.conflict import Conflict
from iftgen.filters.exact_duplicate import ExactDuplicate
from iftgen.filters.length import Length
from iftgen.filters.pii import Pii
from iftgen.filters.stack import FilterStack
from iftgen.types import Candidate, Pair, Reply, Request, Stage, Verdict
from tests.filters.rows import row


class Judge(Filter):
    """Asks, and keeps what it was answered for."""

    name = "judge"
    costly = True

    async def ask(self, row: Candidate, stage: Stage, send: Send) -> None:
        await send(Request("judge"))

    def check(self, row: Candidate) -> Verdict:
        return self.keep()


class Recall(MemoryFilter):
    """Needs the answer of a model to what it compares."""

    name = "recall"
    costly = True
    asked: ClassVar[list[tuple[int, Stage]]] = []

    async def ask(self, row: Candidate, stage: Stage, send: Send) -> None:
        self.asked.append((row.index, stage))

    def check_at(self, row: Candidate, view: int | None) -> Verdict:
        return self.keep()

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        return


def stack_of(*filters: Filter, **more: Any) -> FilterStack:
    for one in filters:
        one.label = one.name
    return FilterStack({one.name: one for one in filters}, **more)


async def no_answer(request: Request) -> Reply:
    raise CallFailed("the server refuses")


def test_a_call_that_fails_leaves_the_verdict_of_a_rejected_row() -> None:
    stack = stack_of(Length(min_response_words=3), Judge(), every=True)
    short, long = row(output="Paris."), row(output="It is Paris, on the Seine.")
    verdict = asyncio.run(stack.judge_response(short, no_answer))
    assert verdict is not None and verdict.filter == "length" and "judge" not in short.verdicts
    given = asyncio.run(stack.ask_given(short, verdict, no_answer))
    assert given is verdict
    with pytest.raises(CallFailed):
        asyncio.run(stack.judge_response(long, no_answer))


def test_a_memory_of_responses_may_ask_before_the_commit() -> None:
    Recall.asked.clear()
    stack = stack_of(Recall())
    asyncio.run(stack.judge_instruction(Candidate(1, instruction="a"), 0, no_answer))
    assert Recall.asked == []
    asyncio.run(stack.judge_response(Candidate(1, instruction="a", output="b"), no_answer))
    assert stack.asks("")
    asyncio.run(stack.ask_given(Candidate(2, instruction="a", output="b"), None, no_answer))
    assert Recall.asked == [(1, "response"), (2, "response")]


def test_only_filters_without_memory_and_model_judge_alone() -> None:
    assert not stack_of(ExactDuplicate(), Judge()).judges_alone
    assert stack_of(ExactDuplicate(), Length()).judges_alone


def test_what_cannot_be_loaded_is_told_by_the_check() -> None:
    class Heavy(Filter):
        name = "heavy"

        def warm(self) -> None:
            raise OSError("no model")

    stack_of(Heavy()).warm()


@pytest.mark.parametrize("keep", ["longest", "majority", "none"])
def test_a_survey_sees_the_texts_that_the_checks_will_see(keep: str) -> None:
    answers = ("At noon.", "At noon.", "In the evening, after eight.")
    asked = [f"When may I write to anna{n}@post-box.org?" for n in range(3)]
    rows = [Candidate(n, instruction=asked[n], output=answer) for n, answer in enumerate(answers)]
    conflict = Conflict(keep=keep)
    stack = stack_of(conflict, Pii())
    stack.survey(lambda: (Candidate(one.index, instruction=one.instruction, output=one.output) for one in rows))
    assert all(stack.check_given(one) is None for one in rows)
    assert {one.instruction for one in rows} == {"When may I write to [EMAIL_1]?"}
    kept = [one.index for one in rows if stack.final(one) is None]
    assert kept == {"longest": [2], "majority": [0, 1], "none": []}[keep]
