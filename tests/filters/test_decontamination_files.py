import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.decontamination import Decontamination
from tests.filters.rows import row

BUS = (
    "Mara's bus leaves the old harbour at 9 o'clock and needs 25 minutes to the market. It waits there for 10 minutes "
    "before it drives on to the museum, which takes another 15 minutes. When does Mara arrive at the museum?"
)


RECORDS: dict[str, Any] = {
    "instruction": {"instruction": BUS, "input": "", "output": "9:50"},
    "input": {"instruction": "Work it out.", "input": BUS},
    "prompt": {"key": 1, "prompt": BUS, "instruction_id_list": [], "kwargs": [{}]},
    "turns": {"turns": ["Hello", {"content": BUS}]},
    "capital": {"Question": BUS, "Best Answer": "9:50"},
    "problem": {"problem": BUS, "solution": "9:50"},
    "stem": {"question": {"stem": BUS, "choices": [{"label": "A", "text": "9:50"}]}},
    "query": {"query": BUS},
    "messages": {"messages": [{"role": "system", "content": "x"}, {"role": "user", "content": BUS}]},
    "sharegpt": {"conversations": [{"from": "human", "value": BUS}, {"from": "gpt", "value": "9:50"}]},
    "page": {"row_idx": 0, "row": {"question": BUS}},
}


@pytest.mark.parametrize("shape", RECORDS)
def test_records_of_many_shapes(tmp_path: Path, shape: str) -> None:
    for name, text in (
        ("b.jsonl", json.dumps(RECORDS[shape])),
        ("b.json", json.dumps([RECORDS[shape]], indent=1)),
        ("named.json", json.dumps({"version": 1, "data": [RECORDS[shape]]})),
        ("lines.json", f"{json.dumps(RECORDS[shape])}\n{json.dumps(RECORDS[shape])}\n"),
        ("keyed.json", json.dumps({"a": RECORDS[shape], "b": RECORDS[shape]})),
        ("b", json.dumps(RECORDS[shape])),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        verdict = Decontamination(files=[str(tmp_path / name)]).check(row(BUS))
        assert not verdict.keep and verdict.neighbour_id == f"{name}:1"


def test_tables_and_plain_text(tmp_path: Path) -> None:
    with (tmp_path / "b.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([["id", "prompt", "label"], ["1", "Hi?", "x"], ["2", BUS, "y"]])
    with (tmp_path / "mmlu.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["Hi?", "1", "2", "3", "4", "D"], [BUS, "9:30", "9:40", "9:50", "10:00", "C"]])
    (tmp_path / "b.tsv").write_text(f"question\tanswer\nHi?\t1\n{BUS}\t9:50\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(f"\n{BUS}\r\n", encoding="utf-8")
    for name in ("b.csv", "mmlu.csv", "b.tsv", "b.txt"):
        verdict = Decontamination(files=[str(tmp_path / name)]).check(row(BUS))
        assert not verdict.keep and (verdict.neighbour_id or "").startswith(f"{name}:")
    assert Decontamination(files=[str(tmp_path / "mmlu.csv")]).check(row("Hello")).keep


def test_parquet(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"question": ["Hi?", BUS], "choices": [["a", "b"], ["9:40", "9:50"]], "answer": [0, 1]})
    frame.write_parquet(tmp_path / "b.parquet")
    assert not Decontamination(files=[str(tmp_path / "b.parquet")]).check(row(BUS)).keep


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty.jsonl": (b"\n", "holds no question"),
    "blank.jsonl": (b'{"prompt": " "}', "holds no question"),
    "shape.jsonl": (b'{"prompt": "x"}\n{"id": 1, "title": "y"}', "record 2, whose columns are id, title"),
    "list.json": (b"[[1], [2]]", "neither an object nor a text in record 1"),
    "broken.jsonl": (b'{"prompt": "x"}\n{"prompt"', "holds no JSON in line 2"),
    "broken.json": (b'[{"prompt": "x"},', "holds no JSON: line 1"),
    "latin.txt": (b"Hi\ncaf\xe9", "is not UTF-8: line 2 holds the byte 0xe9"),
    "cut.jsonl.gz": (gzip.compress(b'{"prompt": "x"}')[:-9], "is no whole gzip file"),
    "table.csv": (b"name,age\nx,3\n", "holds no question in record 2, whose columns are name, age"),
    "kind.parquet": (b"PAR1 but no more", "is no Parquet file"),
    "thing.bin": (b"What?", r"is of no kind that is known\. Files that end in \.jsonl"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_cannot_be_used(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=rf"^filters\.decontamination\.files: .*{name} ?.*{message}") as caught:
        Decontamination(files=[str(tmp_path / name)])
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "gsm8k.jsonl").write_text('{"question": "Hi"}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"there is no file .*gsm8k\.json\. Did you mean 'gsm8k\.jsonl'\?"):
        Decontamination(files=[str(tmp_path / "gsm8k.json")])
    with pytest.raises(ConfigError, match=r"is a folder\. Name the files in it\."):
        Decontamination(files=[str(tmp_path)])


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["question", "turns", "choices", "text", "content", "row", "role", "input"]), inner
            )
        ),
        max_leaves=9,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_odd_records_are_read_or_refused(tmp_path: Path, record: Any) -> None:
    (tmp_path / "b.jsonl").write_text(json.dumps({"question": record, "choices": record}), encoding="utf-8")
    try:
        Decontamination(files=[str(tmp_path / "b.jsonl")]).check(row(BUS))
    except ConfigError as error:
        assert "holds no" in str(error)
