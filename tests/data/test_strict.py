"""Reading strictly, as seeds are read: what is taken, and what is said about what is not."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.data import Row, read_rows
from iftgen.errors import DataError


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def complaint(path: Path, format: str | None = None) -> str:
    with pytest.raises(DataError) as caught:
        list(read_rows(path, format))
    text = str(caught.value)
    assert str(path) in text
    return text.replace(str(path), "FILE")


def test_alpaca_list_gives_rows_with_the_line_where_each_starts(tmp_path: Path) -> None:
    records = [
        {"instruction": "Add.", "input": "1 and 2", "output": "3"},
        {"instruction": "Say hi.", "input": "", "output": "", "system": "Be kind.", "task": "chat", "topic": "hello"},
    ]
    path = put(tmp_path, "a.json", json.dumps(records, indent=2))
    assert list(read_rows(path)) == [
        Row(2, "Add.", "1 and 2", "3"),
        Row(7, "Say hi.", output="", system="Be kind.", task="chat", topic="hello"),
    ]


@pytest.mark.parametrize("content", ["[]", " [ \n ] \n", "\ufeff[]"])
def test_an_empty_list_has_no_rows(tmp_path: Path, content: str) -> None:
    assert list(read_rows(put(tmp_path, "a.json", content))) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [("instruction", "output"), ("prompt", "completion"), ("prompt", "response"), ("question", "answer")],
)
def test_the_usual_names_of_columns_are_known(tmp_path: Path, question: str, answer: str) -> None:
    path = put(tmp_path, "a.jsonl", json.dumps({question: "Why?", answer: "So."}) + "\n")
    assert list(read_rows(path)) == [Row(1, "Why?", output="So.")]


def test_the_first_name_wins_and_the_rest_travels_in_extra(tmp_path: Path) -> None:
    record = {"prompt": "whole text", "instruction": "Why?", "output": "So.", "score": 3, "tags": ["a"]}
    (row,) = read_rows(put(tmp_path, "a.jsonl", json.dumps(record)))
    assert (row.instruction, row.extra) == ("Why?", {"prompt": "whole text", "score": 3, "tags": ["a"]})


def test_null_and_missing_texts_are_absent(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", '{"instruction": "Why?", "input": null, "output": null}\n{"instruction": "And?"}\n')
    assert list(read_rows(path)) == [Row(1, "Why?"), Row(2, "And?")]


def test_jsonl_keeps_line_numbers_over_blank_lines_and_odd_separators(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", '\ufeff{"instruction": "a\u2028b"}\r\n\r\n  \n{"instruction": "c"}')
    assert [(row.line, row.instruction) for row in read_rows(path)] == [(1, "a\u2028b"), (4, "c")]


def test_the_first_character_decides_between_a_list_and_lines(tmp_path: Path) -> None:
    lines = put(tmp_path, "a.json", '{"instruction": "a"}\n{"instruction": "b"}\n')
    list_ = put(tmp_path, "b.jsonl", '[{"instruction": "a"}, {"instruction": "b"}]')
    bare = put(tmp_path, "c.txt", ' {"instruction": "a"}\n')
    assert [len(list(read_rows(path))) for path in (lines, list_, bare)] == [2, 2, 1]


def test_csv_reads_quoted_cells_and_counts_lines(tmp_path: Path) -> None:
    text = '\ufeffinstruction,input,output,lang\r\n"Say ""a, b""","x\ny",z,en\r\n\r\nGo.,,[1],de\r\n'
    assert list(read_rows(put(tmp_path, "a.csv", text))) == [
        Row(2, 'Say "a, b"', "x\ny", "z", extra={"lang": "en"}),
        Row(5, "Go.", "", "[1]", extra={"lang": "de"}),
    ]


