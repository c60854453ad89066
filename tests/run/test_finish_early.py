"""A run that is finished early, and what was steered when it goes on."""

from pathlib import Path

import pytest

from iftgen.store.control import Control, read_control, steer
from tests.cli.test_command import content, here, iftgen, made, rows
from tests.run.hand import SLOW, Step, accepted, events, file_run, manifest, started, steps

__all__ = ["here", "steps"]


def test_a_run_is_finished_early_and_grows_to_the_bytes_of_an_undisturbed_one(
    steps: list[Step], capsys: pytest.CaptureFixture[str]
) -> None:
    steps += [(accepted(10), {"finish": True})]
    folder = made(capsys, *SLOW)
    told = manifest(folder)
    there = told["counts"]["accepted"]
    assert 10 <= there < 40 and told["status"] == "completed"
    assert told["message"] == (
        f"finished early, as asked: {there} of 40 examples; more: iftgen resume {folder} num_examples=40"
    )
    assert told["steered"] == {"num_examples": there}
    assert (folder / "stats.json").exists() and list((folder / "export").iterdir())
    before = content(folder)
    iftgen(capsys, "resume", str(folder))
    assert content(folder) == before and manifest(folder) == told
    iftgen(capsys, "resume", str(folder), f"num_examples={there - 1}", code=2)
    iftgen(capsys, "resume", str(folder), f"num_examples={there + 3}")
    assert len(rows(folder, "examples")) == there + 3
    whole = content(made(capsys, *SLOW))
    assert all(grown.startswith(old) for grown, old in zip(content(folder), before, strict=True))
    assert all(all_of_it.startswith(old) for all_of_it, old in zip(whole, before, strict=True))


def test_a_run_that_was_finished_early_grows_at_once_to_the_bytes_of_an_undisturbed_one(
    steps: list[Step], capsys: pytest.CaptureFixture[str]
) -> None:
    steps += [(accepted(10), {"finish": True})]
    folder = made(capsys, *SLOW)
    iftgen(capsys, "resume", str(folder), "num_examples=40")
    assert manifest(folder)["steered"] == {}
    iftgen(capsys, "resume", str(folder))
    assert content(folder) == content(made(capsys, *SLOW))


def test_a_file_is_finished_early_and_says_how_to_have_the_rest(
    steps: list[Step], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps += [(started, {"finish": True})]
    folder = made(capsys, *file_run(here))
    judged = manifest(folder)["counts"]["candidates"]
    assert 0 < judged < 3000
    assert f"{judged} of 3000 rows; more: iftgen resume {folder} num_examples=null" in manifest(folder)["message"]
    iftgen(capsys, "resume", str(folder))
    assert manifest(folder)["counts"]["candidates"] == judged


def test_to_finish_with_nothing_is_to_stop(steps: list[Step], capsys: pytest.CaptureFixture[str]) -> None:
    steps += [(lambda event: event["event"] == "start", {"finish": True})]
    folder = made(capsys, *SLOW, "backend.mock.latency=0.5", code=3)
    assert manifest(folder)["status"] == "stopped"
    assert manifest(folder)["steered"] == {}


def test_what_was_steered_wins_on_resume_until_the_command_names_it(
    steps: list[Step], capsys: pytest.CaptureFixture[str]
) -> None:
    steps += [
        (accepted(2), {"concurrency": 3, "budget": {"calls": 900}}),
        (lambda event: event["event"] == "steer" and "concurrency" in event["change"], {"stop": "graceful"}),
    ]
    folder = made(capsys, *SLOW, "budget.calls=800", code=3)
    iftgen(capsys, "resume", str(folder), "num_examples=41", "max_candidates=1000")
    told = manifest(folder)
    assert {"backend.concurrency=3", "budget.calls=900"} <= set(told["overrides"])
    assert "backend.concurrency=4" not in told["overrides"]
    assert told["steered"] == {"backend.concurrency": 3, "budget.calls": 900}
    assert events(folder, "start")[-1]["backends"]["mock"]["concurrency"] == 3
    iftgen(capsys, "resume", str(folder), "num_examples=42", "backend.concurrency=6", "budget.calls=700")
    told = manifest(folder)
    assert {"backend.concurrency=6", "budget.calls=700"} <= set(told["overrides"])
    assert told["steered"] == {}
    assert events(folder, "start")[-1]["budget"] == {"calls": 700}
    assert len(events(folder, "steer")) == 3, "nothing of it was steered again"


def test_what_was_wished_for_while_no_run_was_there_holds_for_the_next(
    capsys: pytest.CaptureFixture[str], steps: list[Step]
) -> None:
    folder = made(capsys, "num_examples=10", "ui=none", "budget.calls=5", code=3)
    steer(folder, concurrency=2, budget={"calls": 500}, paused=True, stop="now", finish=True)
    iftgen(capsys, "resume", str(folder))
    assert manifest(folder)["steered"]["backend.concurrency"] == 2
    assert "budget.calls=500" in manifest(folder)["overrides"]
    assert read_control(folder) == Control(concurrency=2, budget={"calls": 500})
