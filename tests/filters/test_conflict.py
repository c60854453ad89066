from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.conflict import Conflict
from iftgen.types import Candidate, Pair
from tests.filters.rows import pair, row

QUESTION = "How many legs has a spider?"


def file_of(*rows: tuple[str, str]) -> list[Candidate]:
    return [Candidate(index, instruction=question, output=answer) for index, (question, answer) in enumerate(rows)]


def kept(which: str, rows: Sequence[Candidate]) -> list[int]:
    """Return the indices that a run over a file keeps."""
    check = Conflict(keep=which)
    check.survey(rows)
    found = []
    for one in rows:
        if check.check(one).keep:
            check.remember(Pair(str(one.index), one.instruction, one.output, one.input), one.index + 1)
            found.append(one.index)
    return found


def test_another_answer_is_rejected_with_its_neighbour() -> None:
    memory = Conflict()
    memory.remember(pair(QUESTION, output="8", id="a"), 3)
    verdict = memory.check(row("how many legs has a  spider", "6"))
    assert verdict.reason == "the instruction and input are those of an accepted row, with another answer"
    assert (verdict.keep, verdict.stage, verdict.neighbour_id, verdict.neighbour) == (False, "response", "a", QUESTION)


@pytest.mark.parametrize("answer", ["8", "8.", "The answer is 8.", "eight", "", "  "])
def test_the_same_answer_is_left_to_exact_duplicate(answer: str) -> None:
    memory = Conflict()
    memory.remember(pair(QUESTION, output="8", origin="seed"), 0)
    assert memory.check(row(QUESTION, answer)).keep
    assert memory.check(row(QUESTION, "6")).reason.startswith("the instruction and input are those of a seed")


def test_another_input_is_another_question() -> None:
    memory = Conflict()
    memory.remember(pair("Translate it.", "Hund", output="dog"), 1)
    assert memory.check(row("Translate it.", "cat", input="Katze")).keep
    assert not memory.check(row("Translate it.", "cat", input="hund")).keep


def test_rows_of_several_turns_are_not_judged() -> None:
    talk = [{"role": who, "content": "Hello"} for who in ("user", "assistant", "user", "assistant")]
    memory = Conflict()
    memory.remember(pair("Hello", output="Hi!"), 1)
    assert memory.check(row("Hello", "Good morning.", messages=talk)).keep
    assert not memory.check(row("Hello", "Good morning.", messages=talk[:2])).keep


@pytest.mark.parametrize(
    ("question", "one", "other", "agree"),
    [
        ("Write a poem about rain.", "Soft rain falls on the town.", "The rain is wet and cold.", True),
        ("Tell me a joke.", "Why did it?", "Knock knock.", True),
        ("Name a river.", "Rhine", "Elbe", True),
        ("Suggest a name for a cat.", "Tom", "Felix", True),
        ("Summarize the text.", "It is about tea and milk.", "A text about tea, milk and sugar.", True),
        ("Write the number of legs of a spider.", "8", "6", False),
        ("Give a one-word answer: how many legs?", "8", "6", False),
        ("Tell me the year of the first flight.", "1903", "1905", False),
        ("Name the largest river.", "Nile", "Amazon", False),
        ("How does a story by Kafka begin?", "He woke.", "She slept.", False),
        ("Is the sun hot?", "Yes", "Yes, it is very hot.", True),
        ("Is the sun hot?", "Yes", "No, it is not.", False),
        ("Is it more than five?", "No, it is 4.", "No, it is 3.", False),
    ],
)
def test_answers_that_may_differ(question: str, one: str, other: str, agree: bool) -> None:
    memory = Conflict()
    memory.remember(pair(question, output=one), 1)
    assert memory.check(row(question, other)).keep is agree


def test_open_ended_tasks_can_be_judged_like_all_others() -> None:
    memory = Conflict(open_ended="judge")
    memory.remember(pair("Name a river.", output="Rhine"), 1)
    assert not memory.check(row("Name a river.", "Elbe")).keep


