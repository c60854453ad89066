"""A budget that is raised, lowered or refused while the run is on its way."""

from pathlib import Path
from typing import Any

import pytest

from iftgen.store.control import read_control
from tests.cli.test_command import content, here, iftgen, made
from tests.run.hand import SLOW, Event, Step, accepted, events, manifest, steps

__all__ = ["here", "steps"]


def test_a_budget_that_is_raised_in_time_lets_the_run_go_on(
    steps: list[Step], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def kept(event: Event) -> bool:
        """Whether the manifest has it as soon as the event tells it: the run may be killed at any time."""
        (file,) = here.glob("outputs/*/*/manifest.json")
        return event["event"] == "steer" and "budget.calls" in manifest(file.parent)["steered"]

    steps += [(accepted(3), {"budget": {"calls": 1000, "usd": 50.0}}), (kept, {})]
    folder = made(capsys, *SLOW, "budget.calls=30")
    assert manifest(folder)["status"] == "completed"
    assert manifest(folder)["paid"]["calls"] > 30
    assert manifest(folder)["steered"] == {"budget.calls": 1000, "budget.usd": 50.0}
    assert events(folder, "progress")[-1]["paid"]["budget"].keys() == {"calls", "usd"}
    assert events(folder, "start")[0]["budget"] == {"calls": 30}


def test_a_budget_that_is_lowered_is_kept(steps: list[Step], capsys: pytest.CaptureFixture[str]) -> None:
    steps += [(accepted(3), {"budget": {"calls": 25}})]
    folder = made(capsys, *SLOW, "backend.concurrency=2", "budget.calls=1000", code=3)
    assert manifest(folder)["status"] == "budget_exhausted"
    assert manifest(folder)["paid"]["calls"] <= 25
    iftgen(capsys, "resume", str(folder), code=3)
    assert manifest(folder)["paid"]["calls"] <= 25, "what was steered holds on resume"
    iftgen(capsys, "resume", str(folder), "budget=none")
    assert manifest(folder)["steered"] == {}
    assert content(folder) == content(made(capsys, *SLOW))


def test_the_alarm_for_the_minutes_is_set_anew(steps: list[Step], capsys: pytest.CaptureFixture[str]) -> None:
    steps += [(lambda event: event["event"] == "start", {"budget": {"minutes": 0.01}})]
    folder = made(capsys, *SLOW, "backend.mock.latency=60", "budget.minutes=60", code=3)
    assert manifest(folder)["status"] == "budget_exhausted"
    assert manifest(folder)["message"].startswith("budget.minutes: the 0.01 minutes are over.")
    assert manifest(folder)["cut_off"] > 0, "the calls in flight are not waited for"


@pytest.mark.parametrize(
    ("settings", "budget", "words"),
    [
        ((), {"calls": 1000}, "keeps no books"),
        (("budget.calls=1000", "backend.price.input=null"), {"usd": 1}, "price of model 'mock'"),
        (("budget.calls=1000", "backend.max_tokens=null"), {"tokens": 10**6}, "sets no limit to a reply"),
    ],
    ids=["no_ledger", "no_price", "no_max_tokens"],
)
def test_a_budget_that_cannot_be_kept_is_refused_and_told(
    settings: tuple[str, ...],
    budget: dict[str, Any],
    words: str,
    steps: list[Step],
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps += [(accepted(1), {"budget": budget})]
    folder = made(capsys, *SLOW, *settings)
    (told,) = events(folder, "steer")
    assert told["change"] == {"budget": budget}
    assert words in told["refused"]
    assert manifest(folder)["steered"] == {}
    assert read_control(folder).budget == {}
