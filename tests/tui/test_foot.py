"""What stands around the screens: the foot, the titles of the tabs, messages, notes, the order of a table."""

from pathlib import Path

import pytest
from textual.widgets._footer import FooterKey
from textual.widgets._toast import Toast

from iftgen.tui.screens.dialogs import Leave
from iftgen.tui.screens.sweep import SweepScreen, targets
from iftgen.watch.sweep import Job
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, SMALL, AppPilot, fill, lines, look, shown
from tests.tui.test_sweep_screen import sweep
from tests.watch.conftest import Clock
from tests.watch.made import Made


@pytest.fixture
def full(run: Made, clock: Clock) -> Made:
    """A run that goes on, ten seconds after its beginning."""
    fill(run)
    clock.after = 10
    return run


def foot(pilot: AppPilot) -> list[str]:
    """The words at the foot."""
    return [key.description for key in pilot.app.screen.query(FooterKey) if key.is_on_screen]


async def settled(pilot: AppPilot, word: str) -> list[str]:
    """The words at the foot once it has been drawn anew, which takes a moment; `word` is among them then."""
    for _ in range(100):
        if word in foot(pilot):
            break
        await pilot.pause(0.02)
    return foot(pilot)


async def test_the_foot_names_the_keys_of_what_is_shown(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot)
        steering = ["Pause", "More", "Fewer", "Budget", "Finish", "Review"]
        assert await settled(pilot, "Leave") == [*steering, "Help", "Leave"]
        for key, words in (("2", "Raw"), ("3", "Open"), ("5", "Higher")):
            await pilot.press(key)
            await look(pilot)
            named = await settled(pilot, words)
            assert words in named and named[-2:] == ["Help", "Leave"]
            assert not set(steering) & set(named)
            assert len(lines(app)[-1].rstrip()) <= SMALL[0]
        await pilot.press("p")  # what is not at the foot can be pressed all the same
        assert (full.path / "control.json").exists()


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_tab_names_its_key(full: Made, viewer: Viewer, size: tuple[int, int]) -> None:
    app = viewer(full.path)
    async with app.run_test(size=size) as pilot:
        await look(pilot)
        assert "1 Overview  2 Rejected 8  3 Accepted 12  4 Errors 5  5 Scores" in shown(app)


async def test_a_message_is_told_whole_on_a_narrow_screen(full: Made, viewer: Viewer) -> None:
    message = f"budget.usd: the next call may cost $0.02, but {'little ' * 20}is left. `iftgen resume DIR budget.usd=1`"
    full.end(11, "budget_exhausted", message, accepted=12, rejected=8, failed=2)
    app = viewer(full.path)
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot)
        assert " ".join(" ".join(lines(app)[2:6]).split()).startswith(message)


async def test_no_note_lies_over_a_dialog(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await look(pilot)
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, Leave)
        app.notify("Something is told.", timeout=60)
        await pilot.pause()
        assert not any(toast.is_on_screen for toast in app.screen.query(Toast))
        await pilot.press("escape")
        await pilot.pause()
        assert any(toast.is_on_screen for toast in app.screen.query(Toast))


async def test_the_heading_tells_the_order(tmp_path: Path, viewer: Viewer, clock: Clock) -> None:
    clock.after = 10
    app = viewer(sweep(tmp_path / "sweep"))
    async with app.run_test(size=LARGE) as pilot:
        await look(pilot)
        assert "job▲" in shown(app) and "1 Jobs" in shown(app)
        await pilot.press("s", "s", "s")
        assert "accepted▲" in shown(app)
        await pilot.press("i")
        assert "accepted▼" in shown(app) and "job " in shown(app)


def job(*overrides: str) -> Job:
    """A job that waits."""
    return Job("0", overrides)


async def test_jobs_that_wait_count_with_what_they_are_to_make(tmp_path: Path, viewer: Viewer, clock: Clock) -> None:
    assert targets([job("num_examples=7"), job("+num_examples=5"), job("seed=1"), job("num_examples=x")]) == [
        7,
        5,
        0,
        0,
    ]
    folder = sweep(tmp_path / "sweep")
    app = viewer(folder)
    async with app.run_test(size=LARGE) as pilot:
        await look(pilot)
        screen = app.screen
        assert isinstance(screen, SweepScreen)
        jobs = list(screen.feed.jobs.values())
        assert targets(jobs) == [20, 20, 20, 20]
        assert targets([*jobs, job("seed=9")]) == [20, 20, 20, 20, 20]
