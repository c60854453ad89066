"""The verb `compare` on a sweep that the mock model made."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from iftgen.cli import main
from iftgen.store.folder import read_rows

RUN = ("backend=mock", "num_examples=12", "ui=none", "export=none")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of four jobs, two seeds and two thresholds."""
    place = tmp_path_factory.mktemp("work")
    before = Path.cwd()
    os.chdir(place)
    try:
        with pytest.raises(SystemExit) as stop:
            main(["-m", *RUN, "seed=0,1", "filters.near_duplicate.threshold=0.5,0.7", f"hydra.sweep.dir={place}/sweep"])
    finally:
        os.chdir(before)
    assert stop.value.code == 0
    return place / "sweep"


def iftgen(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    """Run the verb, check its exit code, and return stdout and stderr."""
    with pytest.raises(SystemExit) as stop:
        main(["compare", *arguments])
    shown = capsys.readouterr()
    assert stop.value.code == code, shown.err
    assert "Traceback" not in shown.err
    return shown.out, shown.err


def test_a_sweep_is_compared_job_by_job(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(iftgen(capsys, str(sweep), "--json")[0])
    keys = ("seed", "filters.near_duplicate.threshold")
    settings = [tuple(one["config"][key] for key in keys) for one in found]
    assert settings == [("0", "0.5"), ("0", "0.7"), ("1", "0.5"), ("1", "0.7")]
    for one in found:
        folder = sweep / one["name"]
        manifest = json.loads((folder / "manifest.json").read_text())
        assert set(one["config"]) == set(keys)
        assert one["rejected_by"] == manifest["rejected_by"]
        assert {name: one[name] for name in manifest["counts"]} == manifest["counts"]
        assert one["accepted"] == len(list(read_rows(folder / "examples.jsonl"))) == 12
        assert one["prompt_tokens"] == manifest["tokens"]["prompt"]
        assert (one["cost_usd"], one["seconds"]) == (manifest["cost_usd"], manifest["seconds"])


def test_the_table_is_as_wide_as_the_terminal(
    sweep: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    shown = iftgen(capsys, str(sweep))[0]
    assert all(len(line) <= 72 for line in shown.splitlines())
    assert sum("completed" in line for line in shown.splitlines()) == 4
    assert "rejected: " in iftgen(capsys, str(sweep), "--all")[0]


def test_csv_and_page_are_written(sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "page.html"
    out, err = iftgen(capsys, str(sweep / "0"), str(sweep / "2"), "--csv", "--html", str(target))
    assert [row["config.seed"] for row in csv.DictReader(io.StringIO(out))] == ["0", "1"]
    assert err == f"{target}\n"
    assert target.read_text().startswith("<!doctype html>")
    assert iftgen(capsys, str(sweep), "--html", str(target)) == (f"{target}\n", "")


def test_without_a_folder_the_newest_is_taken(
    sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no run under outputs/" in iftgen(capsys, code=2)[1]
    (tmp_path / "outputs").symlink_to(sweep.parent)
    assert len(json.loads(iftgen(capsys, "--json")[0])) == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], ["nowhere", "no such folder", "iftgen list runs"]),
        (["."], ["neither a run nor a sweep"]),
        (["--json", "--csv"], ["--csv", "not allowed with"]),
        (["--jsn"], ["--jsn"]),
    ],
)
def test_bad_input_is_told_in_one_message(
    arguments: list[str],
    words: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    out, err = iftgen(capsys, *arguments, code=2)
    assert out == "" and len(err.splitlines()) == 1
    assert all(word in err for word in words)


def test_a_page_that_cannot_be_written_is_told(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = iftgen(capsys, str(sweep), "--html", "/nowhere/page.html", code=2)
    assert (out, "--html: /nowhere/page.html cannot be written" in err) == ("", True)


def test_the_help_names_the_verb(capsys: pytest.CaptureFixture[str]) -> None:
    shown = iftgen(capsys, "--help")[0]
    assert all(flag in shown for flag in ("--all", "--json", "--csv", "--html"))
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "iftgen compare [DIR...]" in capsys.readouterr().out
