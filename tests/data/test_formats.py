"""The same rows in each format, and what a file may look like."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from iftgen.data import json_files
from iftgen.errors import DataError
from tests.data.files import lenient, lines, put

ROWS = [
    {"instruction": "Add 1 and 2.", "output": "3", "source": "a"},
    {"instruction": 'Say "é, 日本"; then\tstop.\nNow.', "output": "é — “x”", "source": "b"},
    {"instruction": "Nothing?", "output": "", "source": "c"},
]
TALKS = [[{"role": "user", "content": r["instruction"]}, {"role": "assistant", "content": r["output"]}] for r in ROWS]
SHARED = [[{"from": "human", "value": q["content"]}, {"from": "gpt", "value": a["content"]}] for q, a in TALKS]


def beside(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**record, "source": row["source"]} for record, row in zip(records, ROWS, strict=True)]


MESSAGES = beside({"messages": talk} for talk in TALKS)


def table(separator: str) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(ROWS[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(ROWS)
    return file.getvalue()


def parquet(records: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(records).write_parquet(file)
    return file.getvalue()


def renamed(**names: str) -> list[dict[str, str]]:
    return [{names.get(key, key): value for key, value in row.items()} for row in ROWS]


FILES: dict[str, Callable[[], str | bytes]] = {
    "list.json": lambda: json.dumps(ROWS, indent=1),
    "lines.jsonl": lambda: lines(ROWS),
    "lines.json": lambda: "\ufeff" + lines(ROWS).replace("\n", "\r\n"),
    "list.json.gz": lambda: gzip.compress(json.dumps(ROWS).encode()),
    "packed.jsonl": lambda: gzip.compress(lines(ROWS).encode()),
    "comma.csv": lambda: table(","),
    "bom.csv": lambda: "\ufeff" + table(","),
    "semicolon.csv": lambda: table(";"),
    "tab.csv": lambda: table("\t"),
    "tab.tsv": lambda: table("\t"),
    "comma.csv.gz": lambda: gzip.compress(table(",").encode()),
    "rows.parquet": lambda: parquet(ROWS),
    "messages.jsonl": lambda: lines(MESSAGES),
    "messages.parquet": lambda: parquet(MESSAGES),
    "sharegpt.json": lambda: json.dumps(beside({"conversations": talk} for talk in SHARED)),
    "trl.jsonl": lambda: lines(beside({"prompt": talk[:1], "completion": talk[1:]} for talk in TALKS)),
    "chosen.jsonl": lambda: lines(beside({"prompt": talk[0]["content"], "chosen": talk} for talk in TALKS)),
    "prompts.jsonl": lambda: lines(renamed(instruction="prompt", output="completion")),
    "capitals.csv": lambda: table(",").replace("instruction,output", "Instruction,Output", 1),
    "query.jsonl": lambda: lines(renamed(instruction="query", output="response")),
    "human.jsonl": lambda: lines(renamed(instruction="human", output="assistant")),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_same_rows_come_out_of_each_format(tmp_path: Path, name: str) -> None:
    rows = lenient(put(tmp_path, name, FILES[name]()))
    assert [(row.instruction, row.output, row.extra) for row in rows] == [
        (row["instruction"], row["output"], {"source": row["source"]}) for row in ROWS
    ]
    assert not any(row.problem or row.messages for row in rows)


def test_users_name_columns_of_their_own(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", lines(renamed(instruction="ask", output="reply")))
    assert lenient(path, columns={"instruction": "ask", "output": "reply"})[0].output == "3"
    with pytest.raises(DataError, match=r"columns ask, reply, source\. Known .* 'method.columns={instruction: "):
        lenient(path)
    with pytest.raises(DataError, match=r"method.columns: there is no field 'outptu'.*Did you mean 'output'"):
        lenient(path, columns={"outptu": "reply"})
    with pytest.raises(DataError, match=r"method.columns: output is 3\. Give the name of a column"):
        lenient(path, columns={"output": 3})


def test_a_column_that_no_row_has_is_an_error_one_that_some_have_is_not(tmp_path: Path) -> None:
    rows = [{"instruction": "a", "output": "b"}, {"instruction": "c", "reply": "d"}]
    path = put(tmp_path, "a.jsonl", lines(rows))
    assert [row.output for row in lenient(path, columns={"output": "reply"})] == ["b", "d"]
    said = (
        r"a\.jsonl: method\.columns: there is no column 'repyl' among instruction, output, reply\. Did you mean 'reply'"
    )
    with pytest.raises(DataError, match=said):
        lenient(path, columns={"output": "repyl"})
    with pytest.raises(DataError, match=r"method\.columns: there is no column 'ask' among instruction, output"):
        lenient(path, columns={"input": "ask"}, bad_rows="reject")
    asked = put(tmp_path, "b.jsonl", lines([{"q": "a", "output": "b"}]))
    with pytest.raises(DataError, match=r"method\.columns: there is no column 'ask' among q, output"):
        lenient(asked, columns={"instruction": "ask"})


def test_a_name_that_may_mean_something_else_needs_its_partner(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no instruction among the columns user, text"):
        lenient(put(tmp_path, "a.jsonl", lines([{"user": "u17", "text": "x"}])))
    (row,) = lenient(put(tmp_path, "b.jsonl", lines([{"prompt": "Why?", "user": "u17", "response": "So."}])))
    assert (row.instruction, row.extra) == ("Why?", {"user": "u17"})


@pytest.mark.parametrize(
    ("record", "instruction", "output"),
    [
        ({"key": 1, "prompt": "Write.", "instruction_id_list": ["x"], "kwargs": [{}]}, "Write.", None),
        ({"question_id": 81, "category": "writing", "turns": ["First.", "Then."]}, "First.", None),
        ({"question": "How many?", "answer": "#### 4"}, "How many?", "#### 4"),
        ({"task_id": "T/0", "prompt": "def f():\n", "canonical_solution": " pass", "test": "x"}, "def f():\n", None),
    ],
)
def test_benchmarks_are_read_as_prompts(tmp_path: Path, record: Any, instruction: str, output: str | None) -> None:
    (row,) = lenient(put(tmp_path, "a.jsonl", lines([record])))
    assert (row.instruction, row.output, row.problem) == (instruction, output, "")
    assert set(record) - {"prompt", "question", "answer"} == set(row.extra)


def test_an_absent_response_is_told_from_an_empty_one(tmp_path: Path) -> None:
    records = [{"prompt": "a"}, {"prompt": "a", "response": None}, {"prompt": "a", "response": " "}]
    assert [row.output for row in lenient(put(tmp_path, "a.jsonl", lines(records)))] == [None, None, " "]
    assert [row.output for row in lenient(put(tmp_path, "a.csv", "prompt\na\n"))] == [None]
    assert [row.output for row in lenient(put(tmp_path, "b.csv", "prompt,response\na,\n"))] == [""]


def test_a_shape_by_name_decides_between_columns(tmp_path: Path) -> None:
    record = {"instruction": "Plain.", "output": "Yes.", "messages": TALKS[0]}
    path = put(tmp_path, "a.jsonl", lines([record]))
    assert [lenient(path, format=name)[0].instruction for name in (None, "messages", "alpaca")] == [
        "Add 1 and 2.", "Add 1 and 2.", "Plain.",
    ]  # fmt: skip
    with pytest.raises(DataError, match="there is no conversation"):
        lenient(put(tmp_path, "b.jsonl", lines(ROWS)), format="sharegpt")


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_a_list_is_read_in_pieces_of_any_size(tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iftgen.data.files.CHUNK", chunk)
    records = [{"instruction": f"é{n}", "n": [n, -1.5e3, True, None, {"x": "\\"}]} for n in range(20)]
    path = put(tmp_path, "a.json", "\ufeff " + json.dumps(records, indent=2, ensure_ascii=False) + "\n ")
    assert [row.extra["n"] for row in lenient(path)] == [record["n"] for record in records]
    assert [row.line for row in lenient(path)][:2] == [2, 14]
    whole = json.dumps([1234567, "x" * 500, -0.25])
    assert [value for _, value in json_files.read_list(put(tmp_path, "b.json", whole))] == json.loads(whole)


@pytest.mark.parametrize("chunk", [1, 9, 1000])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[{"prompt": "a"},\n {"prompt" "b"}]', "line 2, column 12: no JSON: Expecting ':'"),
        ('[{"prompt": "a"}\n', "line 2, column 1: no JSON: expecting ']'"),
        ('[{"prompt": "a"}, {"prompt": "b', "line 1, column 30: no JSON: Unterminated string"),
        ('[{"prompt": "a"}] x', "line 1, column 19: no JSON: text after the end"),
        ("", "line 1, column 1: no JSON: expecting '['"),
    ],
)
def test_the_place_of_an_error_does_not_depend_on_the_pieces(
    tmp_path: Path, text: str, reason: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iftgen.data.files.CHUNK", chunk)
    with pytest.raises(DataError) as caught:
        lenient(put(tmp_path, "a.json", text))
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"prompt\ncaf\xe9\n", "line 2: byte 0xe9 is not UTF-8 (it may be Windows-1252)"),
        ("a.json", b'[{"prompt": "a"},\n{"prompt": "\x93b\x94"}]', "line 2: byte 0x93 is not UTF-8 (it may be Windows"),
        ("a.json", b'[{"prompt": "a"}]\n\xc3', "line 2: byte 0xc3 is not UTF-8"),
        ("a.json", "[1]".encode("utf-16"), "line 1: byte 0xff is not UTF-8 (it may be UTF-16)"),
        ("a.txt", "hello", "a file that ends in '.txt' and is no JSON is not read; JSON, JSONL, CSV"),
        ("a.jsonl.gz", gzip.compress(lines(ROWS).encode())[:-20], "the gzip archive is damaged"),
        ("a.parquet", parquet(ROWS)[:-30], "the Parquet file is damaged"),
        ("a.csv", "", "there is no header line"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: str | bytes, reason: str) -> None:
    with pytest.raises(DataError) as caught:
        lenient(put(tmp_path, name, content))
    assert str(tmp_path / name) in str(caught.value) and reason in str(caught.value)


def test_parquet_values_become_json(tmp_path: Path) -> None:
    import datetime

    frame = pl.DataFrame(
        {
            "prompt": ["a"], "response": [7], "day": [datetime.date(2020, 1, 2)], "nan": [float("nan")],
            "raw": [b"\xff"], "list": [[1, 2]],
        }
    )  # fmt: skip
    frame.write_parquet(tmp_path / "a.parquet")
    (row,) = lenient(tmp_path / "a.parquet")
    assert (row.output, row.extra) == ("7", {"day": "2020-01-02", "nan": None, "raw": "/w==", "list": [1, 2]})


def test_a_cell_may_be_long_and_a_link_is_followed(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", f"prompt,response\n{'x' * 1_000_000},y\n")
    (tmp_path / "link.csv").symlink_to(path)
    assert [len(row.instruction) for row in lenient(tmp_path / "link.csv")] == [1_000_000]
