"""The verb `review` without a screen, and exports that honour what was said."""

import json
from pathlib import Path
from typing import Any

import pytest

from iftgen.cli import main
from iftgen.cli import review as review_module
from iftgen.review import Item, sample
from iftgen.store.reviews import Review, append_review
from tests.review.rows import put, say


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run every command in a folder of its own, as the user ann."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("USER", "ann")
    return tmp_path


@pytest.fixture
def run(here: Path) -> Path:
    """A run under outputs/."""
    folder = here / "outputs" / "day" / "run"
    folder.mkdir(parents=True)
    put(folder, ["a/x"] * 30, [("a/x", "length")] * 30)
    (folder / "manifest.json").write_text("{}")
    return folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, str, list[Item]]]:
    """What the screen was opened with; there is a terminal."""
    seen: list[tuple[Path, str, list[Item]]] = []
    monkeypatch.setattr("iftgen.tui.app.review", lambda folder, name, items: seen.append((folder, name, items)))
    monkeypatch.setattr(review_module, "missing_terminal", lambda: "")
    monkeypatch.setenv("TERM", "xterm-256color")
    return seen


def iftgen(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """Run the command, check its exit code, and return what it printed."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    shown = capsys.readouterr()
    assert stop.value.code == code, shown.err
    assert "Traceback" not in shown.err
    return shown


def test_the_screen_opens_on_a_sample_of_the_newest_run(
    run: Path, opened: list[tuple[Path, str, list[Item]]], capsys: pytest.CaptureFixture[str]
) -> None:
    iftgen(capsys, "review")
    flags = ("--size=7", "--seed=3", "--by=task", "--kind=rejected", "--name", " Zoë  B ")
    iftgen(capsys, "review", str(run), *flags)
    (first, name, items), (second, other, few) = opened
    assert (first.resolve(), name, items) == (run, "ann", sample(run))
    assert (second, other, few) == (run, "Zoë B", sample(run, 7, 3, "task", "rejected"))


def test_a_reviewer_without_a_name_has_one(
    run: Path,
    opened: list[tuple[Path, str, list[Item]]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("USER")
    iftgen(capsys, "review")
    assert opened[0][1] == "reviewer"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--size", "0"], ["--size", "from 1 on"]),
        (["--size", "many"], ["--size", "'many'"]),
        (["--by", "tasks"], ["--by", "'tasks'", "filter"]),
        (["--kind", "all"], ["--kind", "rejected"]),
        (["--name", "  "], ["--name"]),
        (["--name", "a\x1b[1m"], ["--name"]),
        (["nowhere"], ["nowhere", "iftgen list runs"]),
        (["--seeds", "1", "x"], ["--seeds"]),
    ],
)
def test_bad_input_is_told(
    run: Path,
    opened: list[tuple[Path, str, list[Item]]],
    arguments: list[str],
    words: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = iftgen(capsys, "review", *arguments, code=2)
    assert all(word in shown.err for word in words)
    assert (shown.out, opened) == ("", [])


def test_a_run_without_rows_of_that_kind_is_told(
    run: Path, opened: list[tuple[Path, str, list[Item]]], capsys: pytest.CaptureFixture[str]
) -> None:
    put(run, ["a"])
    assert "has no rows to review that were rejected" in iftgen(capsys, "review", "--kind", "rejected", code=2).err
    put(run, [])
    assert "has no rows to review." in iftgen(capsys, "review", code=2).err
    assert opened == []


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_poor_terminal_is_told(
    run: Path, term: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    assert f"TERM={term} is not one" in iftgen(capsys, "review", code=2).err


def test_without_a_terminal_the_way_out_is_told(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = iftgen(capsys, "review", code=2)
    assert "iftgen review needs a terminal, but" in shown.err
    assert "iftgen review --report" in shown.err


def test_the_report_needs_no_terminal(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert iftgen(capsys, "review", "--report").out.startswith("No reviews yet of 30 accepted and 30 rejected rows.")
    say(run, "ann", sample(run, 20), "good")
    shown = iftgen(capsys, "review", str(run), "--report")
    assert "length: 10 of the 10 rejections that were reviewed should have been accepted" in " ".join(shown.out.split())
    numbers = json.loads(iftgen(capsys, "review", "--json").out)
    assert (numbers["accepted"]["share"], numbers["filters"]["length"]["hits"]) == (1.0, 0)


def test_the_help_names_the_flags(capsys: pytest.CaptureFixture[str]) -> None:
    shown = iftgen(capsys, "review", "--help").out
    assert all(flag in shown for flag in ("--name", "--size", "--seed", "--by", "--kind", "--report", "--json"))
    assert "iftgen review [DIR]" in iftgen(capsys, "--help").out


def made(capsys: pytest.CaptureFixture[str], *arguments: str) -> Path:
    return Path(iftgen(capsys, *arguments).out.splitlines()[-1])


def exported(folder: Path) -> list[str]:
    rows = [json.loads(line) for line in (folder / "export" / "messages.jsonl").read_text().splitlines()]
    return [row["messages"][0]["content"] for row in rows]


def test_an_export_honours_reviews_and_a_growing_run_keeps_them(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(capsys, "backend=mock", "num_examples=20", "ui=none", "export=messages")
    before = exported(folder)
    first = json.loads((folder / "examples.jsonl").read_text().splitlines()[0])
    append_review(folder, Review(1.0, "ann", first["id"], first["index"], "examples", "bad"))
    shown = iftgen(capsys, "export", str(folder), "--format", "messages")
    assert shown.err.startswith("reviews applied: 1 withdrawn, 0 restored, 0 edited")
    assert exported(folder) == before[1:]
    shown = iftgen(capsys, "export", str(folder), "--format", "messages", "--reviews", "ignore")
    assert (shown.err, exported(folder)) == ("", before)
    iftgen(capsys, "resume", str(folder), "num_examples=24")
    assert exported(folder)[:19] == before[1:]
    assert len(exported(folder)) == 23


def test_what_the_reviews_did_stands_in_the_summary_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(capsys, "backend=mock", "num_examples=10", "ui=none")
    first = json.loads((folder / "examples.jsonl").read_text().splitlines()[0])
    append_review(folder, Review(1.0, "ann", first["id"], first["index"], "examples", "bad"))
    assert "reviews applied: 1 withdrawn" in iftgen(capsys, "resume", str(folder), "num_examples=12", "ui=plain").err


def test_reviews_are_applied_or_ignored_and_nothing_else(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = iftgen(capsys, "export", str(run), "--format", "csv", "--reviews", "some", code=2)
    assert all(word in shown.err for word in ("--reviews", "'some'", "apply", "ignore"))
