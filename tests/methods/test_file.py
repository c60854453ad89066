"""The method `file`: which rows are answered, and what becomes of those without a response."""

from typing import Any

import pytest

from iftgen.data import Row
from iftgen.errors import ConfigError
from iftgen.methods.file import File, is_asked
from iftgen.types import Candidate
from tests.methods.desk import Model, make_desk, make_draw, make_task

TALK = [{"role": role, "content": "x"} for role in ("user", "assistant", "user", "assistant")]
ROWS = {
    "given": Row(1, "Hi?", output="Hello."),
    "absent": Row(2, "Who?"),
    "blank": Row(3, "What?", output=" \n"),
    "unasked": Row(4, "Which?", output="", unasked="length"),
    "problem": Row(5, "", problem="the row has no instruction"),
    "talk": Row(6, "x", output="x", messages=TALK),
    "open talk": Row(7, "x", output="", messages=TALK),
    "unusable": Row(8, "How?", output="Bad.", unusable="the programs disagree"),
}


async def judged(name: str, when: str) -> Candidate:
    """Take a row through the method as a run does."""
    method, task = File(row_at=lambda index: ROWS[name], answer=when), make_task()
    draw = make_draw(task)
    found = method.given(draw)
    if found is not None:
        return found[0]
    desk = make_desk(task, draw, Model("New."), "chat")
    [row] = await method.propose(draw, desk)
    if not row.problem:
        await method.respond(row, draw, desk)
    return row


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ("missing", {"absent"}),
        ("empty", {"absent", "blank", "unasked"}),
        ("all", {"given", "absent", "blank", "unasked", "unusable"}),
        ("never", set()),
    ],
)
async def test_which_rows_get_a_new_response(when: str, asked: set[str]) -> None:
    assert {name for name, row in ROWS.items() if is_asked(row, when)} == asked
    for name, row in ROWS.items():
        found = await judged(name, when)
        assert found.output == ("New." if name in asked else row.output or "")
        usable = name in asked or name in ("given", "talk")
        assert bool(found.problem) is not usable


@pytest.mark.parametrize(
    ("name", "filter", "words"),
    [
        ("absent", "answer", "the row has no response (method.answer=never)"),
        ("blank", "answer", "the response is empty"),
        ("open talk", "answer", "the response is empty"),
        ("unasked", "answer", "it has no response: length rejected its instruction in the run that it comes from"),
        ("problem", "parse", "the row has no instruction"),
        ("unusable", "answer", "the programs disagree"),
    ],
)
async def test_a_row_without_a_response_says_why(name: str, filter: str, words: str) -> None:
    row = await judged(name, "never")
    assert row.problem_filter == filter and row.problem.startswith(words)


@pytest.mark.parametrize(("name", "at_once"), [("given", True), ("blank", True), ("absent", False), ("unasked", False)])
def test_an_instruction_is_judged_first_where_no_response_was_given(name: str, at_once: bool) -> None:
    method = File(row_at=lambda index: ROWS[name], answer="never")
    assert (method.given(make_draw(make_task())) is not None) is at_once


async def test_what_a_row_brings_along_becomes_the_candidates() -> None:
    scores = {"agreement": 0.5}
    carried: dict[str, Any] = {"method": "taxonomy", "parents": ["s1"], "template": True, "scores": scores}
    read = Row(1, "Hi?", output="Hello.", system="Be.", messages=TALK, carried=carried, extra={"lang": "en"})
    [row] = File(row_at=lambda index: read).given(make_draw(make_task())) or []
    assert (row.method, row.parents, row.template, row.extra) == ("taxonomy", ["s1"], True, {"lang": "en"})
    assert (row.system, row.messages, row.finish_reason) == ("Be.", TALK, "stop")
    row.scores["length"] = 3.0
    assert scores == {"agreement": 0.5}


def test_the_topic_of_a_plain_row_travels_in_extra() -> None:
    method = File(row_at=lambda index: Row(1, "Hi?", output="Hello.", topic="tea", carried={"method": "file"}))
    [row] = method.given(make_draw(make_task())) or []
    assert row.extra == {"topic": "tea"}


def test_an_unknown_answer_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"method.answer is 'mising'.*Did you mean 'missing'"):
        File(row_at=lambda index: ROWS["given"], answer="mising")
