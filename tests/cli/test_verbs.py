"""The verbs that read finished work, and help: export, stats, list."""

import json
from pathlib import Path

import pytest

from iftgen.cli.launch import runs
from tests.cli.test_command import iftgen, made


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_format_is_written_at_once_and_again_later(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(capsys, "num_examples=3", "ui=none", "export=all")
    names = {file.name for file in (folder / "export").iterdir()}
    assert {
        "alpaca.json",
        "alpaca.jsonl",
        "messages.jsonl",
        "sharegpt.jsonl",
        "dataset.csv",
        "dataset.parquet",
    } <= names
    written = iftgen(capsys, "export", str(folder), "--format", "messages,csv", "--out", "again").splitlines()
    assert [Path(line).name for line in written] == ["messages.jsonl", "dataset.csv"]
    assert Path("again/messages.jsonl").read_bytes() == (folder / "export" / "messages.jsonl").read_bytes()


def test_stats_are_tables_for_people_and_json_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(capsys, "num_examples=4", "ui=none")
    assert "accepted" in iftgen(capsys, "stats", str(folder))
    numbers = json.loads(iftgen(capsys, "stats", "--json"))
    assert numbers["counts"]["accepted"] == 4
    assert set(numbers.pop("filter_times")) <= {step["filter"] for step in numbers["funnel"]}
    assert numbers == json.loads((folder / "stats.json").read_text())


def test_list_names_everything_with_a_line_of_help(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(capsys, "num_examples=2", "ui=none")
    listed = iftgen(capsys, "list")
    for word in ("self_instruct", "near_duplicate", "threshold", "openai", "starter", "mock_smoke", folder.name):
        assert word in listed
    assert "embedders:" in listed
    assert runs() == [folder.relative_to(Path.cwd())]


def test_list_tells_all_of_some_filters(capsys: pytest.CaptureFixture[str]) -> None:
    listed = iftgen(capsys, "list", "filters", "count", "length")
    assert listed.startswith("count:\n") and "\n\nlength:\n" in listed
    assert "sentences: true" in listed and "max_response_words: 2000" in listed
    assert "length:" not in iftgen(capsys, "list", "filters", "length")


@pytest.mark.parametrize("arguments", [["--help"], ["num_examples=3", "-h"]])
def test_help_shows_groups_and_keys(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    shown = iftgen(capsys, *arguments)
    for word in ("iftgen resume", "backend ", "openai_compatible", "num_examples: null", "--config-dir"):
        assert word in shown