def test_report_tells_in_the_row_what_it_contradicts() -> None:
    memory = Conflict(keep="report")
    memory.remember(pair(QUESTION, output="8", id="a"), 3)
    agreeing, other = row(QUESTION, "eight"), row(QUESTION, "6")
    assert memory.check(agreeing).score == 0 and agreeing.history == []
    assert [memory.check(other).score, memory.check(other).score] == [1, 1]
    assert [(one["filter"], one["neighbour_id"]) for one in other.history] == [("conflict", "a")]


def test_report_keeps_and_tells() -> None:
    memory = Conflict(keep="report")
    memory.remember(pair(QUESTION, output="8", id="a"), 3)
    verdict = memory.check(row(QUESTION, "6"))
    assert verdict.keep and verdict.neighbour_id == "a" and "another answer" in verdict.reason
    assert kept("report", file_of((QUESTION, "8"), (QUESTION, "6"))) == [0, 1]


ROWS = file_of(
    (QUESTION, "6"),
    ("Name a river.", "Rhine"),
    (QUESTION, "8"),
    ("Name a river.", "The river is Rhine"),
    (QUESTION, "A spider is an arachnid and has eight of them."),
    (QUESTION, "The answer is 8."),
    ("Name a lake.", "Como"),
)


@pytest.mark.parametrize(
    ("which", "indices"),
    [
        ("first", [0, 1, 3, 6]),
        ("none", [1, 3, 6]),
        ("longest", [1, 3, 4, 6]),
        ("majority", [1, 2, 3, 5, 6]),
        ("report", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_which_row_of_a_file_is_kept(which: str, indices: list[int]) -> None:
    rows = [Candidate(row.index, instruction=row.instruction, output=row.output) for row in ROWS]
    assert kept(which, rows) == indices


def test_the_first_of_equals_is_kept_and_told() -> None:
    rows = file_of((QUESTION, "six"), (QUESTION, "two"))
    assert kept("majority", rows) == kept("longest", rows) == [0]
    check = Conflict(keep="longest")
    check.survey(rows)
    verdict = check.check(rows[1])
    assert verdict.reason == "the file has several answers to this instruction and input; the longest is kept"
    assert verdict.neighbour_id == "row 0"


def test_of_answers_that_agree_the_longest_stays_too() -> None:
    assert kept("longest", file_of((QUESTION, "8"), (QUESTION, "6"), (QUESTION, "The answer is 8."))) == [2]


def test_a_run_without_a_survey_keeps_the_first() -> None:
    memory = Conflict(keep="none")
    assert memory.check(row(QUESTION, "8")).keep
    memory.remember(pair(QUESTION, output="8"), 1)
    assert not memory.check(row(QUESTION, "6")).keep


def test_first_reads_no_file_ahead() -> None:
    rows = iter(file_of((QUESTION, "8")))
    Conflict().survey(rows)
    assert next(rows).output == "8"


def test_unknown_choice_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"filters\.conflict\.keep: 'last' does not fit\. Give one of first, report"):
        Conflict(keep="last")


PAIRS = st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["1", "2", "x y"]))


@given(st.lists(PAIRS, max_size=12), PAIRS, st.integers(0, 12))
def test_verdicts_do_not_depend_on_later_memory(
    pairs: list[tuple[str, str]], asked: tuple[str, str], view: int
) -> None:
    memory, early = Conflict(), Conflict()
    for position, (question, answer) in enumerate(pairs, 1):
        memory.remember(pair(question, output=answer, id=str(position)), position)
        if position <= view:
            early.remember(pair(question, output=answer, id=str(position)), position)
    assert memory.check_at(row(*asked), view) == early.check(row(*asked))


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_no_text_raises(instruction: str, input: str, output: str) -> None:
    memory = Conflict()
    memory.remember(pair(instruction, input, output="x"), 1)
    memory.check(row(instruction, output, input=input))
    memory.survey([row(instruction, output, input=input)])


def test_a_survey_of_nothing() -> None:
    assert kept("longest", []) == []


def test_responses_that_were_not_surveyed_are_compared_with_the_first() -> None:
    check = Conflict(keep="longest")
    check.survey(file_of((QUESTION, "8"), (QUESTION, "6")))
    new = "How many eyes has it?"
    check.remember(Pair("a", new, "8"), 1)
    assert check.check(row(new, "8")).keep
    assert check.check(row(new, "6")).neighbour_id == "a"
