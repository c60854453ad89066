"""Steering a live run: paused, faster, slower, stopped; alone and as a job of a sweep."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from iftgen.backends.mock import MockClient
from iftgen.cli import main
from iftgen.run import steering
from iftgen.store.control import Control, read_control, steer
from iftgen.types import Reply, Request
from tests.cli.test_command import content, here, iftgen, made
from tests.run.hand import (
    SLOW,
    Event,
    Hand,
    Step,
    accepted,
    candidates,
    events,
    file_run,
    manifest,
    quiet,
    started,
    steps,
)

__all__ = ["here", "steps"]


def test_a_pause_sends_nothing_is_told_each_second_and_changes_no_byte(
    steps: list[Step], capsys: pytest.CaptureFixture[str]
) -> None:
    steps += [(accepted(6), {"paused": True}), (quiet(3), {"paused": False})]
    folder = made(capsys, *SLOW)
    paused = [event for event in events(folder, "progress") if event["paused"]]
    still = [event for event in paused if not event["concurrency"]]
    assert len({candidates(event) for event in still}) == 1
    assert all(after["time"] - before["time"] < 3 for before, after in pairwise(paused))
    gap = next(event["time"] for event in events(folder, "steer") if event["change"] == {"paused": False})
    sent = [event["time"] - event["seconds"] for event in events(folder, "call")]
    assert not [time for time in sent if still[0]["time"] < time < gap - 0.01]
    assert [event["change"] for event in events(folder, "steer")] == [{"paused": True}, {"paused": False}]
    assert manifest(folder)["steered"] == {}
    assert content(folder) == content(made(capsys, *SLOW))


def test_a_run_without_calls_is_paused_and_goes_on(
    steps: list[Step], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps += [(started, {"paused": True}), (quiet(2), {"paused": False})]
    folder = made(capsys, *file_run(here))
    still = [candidates(event) for event in events(folder, "progress") if event["paused"]]
    assert still[-1] < 3000
    assert manifest(folder)["counts"]["candidates"] == 3000
    steps.clear()
    assert content(folder) == content(made(capsys, *file_run(here)))


@pytest.mark.parametrize("kind", ["calls", "file"])
@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"stop": "graceful"}, "stopped", 3),
        ({"stop": "now"}, "stopped", 3),
        ({"finish": True}, "completed", 0),
    ],
    ids=["graceful", "now", "finish"],
)
def test_what_is_paused_can_be_ended(
    kind: str,
    change: dict[str, Any],
    status: str,
    code: int,
    steps: list[Step],
    here: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = SLOW if kind == "calls" else file_run(here)
    steps += [(accepted(5) if kind == "calls" else started, {"paused": True}), (quiet(1), change)]
    folder = made(capsys, *settings, code=code)
    assert manifest(folder)["status"] == status
    assert events(folder, "end")[-1]["counts"] == manifest(folder)["counts"]
    iftgen(capsys, "resume", str(folder), *(("num_examples=40" if kind == "calls" else "num_examples=null",)))
    assert read_control(folder) == Control(), "the wish to stop was meant for the run before"
    assert content(folder) == content(made(capsys, *settings))


@pytest.fixture
def in_flight(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many calls were at the backend, noted with each one that comes."""
    noted: list[int] = []
    running = 0
    real = MockClient.send

    async def send(self: MockClient, request: Request) -> Reply:
        nonlocal running
        running += 1
        noted.append(running)
        try:
            return await real(self, request)
        finally:
            running -= 1

    monkeypatch.setattr(MockClient, "send", send)
    return noted


