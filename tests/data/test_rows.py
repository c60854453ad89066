"""Rows that cannot be used: they come with their problem, and the reading goes on."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.data import How, read_rows
from iftgen.errors import DataError
from tests.data.files import lenient, lines, put

GOOD = {"instruction": "Why?", "output": "So."}


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"instruction": " \n", "output": "b"}, "the row has no instruction"),
        ({"instruction": None, "output": "b"}, "the row has no instruction"),
        ({"output": "b"}, "the row has no instruction"),
        ({"x": 1}, "the row has no instruction"),
        ({"instruction": "a", "output": ["b"]}, "'output' is a list, not text"),
        ({"instruction": "a", "output": True}, "'output' is true or false, not text"),
        ({"instruction": {"a": 1}, "output": "b"}, "'instruction' is an object, not text"),
        ({"instruction": "a", "input": [1], "output": "b"}, "'input' is a list, not text"),
        ({"instruction": "a\ud83d", "output": "b"}, "the text holds half of a character"),
        ({"instruction": "a", "output": "b", "x": {"y": ["\udc00"]}}, "the text holds half of a character"),
        (7, "line 2: a row must be an object, but this is a number"),
        (["a"], "line 2: a row must be an object, but this is a list"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(tmp_path: Path, record: Any, problem: str) -> None:
    before, row, after = lenient(put(tmp_path, "a.jsonl", lines([GOOD, record, GOOD])))
    assert row.problem.startswith(problem)
    assert (before.problem, after.problem, after.line) == ("", "", 3)
    json.dumps([row.instruction, row.output, row.extra], ensure_ascii=False).encode()


def test_what_was_no_text_travels_in_extra(tmp_path: Path) -> None:
    records = [{**GOOD, "output": [1], "task": {"a": 1}, "topic": 3}, {**GOOD, "output": 4.5, "task": "math"}]
    first, second = lenient(put(tmp_path, "a.jsonl", lines(records)))
    assert first.extra == {"output": [1], "task": {"a": 1}}
    assert (second.output, second.task, second.problem, second.extra) == ("4.5", "math", "", {})


def test_whole_characters_outside_the_basic_plane_are_no_halves(tmp_path: Path) -> None:
    (row,) = lenient(put(tmp_path, "a.jsonl", '{"instruction": "\\ud83d\\ude00 C:\\\\udir", "output": "b"}\n'))
    assert (row.instruction, row.problem) == ("\U0001f600 C:\\udir", "")


def test_half_characters_are_written_as_their_escape_and_whole_ones_kept(tmp_path: Path) -> None:
    (row,) = lenient(put(tmp_path, "a.jsonl", '{"instruction": "\\ud83d\\ude00 \\ud83d", "output": "b"}\n'))
    assert row.instruction == "\U0001f600 \\ud83d"


def test_a_broken_line_stops_or_is_rejected(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", lines([GOOD]) + '{"instruction": \n' + lines([GOOD]))
    with pytest.raises(DataError, match=r"line 2, column 16: no JSON: .*method.bad_rows=reject goes on"):
        lenient(path)
    rows = lenient(path, bad_rows="reject")
    assert [row.problem for row in rows] == ["", "line 2, column 16: no JSON: Expecting value", ""]
    assert rows[1].extra == {"text": '{"instruction": '}


def test_a_row_of_a_table_with_too_few_cells_stops_or_is_rejected(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "instruction,output\na,b\nc\n")
    with pytest.raises(DataError, match="line 3: 1 cells, but the header has 2"):
        lenient(path)
    assert [row.problem for row in lenient(path, bad_rows="reject")][1] == "line 3: 1 cells, but the header has 2"


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"ouput": "b", "instruction": "a"}, "there is no 'output', but there is 'ouput'; rename it"),
        ({"instruktion": "a", "output": "b"}, "there is no 'instruction', but there is 'instruktion'"),
        ({"instruct_text": "a"}, "did you mean 'instruct_text'?"),
        ({"text": "a", "n": 1}, "columns text, n. Known names are instruction, prompt, question, messages"),
        ({}, "columns (none)"),
    ],
)
def test_a_file_whose_columns_are_not_known_is_an_error(tmp_path: Path, record: Any, words: str) -> None:
    with pytest.raises(DataError) as caught:
        lenient(put(tmp_path, "a.jsonl", lines([record])))
    assert f"{tmp_path / 'a.jsonl'}, line 1: " in str(caught.value) and words in str(caught.value)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    ("instruction", "prompt", "output", "messages", "conversations", "turns", "chosen", "role", "from", "value")
)


@given(st.lists(st.dictionaries(names, values, max_size=5), max_size=4), st.booleans())
def test_no_record_raises_once_the_columns_are_known(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any], as_list: bool
) -> None:
    records = [GOOD, *records]
    text = json.dumps(records) if as_list else lines(records)
    path = put(tmp_path_factory.mktemp("any"), "a.json", text)
    rows = list(read_rows(path, how=How()))
    for row in rows:
        assert isinstance(row.instruction, str) and isinstance(row.output, str | None)
        assert row.problem or row.instruction.strip()
        json.dumps([row.instruction, row.output, row.messages, row.extra], ensure_ascii=False).encode()