def test_lines_are_read_as_a_stream(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", '{"instruction": "a"}\n' * 3 + "broken\n")
    assert [row.line for row in itertools.islice(read_rows(path), 3)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.jsonl", '{"instruction": "a"}\n"text"\n', "FILE, line 2: a row must be an object, but this is text"),
        ("a.jsonl", '{"instruction": " "}', "FILE, line 1: 'instruction' is empty; fill it in or delete the row."),
        ("a.jsonl", '{"prompt": 3}', "FILE, line 1: 'prompt' must be text, but is a number; put it in double quotes."),
        ("a.jsonl", '{"question": "q", "answer": ["a"]}', "FILE, line 1: 'answer' must be text, but is a list"),
        ("a.jsonl", '{"instruction": "a", "output": true}', "'output' must be text, but is true or false"),
        ("a.jsonl", '{"instructions": "a"}', "there is no 'instruction', but there is 'instructions'; rename it"),
        ("a.jsonl", '{"Instruction": "a"}', "there is no 'instruction', but there is 'Instruction'"),
        ("a.jsonl", '{"instruction": "a", "ouput": "b"}', "there is no 'output', but there is 'ouput'; rename it"),
        ("a.jsonl", '{"instruct": "a"}', "there is 'instruct'; rename it to 'instruction'"),
        ("a.jsonl", '{"query": "a", "n": 1}', "no instruction among the columns query, n: name the column"),
        ("a.jsonl", '{"messages": []}', "a conversation ('messages') is not read. Convert it to JSONL"),
        ("a.json", '[{"conversations": []}]', "a conversation ('conversations') is not read. Convert it to JSONL"),
        ("a.jsonl", '{"instruction": "a"}\n{"instruction": "b"', "FILE, line 2, column 20: no JSON: "),
        ("a.jsonl", '{\n"instruction": "b"\n}', "line 1, column 2: no JSON: Expecting property name"),
        ("a.json", '[{"instruction": "a"},\n {"instruction" "b"}]', "FILE, line 2, column 17: no JSON: Expecting ':'"),
        ("a.json", '[{"instruction": "a"}\n', "FILE, line 2, column 1: no JSON: expecting ']'"),
        ("a.json", '[{"instruction": "a"}] x', "FILE, line 1, column 24: no JSON: text after the end of the list"),
        ("a.json", '[{"instruction": "a"},]', "FILE, line 1, column 23: no JSON: Expecting value"),
        ("a.json", '[\n{"instruction": "a"},\n5]', "FILE, line 3: a row must be an object, but this is a number"),
        ("a.jsonl", '{"instruction": "a", "x": NaN}', "FILE, line 1: no JSON: NaN is not a JSON number; write null."),
        ("a.json", '[{"instruction": "a", "x": -Infinity}]', "-Infinity is not a JSON number; write null."),
        ("a.jsonl", '{"instruction": "a\\ud83d"}', "FILE, line 1: the text holds half of a character"),
        ("a.jsonl", '{"instruction": "a", "x": {"y": "\\udc00"}}', "FILE, line 1: the text holds half of a character"),
        ("a.jsonl", b'{"instruction": "a"}\n{"instruction": "\xe9"}\n', "FILE, line 2: byte 0xe9 is not UTF-8"),
        ("a.csv", "instruction\nx".encode("utf-16"), "FILE, line 1: byte 0xff is not UTF-8 (it may be UTF-16)"),
        ("a.csv", "", "FILE: there is no header line."),
        ("a.csv", "instruction,output\na\n", "FILE, line 2: 1 cells, but the header has 2"),
        ("a.csv", 'instruction,output\na,b\n"c,d\n', "FILE, line 3: unexpected end of data; is a double quote"),
        ("a.csv", "ask|reply\na|b\n", "FILE, line 2: there is no instruction among the columns"),
        ("a.csv", "instruction,output,output\n", "FILE, line 1: the column 'output' is there twice"),
        ("a.parquet", b"PAR1....", "FILE: the Parquet file is damaged or of a kind that is not read"),
        ("a.txt", "hello", "FILE: a file that ends in '.txt' and is no JSON is not read"),
        ("a.json", "hello", "FILE, line 1, column 1: no JSON: expecting '['"),
    ],
)
def test_a_bad_row_is_named_with_line_and_reason(tmp_path: Path, name: str, content: str | bytes, reason: str) -> None:
    assert reason in complaint(put(tmp_path, name, content))


def test_deep_nesting_is_refused_and_does_not_crash(tmp_path: Path) -> None:
    deep = '{"instruction": "a", "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    assert "line 1: no JSON" in complaint(put(tmp_path, "a.jsonl", deep))
    assert "line 1: no JSON" in complaint(put(tmp_path, "a.json", f"[{deep}]"))


def test_a_format_by_name_overrides_the_suffix_and_unknown_ones_are_listed(tmp_path: Path) -> None:
    path = put(tmp_path, "a.data", "instruction,output\na,b\n")
    assert list(read_rows(path, "csv")) == [Row(2, "a", output="b")]
    assert "Did you mean 'jsonl'? Allowed: alpaca, csv, json, jsonl," in complaint(path, "jsonlines")


def test_a_missing_file_names_its_neighbour_and_a_folder_is_refused_before_the_first_row(tmp_path: Path) -> None:
    put(tmp_path, "alpaca_data.json", "[]")
    with pytest.raises(DataError, match=r"Did you mean 'alpaca_data.json'\?"):
        read_rows(tmp_path / "alpaca_dat.json")
    with pytest.raises(DataError, match="Check the path"):
        read_rows(tmp_path / "nowhere" / "a.json")
    with pytest.raises(DataError, match="is a folder"):
        read_rows(tmp_path)


@given(st.lists(st.tuples(*[st.text(st.characters(codec="utf-8"), max_size=20)] * 2), max_size=5))
def test_list_and_lines_of_the_same_rows_read_the_same(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("same")
    records = [{"instruction": f"q{question}", "output": answer} for question, answer in texts]
    list_ = put(folder, "a.json", json.dumps(records, ensure_ascii=False))
    lines = put(folder, "a.jsonl", "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
    expected = [(record["instruction"], record["output"]) for record in records]
    for path in (list_, lines):
        assert [(row.instruction, row.output) for row in read_rows(path, path.suffix[1:])] == expected
