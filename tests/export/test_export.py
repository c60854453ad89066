"""Exports: the bytes of each format, and that no half-written file is ever left."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from iftgen.data import read_rows
from iftgen.errors import DataError, RunError, UserError
from iftgen.export import FORMATS, Format, export_dataset
from iftgen.export import dataset as dataset_module
from iftgen.export.writers import COLUMNS, Options

TALK = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "Bye"},
    {"role": "assistant", "content": "Ciao"},
]


def example(index: int = 0, **values: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("instruction", "input", "output", "system"), "")
    row |= {"id": f"id{index}", "index": index, "instruction": f"q{index}", "output": f"a{index}", "messages": []}
    row |= {"task": "coding/sql", "attributes": {"style": "plain"}, "method": "self_instruct", "parents": []}
    row |= {"scores": {"length": 2.0}, "alternatives": [], "history": [], "tests": None, "models": {"response": "m"}}
    row |= {"usage": {"prompt_tokens": 5, "completion_tokens": 7, "reasoning_tokens": 0}, "cost_usd": None, "extra": {}}
    return row | values


def write(folder: Path, *rows: Mapping[str, Any], tail: str = "") -> Path:
    path = folder / "examples.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows) + tail, encoding="utf-8")
    return path


def exported(folder: Path, format: str, *rows: Mapping[str, Any], **options: bool) -> str:
    (path,) = export_dataset(write(folder, *rows), folder / "export", [format], **options)
    return path.read_text(encoding="utf-8")


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_alpaca_is_one_list_with_a_row_a_line(tmp_path: Path) -> None:
    text = exported(tmp_path, "alpaca", example(0, input="é"), example(1))
    assert text == (
        '[\n{"instruction": "q0", "input": "é", "output": "a0"},\n'
        '{"instruction": "q1", "input": "", "output": "a1"}\n]\n'
    )


def test_alpaca_lines_have_a_system_column_in_every_row_as_soon_as_one_needs_it(tmp_path: Path) -> None:
    rows = lines(exported(tmp_path, "alpaca_jsonl", example(0), example(1, system="Be brief.")))
    assert [row["system"] for row in rows] == ["", "Be brief."]
    assert "history" not in rows[0]


def test_alpaca_keeps_earlier_turns_as_history(tmp_path: Path) -> None:
    talk = example(1, instruction="Hi", output="Ciao", messages=TALK)
    first, second = lines(exported(tmp_path, "alpaca_jsonl", example(0), talk))
    assert first == {"instruction": "q0", "input": "", "output": "a0", "history": []}
    assert second == {"instruction": "Bye", "input": "", "output": "Ciao", "history": [["Hi", "Hello"]]}


def test_messages_join_the_input_by_a_blank_line_and_put_the_system_first(tmp_path: Path) -> None:
    rows = lines(exported(tmp_path, "messages", example(0, input="data", system="Be brief."), example(1)))
    assert rows[0] == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "q0\n\ndata"},
            {"role": "assistant", "content": "a0"},
        ]
    }
    assert [turn["role"] for turn in rows[1]["messages"]] == ["user", "assistant"]


def test_messages_of_a_row_rule_and_keep_one_system_turn(tmp_path: Path) -> None:
    system = {"role": "system", "content": "S"}
    rows = lines(
        exported(
            tmp_path,
            "messages",
            example(0, messages=TALK, system="S"),
            example(1, messages=[system, *TALK], system="S"),
            example(2, messages=TALK),
        )
    )
    assert [row["messages"] for row in rows] == [[system, *TALK], [system, *TALK], TALK]


def test_sharegpt_names_its_speakers(tmp_path: Path) -> None:
    (row,) = lines(exported(tmp_path, "sharegpt", example(0, system="S")))
    assert row == {
        "conversations": [
            {"from": "system", "value": "S"},
            {"from": "human", "value": "q0"},
            {"from": "gpt", "value": "a0"},
        ]
    }


def test_prompt_completion_is_plain_text_and_labels_several_turns(tmp_path: Path) -> None:
    rows = lines(
        exported(
            tmp_path, "prompt_completion", example(0, input="x", system="S"), example(1, messages=TALK, system="S")
        )
    )
    assert rows == [
        {"prompt": "S\n\nq0\n\nx", "completion": "a0"},
        {"prompt": "S\n\nUser: Hi\n\nAssistant: Hello\n\nUser: Bye", "completion": "Ciao"},
    ]


@pytest.mark.parametrize("format", ["alpaca_jsonl", "messages", "sharegpt", "prompt_completion"])
def test_metadata_adds_the_same_columns_to_each_json_format(tmp_path: Path, format: str) -> None:
    (row,) = lines(exported(tmp_path, format, example(3), metadata=True))
    assert list(row)[-7:] == ["id", "index", "task", "method", "attributes", "scores", "extra"]
    assert (row["id"], row["index"], row["attributes"]) == ("id3", 3, {"style": "plain"})


def test_csv_has_all_columns_and_reads_back(tmp_path: Path) -> None:
    text = exported(tmp_path, "csv", example(0, instruction='a,"b"\nc', input="é", attributes={"s": 'tab\t"\\'}))
    header, cells = list(csv.reader(text.splitlines(keepends=True)))
    row = dict(zip(header, cells, strict=True))
    assert tuple(header) == COLUMNS
    assert json.loads(row["attributes"]) == {"s": 'tab\t"\\'}
    assert (row["instruction"], row["tests"], row["index"]) == ('a,"b"\nc', "", "0")
    (back,) = read_rows(tmp_path / "export" / "dataset.csv")
    assert (back.instruction, back.input, back.output, back.task) == ('a,"b"\nc', "é", "a0", "coding/sql")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_safe_disarms_formulas_and_nothing_else(tmp_path: Path, start: str) -> None:
    risky = example(0, instruction=f"{start}cmd", output="1 + 1", cost_usd=-1.0)
    for safe, expected in ((True, f"'{start}cmd"), (False, f"{start}cmd")):
        export_dataset(write(tmp_path, risky), tmp_path, ["csv"], csv_safe=safe)
        with (tmp_path / "dataset.csv").open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        assert (row["instruction"], row["output"], row["cost_usd"]) == (expected, "1 + 1", "-1.0")


def test_parquet_holds_full_rows_with_one_schema(tmp_path: Path) -> None:
    odd = {f"k{n}": 'tab\tquote"back\\slash\u0001' for n in range(40)}
    rows = (example(0, messages=TALK, extra=odd, cost_usd=0.5), example(1))
    export_dataset(write(tmp_path, *rows), tmp_path, ["parquet"])
    first, second = pl.read_parquet(tmp_path / "dataset.parquet").to_dicts()
    assert json.loads(first["extra"]) == odd
    assert (first["messages"], first["cost_usd"], second["cost_usd"]) == (TALK, 0.5, None)
    assert second["usage"] == {"prompt_tokens": 5, "completion_tokens": 7, "reasoning_tokens": 0}
    full = pl.read_parquet_schema(tmp_path / "dataset.parquet")
    export_dataset(write(tmp_path), tmp_path, ["parquet"])
    assert pl.read_parquet_schema(tmp_path / "dataset.parquet") == full
    assert tuple(full) == COLUMNS


def test_parquet_keeps_the_order_over_many_rows(tmp_path: Path) -> None:
    export_dataset((example(n) for n in range(25_000)), tmp_path, ["parquet"])
    assert pl.read_parquet(tmp_path / "dataset.parquet")["index"].to_list() == list(range(25_000))


def test_nothing_accepted_gives_valid_empty_files(tmp_path: Path) -> None:
    paths = export_dataset(write(tmp_path), tmp_path / "export", list(FORMATS))
    assert [path.name for path in paths] == [format.file_name for format in FORMATS.values()]
    assert json.loads((tmp_path / "export" / "alpaca.json").read_text()) == []
    assert (tmp_path / "export" / "messages.jsonl").read_bytes() == b""
    assert (tmp_path / "export" / "dataset.csv").read_text() == ",".join(COLUMNS) + "\n"


def test_rows_may_come_as_an_iterable_and_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [example(n, input="é\u2028") for n in range(3)]
    from_file = export_dataset(write(tmp_path, *rows), tmp_path / "a", list(FORMATS))
    from_rows = export_dataset(iter(rows), tmp_path / "b", list(FORMATS))
    assert [path.read_bytes() for path in from_file] == [path.read_bytes() for path in from_rows]


def test_a_torn_last_line_is_left_out_and_damage_is_named(tmp_path: Path) -> None:
    torn = write(tmp_path, example(0), tail='{"id": "x", "inst')
    (path,) = export_dataset(torn, tmp_path, ["alpaca_jsonl"])
    assert len(lines(path.read_text())) == 1
    with pytest.raises(DataError, match=r"examples.jsonl, line 2: no JSON object"):
        export_dataset(write(tmp_path, example(0), tail="broken\n{}\n"), tmp_path, ["alpaca_jsonl"])


def test_half_a_surrogate_does_not_end_the_export(tmp_path: Path) -> None:
    export_dataset([example(0, output="a\ud83d")], tmp_path, list(FORMATS))
    assert lines((tmp_path / "alpaca.jsonl").read_text(encoding="utf-8"))[0]["output"] == "a?"


def test_a_crash_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path, example(0))
    folder = tmp_path / "export"
    (path,) = export_dataset(source, folder, ["messages"])
    before = path.read_bytes()

    def crash(source: Path, target: Path, options: Options) -> None:
        target.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dataset_module, "FORMATS", {"messages": Format("messages.jsonl", crash)})
    with pytest.raises(RunError, match=r"cannot be written to .*: No space left on device"):
        export_dataset(source, folder, ["messages"])
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {"messages.jsonl": before}


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no export format 'parket'\. Did you mean 'parquet'\? Allowed: alpaca, "):
        export_dataset(write(tmp_path, example(0)), tmp_path / "export", ["alpaca", "parket"])
    assert not (tmp_path / "export").exists()


def test_no_format_writes_nothing_and_a_repeated_one_is_written_once(tmp_path: Path) -> None:
    source = write(tmp_path, example(0))
    assert export_dataset(source, tmp_path / "export", []) == []
    assert not (tmp_path / "export").exists()
    assert len(export_dataset(source, tmp_path / "export", ["csv", "csv"])) == 1


def test_each_format_is_an_option_of_the_config() -> None:
    folder = Path(__file__).parents[2] / "conf" / "export"
    options = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in folder.glob("*.yaml")}
    assert {name: option["formats"] for name, option in options.items()} == {
        **{name: [name] for name in FORMATS},
        "all": list(FORMATS),
        "none": [],
    }
    assert {(option["metadata"], option["csv_safe"]) for option in options.values()} == {(False, False)}
