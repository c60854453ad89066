"""A run as it is followed: live, silent, killed, resumed."""

import json
import threading
from pathlib import Path

import pytest

from iftgen.store.lock import locked
from iftgen.watch import tail
from iftgen.watch.feed import SILENT, SUSPECT, RunFeed
from tests.watch.conftest import Clock
from tests.watch.made import Made


@pytest.fixture
def feed(run: Made, clock: Clock) -> RunFeed:
    """A feed of the empty folder, with a clock that is set by hand."""
    return RunFeed(run.path, clock)


def started(run: Made, clock: Clock, feed: RunFeed) -> None:
    """Let the run begin and tell once, at ten seconds."""
    run.start()
    run.progress(10, accepted=5)
    clock.after = 10
    assert feed.poll()


def test_a_missing_folder_and_an_empty_one_are_starting(tmp_path: Path, feed: RunFeed) -> None:
    for one in (feed, RunFeed(tmp_path / "nowhere" / "at-all")):
        assert not one.poll()
        assert (one.view.status, one.seconds()) == ("starting", 0.0)


def test_a_feed_is_named_by_its_folder_and_day(feed: RunFeed) -> None:
    assert feed.name == "2025-06-15/15-06-40-a1b2c3"


def test_poll_tells_whether_anything_changed(run: Made, clock: Clock, feed: RunFeed) -> None:
    started(run, clock, feed)
    assert not feed.poll()
    run.event("call", 11)
    assert not feed.poll()
    run.progress(11, accepted=6)
    assert feed.poll()
    assert feed.view.accepted == 6


def test_time_goes_on_between_events(run: Made, clock: Clock, feed: RunFeed) -> None:
    started(run, clock, feed)
    clock.after = 12
    assert feed.seconds() == 12.0
    run.end(13, accepted=6)
    feed.poll()
    clock.after = 60
    assert feed.seconds() == 13.0


def test_a_silent_run_that_holds_its_lock_is_silent(run: Made, clock: Clock, feed: RunFeed) -> None:
    with locked(run.path):
        started(run, clock, feed)
        clock.after = 10 + SILENT - 1
        assert not feed.poll()
        assert feed.view.status == "running"
        clock.after = 10 + SILENT + 1
        assert feed.poll()
        assert (feed.view.status, feed.view.rate, feed.view.live) == ("silent", 0.0, True)
        assert feed.view.message == "nothing was heard of it for 16 s"
        run.progress(28, accepted=8)
        clock.after = 28
        assert feed.poll()
        assert (feed.view.status, feed.view.message) == ("running", "")


def test_a_run_whose_lock_is_free_was_killed(run: Made, clock: Clock, feed: RunFeed) -> None:
    with locked(run.path):
        started(run, clock, feed)
        clock.after = 10 + SUSPECT + 0.1
        assert not feed.poll()
    assert feed.poll()
    view = feed.view
    assert (view.status, view.live, view.in_flight, view.calling, view.token_rate) == ("killed", False, 0, 0, 0.0)
    assert view.rate == 0.5
    assert f"`iftgen resume {run.path}` goes on" in view.message
    assert feed.seconds() == 10.0


def test_a_killed_run_that_is_resumed_runs(run: Made, clock: Clock, feed: RunFeed) -> None:
    started(run, clock, feed)
    clock.after = 20
    feed.poll()
    assert feed.view.status == "killed"
    run.start(30)
    run.progress(31, accepted=7)
    clock.after = 31
    feed.poll()
    assert (feed.view.status, feed.view.elapsed) == ("running", 11.0)


def test_an_ended_run_is_never_silent(run: Made, clock: Clock, feed: RunFeed) -> None:
    started(run, clock, feed)
    run.end(11)
    feed.poll()
    clock.after = 10_000
    assert not feed.poll()
    assert feed.view.status == "completed"


def test_a_long_log_is_read_in_pieces(run: Made, feed: RunFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "CHUNK", 2000)
    run.start()
    for second in range(1, 50):
        run.progress(second, accepted=second)
    polls = 1
    feed.poll()
    while feed.behind:
        assert feed.view.status == "running"  # it is long past, yet nothing is said of that before all is read
        feed.poll()
        polls += 1
    assert polls > 5
    assert feed.view.accepted == 49


def test_damaged_lines_are_left_out(run: Made, clock: Clock, feed: RunFeed) -> None:
    started(run, clock, feed)
    deep = b"[" * 100_000 + b"\n"
    with (run.path / "events.jsonl").open("ab") as file:
        file.write(b'{"event":"prog\n\x00\xff\xfe\n5\n[]\nnull\n"start"\n{}\n' + deep)
    run.progress(11, accepted=6)
    feed.poll()
    assert (feed.view.accepted, feed.view.status) == (6, "running")


def test_a_log_that_is_written_anew_is_counted_anew(run: Made, clock: Clock, feed: RunFeed) -> None:
    started(run, clock, feed)
    run.event("retry", 10, kind="429", reason="slow down")
    feed.poll()
    (run.path / "events.jsonl").unlink()
    run.event("retry", 10, kind="429", reason="slow down")
    feed.poll()
    assert feed.view.retries == {"429": 1}


def test_two_threads_that_poll_take_each_event_in_once(
    run: Made, feed: RunFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "CHUNK", 500)
    run.start()
    for number in range(2000):
        run.event("retry", number, kind="429", reason="slow down")

    def work() -> None:
        for _ in range(400):
            feed.poll()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert feed.view.retries == {"429": 2000}


def test_a_real_run_ends_with_the_counts_of_its_manifest(mock_run: Path) -> None:
    feed = RunFeed(mock_run)
    feed.poll()
    while feed.behind:
        feed.poll()
    manifest = json.loads((mock_run / "manifest.json").read_text())
    view = feed.view
    counts = manifest["counts"]
    assert (view.status, view.target) == ("completed", 300)
    assert (view.accepted, view.rejected, view.failed) == (counts["accepted"], counts["rejected"], counts["failed"])
    assert sum(view.by_filter.values()) == view.rejected
    assert view.failed > 0 and view.failures > 0
