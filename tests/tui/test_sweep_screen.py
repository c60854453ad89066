"""The screen of a sweep: a line a job, sorted, opened, left again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Static

from iftgen.store.lock import locked
from iftgen.tui.app import IftgenApp
from iftgen.tui.screens.dialogs import Leave
from iftgen.tui.screens.run import RunScreen
from iftgen.tui.screens.sweep import SweepScreen
from iftgen.tui.widgets.table import Table
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, SMALL, AppPilot, fill, lines, look, shown, tell
from tests.watch.conftest import Clock
from tests.watch.made import Made


def sweep(folder: Path) -> Path:
    """Four jobs: one runs, one has failed, one is complete, one waits."""
    jobs = [["backend=mock", f"seed={seed}", "num_examples=20"] for seed in range(4)]
    folder.mkdir(parents=True)
    (folder / "sweep.json").write_text(json.dumps({"jobs": [{"overrides": job} for job in jobs]}))
    made = [Made(folder / str(number)) for number in range(3)]
    fill(made[0], overrides=jobs[0])
    made[1].start(overrides=jobs[1])
    made[1].progress(2, accepted=1, by_filter={"length": 9})
    made[1].end(3, "failed", "the server [127.0.0.1] refuses every call: HTTP 401", accepted=1, rejected=9, failed=0)
    fill(made[2], overrides=jobs[2])
    tell(made[2], 10, accepted=20)
    made[2].end(10, accepted=20, rejected=8, failed=2)
    return folder


@pytest.fixture
def place(tmp_path: Path, clock: Clock) -> Path:
    """A sweep, ten seconds after its beginning."""
    clock.after = 10
    return sweep(tmp_path / "2025-06-15" / "15-06-40-5eeb00")


def order(pilot: AppPilot) -> list[str]:
    """The names of the jobs from top to bottom."""
    screen = pilot.app.screen
    assert isinstance(screen, SweepScreen)
    return [job.name for job in screen.source.jobs]


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_every_job_has_a_line(place: Path, viewer: Viewer, size: tuple[int, int]) -> None:
    app = viewer(place)
    async with app.run_test(size=size) as pilot:
        await look(pilot)
        screen = shown(app)
        assert "1 running, 1 failed, 1 completed, 1 waiting" in screen
        assert "33 of 80" in screen
        found = lines(app)
        for sign, words in (("● running", "12/20"), ("✗ failed", "1/20"), ("✓ completed", "20/20"), ("○ waiting", "0")):
            assert any(sign in line and words in line for line in found)
        assert "seed=0" in screen and "seed=3" in screen
        assert "HTTP 401" in screen or size == SMALL


async def test_jobs_over_a_file_are_told_by_rows(tmp_path: Path, viewer: Viewer, clock: Clock) -> None:
    clock.after = 10
    folder = tmp_path / "cleaned"
    folder.mkdir()
    (folder / "sweep.json").write_text(json.dumps({"jobs": [{"overrides": [f"seed={seed}"]} for seed in range(3)]}))
    for number in range(2):
        job = Made(folder / str(number))
        job.start(target=None, rows=600, method="file", overrides=[f"seed={number}"])
        job.progress(9, accepted=200, by_filter={"length": 24})
    app = viewer(folder)
    async with app.run_test(size=LARGE) as pilot:
        await look(pilot)
        assert "448 of 1,800 rows" in shown(app)


async def test_the_chosen_job_is_told_in_words_with_its_error(place: Path, viewer: Viewer) -> None:
    app = viewer(place)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("down")
        await pilot.pause()
        screen = shown(app)
        assert "job 1: backend=mock seed=1 num_examples=20" in screen
        assert "the server [127.0.0.1] refuses every call: HTTP 401" in screen
        assert "rejected by length 9" in screen


async def test_jobs_are_sorted_by_any_column_and_turned(place: Path, viewer: Viewer) -> None:
    app = viewer(place)
    async with app.run_test(size=LARGE) as pilot:
        screen = app.screen
        assert isinstance(screen, SweepScreen)
        titles = [column.title for column in screen.source.columns(200)]
        for title in [*titles[1:], titles[0]]:
            await pilot.press("greater_than_sign")
            assert screen.source.by == title
            assert sorted(order(pilot)) == ["0", "1", "2", "3"]
        await pilot.press("s", "s", "s")
        assert (screen.source.by, order(pilot)) == ("accepted", ["2", "0", "1", "3"])
        await pilot.press("i")
        assert order(pilot) == ["3", "1", "0", "2"]
        await pilot.press("less_than_sign")
        assert screen.source.by == "progress"


async def test_a_heading_that_is_clicked_sorts_and_turns(place: Path, viewer: Viewer) -> None:
    app = viewer(place)
    async with app.run_test(size=LARGE) as pilot:
        place_of = lines(app)[3].index("accepted")
        await pilot.click("#jobs", offset=(place_of + 1, 0))
        await pilot.pause()
        assert order(pilot) == ["2", "0", "1", "3"]
        await pilot.click("#jobs", offset=(place_of + 1, 0))
        await pilot.pause()
        assert order(pilot) == ["3", "1", "0", "2"]


async def test_the_cursor_stays_with_its_job_when_the_order_changes(place: Path, viewer: Viewer) -> None:
    app = viewer(place)
    async with app.run_test() as pilot:
        await pilot.press("down", "i")
        await look(pilot)
        screen = app.screen
        assert isinstance(screen, SweepScreen) and screen.job is not None
        assert (screen.job.name, order(pilot)[0]) == ("1", "3")


async def test_a_job_is_opened_followed_and_left_again(place: Path, viewer: Viewer) -> None:
    app = viewer(place)
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        assert "12 of 20" in shown(app)
        assert app.watching is app.screen
        tell(Made(place / "0"), 11, accepted=13)
        await look(pilot)
        assert "13 of 20" in shown(app)
        await pilot.press("backspace")
        await pilot.pause()
        assert isinstance(app.screen, SweepScreen)
        await look(pilot)
        assert "13/20" in shown(app)


async def test_a_job_that_waits_cannot_be_opened(place: Path, viewer: Viewer) -> None:
    app = viewer(place)
    async with app.run_test() as pilot:
        await pilot.press("end", "enter")
        await pilot.pause()
        assert isinstance(app.screen, SweepScreen)


async def test_a_job_that_begins_later_joins(place: Path, viewer: Viewer, clock: Clock) -> None:
    app = viewer(place)
    async with app.run_test() as pilot:
        Made(place / "3").start(10)
        Made(place / "11").start(10)
        clock.after = 12
        await look(pilot)
        assert order(pilot) == ["0", "1", "2", "3", "11"]
        assert "3 running, 1 failed, 1 completed" in shown(app)


async def test_a_killed_job_is_seen(place: Path, viewer: Viewer, clock: Clock) -> None:
    app = viewer(place)
    async with app.run_test(size=LARGE) as pilot:
        with locked(place / "0"):
            clock.after = 14
            await look(pilot)
            assert "● running" in shown(app)
        await look(pilot)
        assert "✗ killed" in shown(app)
        assert "the process is gone" in shown(app)


async def test_leaving_asks_as_long_as_a_job_works_and_stops_the_whole_sweep(place: Path, viewer: Viewer) -> None:
    app = viewer(place)
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, Leave)
        await pilot.press("s")
        await pilot.pause()
        assert json.loads((place / "control.json").read_text())["stop"] == "graceful"
        assert not (place / "0" / "control.json").exists()


async def test_a_sweep_without_a_job_says_so(tmp_path: Path, viewer: Viewer) -> None:
    (tmp_path / "sweep.json").write_text('{"jobs": []}')
    app = viewer(tmp_path)
    async with app.run_test() as pilot:
        await pilot.press("down", "enter", "s", "i", "end")
        assert "no job has begun yet" in shown(app)
        await pilot.press("q")
        await pilot.pause()
        assert app._exit


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of two real jobs."""
    folder = tmp_path_factory.mktemp("measured") / "sweep"
    common = ("backend=mock", "num_examples=6", "export=none", "ui=none")
    for number in ("0", "1"):
        job = (*common, f"seed={number}", f"hydra.run.dir={folder / number}")
        subprocess.run([sys.executable, "-m", "iftgen", *job], check=True)
    return folder


async def test_the_jobs_are_measured_side_by_side(measured: Path) -> None:
    app = IftgenApp(measured, live=False)
    async with app.run_test(size=LARGE) as pilot:
        await pilot.press("2")
        await app.workers.wait_for_complete()
        await pilot.pause()
        told = str(app.screen.query_one("#comparison-text", Static).render())
        assert "acceptance" in told
        assert told.count("completed") == 2
        await pilot.press("1")
        assert app.screen.query_one(Table).has_focus