@pytest.mark.parametrize("budget", [(), ("budget.calls=1000",)], ids=["alone", "with_a_ledger"])
def test_concurrency_goes_up_and_down_at_the_backend(
    budget: tuple[str, ...], steps: list[Step], in_flight: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    marks: list[int] = []

    def when(number: int) -> Callable[[Event], bool]:
        def check(event: Event) -> bool:
            due = accepted(number)(event)
            marks.extend([len(in_flight)] * due)
            return due

        return check

    settings = ("num_examples=60", "window=16", "ui=none", "backend.mock.latency=0.03", "export=none", *budget)
    steps += [(when(5), {"concurrency": 8}), (when(30), {"concurrency": 1})]
    folder = made(capsys, *settings, "backend.concurrency=2")
    first, second = in_flight[: marks[0]], in_flight[marks[0] : marks[1]]
    assert (max(first), max(second)) == (2, 8)
    assert set(in_flight[-10:]) == {1}
    widths = [event["limit"] for event in events(folder, "progress") if event["limit"]]
    assert [widths[0], max(widths), widths[-1]] == [2, 8, 1]
    assert manifest(folder)["steered"] == {"backend.concurrency": 1}
    assert content(folder) == content(made(capsys, *settings, "backend.concurrency=64"))


def test_roles_with_a_backend_of_their_own_are_steered_too(
    steps: list[Step], capsys: pytest.CaptureFixture[str]
) -> None:
    own = ("backend@roles.response=mock", "roles.response.model=mock-2", "roles.response.concurrency=3")
    steps += [(accepted(1), {"concurrency": 5})]
    folder = made(capsys, *SLOW, *own)
    assert manifest(folder)["steered"] == {"backend.concurrency": 5, "roles.response.concurrency": 5}
    (start,) = events(folder, "start")
    assert start["backends"] == {
        "mock": {"model": "mock", "roles": ["instruction"], "concurrency": 4, "rpm": None, "tpm": None},
        "mock response": {"model": "mock-2", "roles": ["response"], "concurrency": 3, "rpm": None, "tpm": None},
    }


def test_a_job_is_stopped_alone_and_the_others_of_its_sweep_go_on(
    steps: list[Step], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps += [(accepted(3), {"stop": "graceful"})]
    iftgen(capsys, "-m", "backend=mock", *SLOW, "seed=1,2", f"hydra.sweep.dir={here / 'sweep'}", code=3)
    assert [manifest(here / "sweep" / job)["status"] for job in "01"] == ["stopped", "completed"]


def test_a_sweep_is_stopped_as_a_whole_and_its_jobs_can_be_resumed(
    monkeypatch: pytest.MonkeyPatch, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = here / "sweep"
    monkeypatch.setattr(steering, "EVERY", 0.01)
    todo: list[Step] = [(accepted(3), {"stop": "graceful"})]
    monkeypatch.setattr("iftgen.cli.progress.make_display", lambda *given: Hand(sweep, todo))
    sweep.mkdir()
    steer(sweep, stop="now")  # of a sweep before
    iftgen(capsys, "-m", "backend=mock", *SLOW, "seed=1,2,3", f"hydra.sweep.dir={sweep}", code=3)
    assert [number for number in range(3) if (sweep / str(number) / "manifest.json").exists()] == [0]
    assert manifest(sweep / "0")["status"] == "stopped"
    assert events(sweep / "0", "steer") == [
        {**events(sweep / "0", "steer")[0], "change": {"stop": "graceful"}, "sweep": True}
    ]
    assert [job["overrides"][-1] for job in json.loads((sweep / "sweep.json").read_text())["jobs"]] == [
        "seed=1", "seed=2", "seed=3",
    ]  # fmt: skip
    iftgen(capsys, "resume", str(sweep / "0"))
    assert manifest(sweep / "0")["status"] == "completed"


def test_quotas_that_move_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    strict = ("filters=[length]", "max_tries=2", "backend.mock.short=0.5", "num_examples=12", "ui=none")
    with pytest.raises(SystemExit):
        main(["backend=mock", *strict, "filters.length.min_response_words=3"])
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    (start,) = events(folder, "start")
    assert sum(start["quotas"].values()) == 12
    assert start["filters"] == ["length"] and start["method"] == "auto" and start["window"] == 4
    moved = events(folder, "quotas")
    assert moved and moved[-1]["given_up"].keys() == manifest(folder)["given_up"].keys()
    assert moved[-1]["quotas"] != start["quotas"]
