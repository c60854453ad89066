"""The jobs of a sweep: announced, begun, killed, in their order."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from iftgen.store.sweeps import is_sweep, job_folders
from iftgen.watch.sweep import LOOK, SweepFeed
from tests.watch.conftest import Clock
from tests.watch.made import Made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a sweep."""
    path = tmp_path / "2025-06-15" / "15-00-00-abcdef"
    path.mkdir(parents=True)
    return path


def announce(folder: Path, *jobs: Sequence[str]) -> None:
    """Write which jobs there will be."""
    (folder / "sweep.json").write_text(json.dumps({"jobs": [{"overrides": job} for job in jobs]}))


def test_jobs_are_announced_and_begin_and_end(folder: Path, clock: Clock) -> None:
    announce(folder, ["seed=1"], ["seed=2"])
    feed = SweepFeed(folder, clock)
    assert feed.poll()
    assert [(job.name, job.overrides, job.feed) for job in feed.jobs.values()] == [
        ("0", ("seed=1",), None),
        ("1", ("seed=2",), None),
    ]
    made = Made(folder / "1")
    made.start(overrides=["backend=mock", "seed=2"])
    assert not feed.poll()  # it is not looked for at every moment
    clock.after = LOOK
    assert feed.poll()
    job = feed.jobs["1"]
    assert job.feed is not None and job.feed.view.status == "running"
    assert job.overrides == ("backend=mock", "seed=2")
    made.end(1.5, accepted=20)
    assert feed.poll()
    assert job.feed.view.status == "completed"
    assert not feed.poll()


def test_a_killed_job_is_seen_by_its_silence(folder: Path, clock: Clock) -> None:
    made = Made(folder / "0")
    made.start()
    made.progress(1, accepted=3)
    feed = SweepFeed(folder, clock)
    feed.poll()
    clock.after = 30
    assert feed.poll()
    job = feed.jobs["0"]
    assert job.feed is not None and job.feed.view.status == "killed"


def test_jobs_that_nobody_announced_are_found_with_the_overrides_of_hydra(folder: Path, clock: Clock) -> None:
    made = Made(folder / "3")
    (made.path / ".hydra").mkdir()
    (made.path / ".hydra" / "overrides.yaml").write_text("- seed=3\n- 'filters=[length,refusal]'\n- \"a='b'\"\n")
    (made.path / "manifest.json").write_text("{}")
    feed = SweepFeed(folder, clock)
    assert feed.poll()
    assert feed.jobs["3"].overrides == ("seed=3", "filters=[length,refusal]", "a='b'")


def test_jobs_stand_in_the_order_of_their_numbers(folder: Path) -> None:
    for name in ("10", "9", "named", "2", ".hidden", "empty"):
        made = Made(folder / name)
        if name != "empty":
            made.start()
    assert [path.name for path in job_folders(folder)] == ["2", "9", "10", "named"]


def test_a_sweep_is_told_from_a_run(folder: Path, run: Made) -> None:
    assert not is_sweep(folder)
    assert not is_sweep(folder / "nowhere")
    Made(folder / "0").start()
    assert is_sweep(folder)
    run.start()
    (run.path / "manifest.json").write_text("{}")
    assert not is_sweep(run.path)
    announce(run.path)
    assert is_sweep(run.path)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "5", '{"jobs":5}', '{"jobs":[5]}', '{"jobs":[{}]}', "[" * 50_000, "\udc80"]
)
def test_an_announcement_that_is_damaged_announces_nothing(folder: Path, clock: Clock, text: str) -> None:
    (folder / "sweep.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    Made(folder / "0").start()
    feed = SweepFeed(folder, clock)
    feed.poll()
    assert list(feed.jobs) == ["0"]


def test_a_sweep_that_vanishes_keeps_what_was_seen(folder: Path, clock: Clock) -> None:
    made = Made(folder / "0")
    made.start()
    feed = SweepFeed(folder, clock)
    feed.poll()
    (made.path / "events.jsonl").unlink()
    made.path.rmdir()
    folder.rmdir()
    clock.after = 2
    feed.poll()
    assert list(feed.jobs) == ["0"]


def test_a_sweep_is_behind_as_long_as_a_job_is(folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iftgen.watch.tail.CHUNK", 500)
    made = Made(folder / "0")
    made.start()
    for second in range(1, 9):
        made.progress(second, accepted=second)
    feed = SweepFeed(folder, clock)
    feed.poll()
    assert feed.behind
    while feed.behind:
        feed.poll()
    job = feed.jobs["0"]
    assert job.feed is not None and job.feed.view.accepted == 8
