"""A viewer that follows by itself: a real run that goes on meanwhile, and the end of its thread."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from iftgen.tui.app import IftgenApp
from iftgen.tui.screens.run import RunScreen
from iftgen.watch.tail import Tail
from tests.tui.scenes import AppPilot, examples, fill, shown
from tests.watch.made import Made

MOCK = ("backend=mock", "backend.mock.latency=0.1", "backend.concurrency=4", "num_examples=60", "window=10")
RUN = (*MOCK, "ui=none", "export=none", "filters=[length,near_duplicate]")


async def until(pilot: AppPilot, true: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, shown_of(pilot)
        await pilot.pause(0.02)


def shown_of(pilot: AppPilot) -> str:
    """What is on the screen."""
    assert isinstance(pilot.app, IftgenApp)
    return shown(pilot.app)


def begun(folder: Path) -> Path | None:
    """The run in a folder, once it has begun."""
    return next((file.parent for file in folder.glob("outputs/*/*/events.jsonl")), None)


def readers() -> set[threading.Thread]:
    """The threads that are at work."""
    return set(threading.enumerate())


@pytest.fixture
def engine(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A real run in a process of its own."""
    command = [sys.executable, "-m", "iftgen", *RUN]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        yield process
        process.kill()


async def test_a_real_run_is_followed_to_its_end(engine: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    while not (found := begun(tmp_path)):
        assert engine.poll() is None
        await asyncio.sleep(0.02)
    app = IftgenApp(found)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "● running" in shown(app))
        await pilot.press("3")
        screen = app.screen
        assert isinstance(screen, RunScreen)
        pane = screen.panes["examples"]
        await until(pilot, lambda: len(pane.rows) >= 5)
        assert pane.table.follow
        for key in ("2", "4", "5", "1", "3"):
            await pilot.press(key)
        await until(pilot, lambda: "✓ completed" in shown(app) and "60 of 60" in shown(app))
        await until(pilot, lambda: len(pane.rows) == 60 and pane.row.get("index") == pane.index.numbers[59])
        assert app.return_code in (None, 0)
    assert engine.wait(30) == 0


@pytest.mark.parametrize("keys", [(), ("2", "slash", "e")])
async def test_the_thread_ends_with_the_app(run: Made, keys: tuple[str, ...]) -> None:
    fill(run)
    before = readers()
    app = IftgenApp(run.path)
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        await until(pilot, lambda: any("reader" in str(worker.group) for worker in app.workers))
    end = time.monotonic() + 5
    while any(worker.is_running for worker in app.workers):
        assert time.monotonic() < end
        await asyncio.sleep(0.01)
    assert all(thread.name.startswith(("asyncio", "ThreadPool")) for thread in readers() - before)


async def test_the_app_ends_while_a_search_is_under_way(run: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*given: object) -> Iterator[list[int]]:
        while True:
            yield []

    monkeypatch.setattr("iftgen.watch.rows.search", endless)
    examples(run, 5)
    run.start()
    app = IftgenApp(run.path)
    async with app.run_test() as pilot:
        await pilot.press("3", "slash", *"plan")
        screen = app.screen
        assert isinstance(screen, RunScreen)
        assert screen.panes["examples"].rows.searching
        app.exit()
    assert not any(worker.is_running for worker in app.workers)
    assert app._exception is None


async def test_a_reader_that_fails_says_so_once_and_goes_on(run: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(run)
    read, failing = Tail.read, [True]

    def fail(self: Tail) -> list[bytes]:
        if failing[0] and threading.current_thread() is not threading.main_thread():
            raise ZeroDivisionError("a [bug]")
        return read(self)

    monkeypatch.setattr(Tail, "read", fail)
    app = IftgenApp(run.path)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app._notifications)
        await pilot.pause(0.5)
        assert [note.message for note in app._notifications] == [
            "A file could not be shown: ZeroDivisionError('a [bug]')"
        ]
        failing[0] = False
        run.end(11, accepted=13)
        await until(pilot, lambda: "✓ completed" in shown(app))


async def test_two_viewers_of_one_run_do_not_disturb_each_other(run: Made) -> None:
    fill(run)
    one, other = IftgenApp(run.path, reviewer="ann"), IftgenApp(run.path, reviewer="bob")
    async with one.run_test() as first:
        await first.press("2", "x")
        async with other.run_test(size=(200, 60)) as second:
            await second.press("2", "x")
            screen = other.screen
            assert isinstance(screen, RunScreen)
            await until(second, lambda: "restored (2 good, 0 bad)" in shown(other))
        assert (run.path / "reviews.jsonl").read_text().count("\n") == 2
