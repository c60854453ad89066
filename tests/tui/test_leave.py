"""Leaving: a run that is watched, or that was started here; detached, stopped, stopped now."""

from pathlib import Path

import pytest

from iftgen.tui.app import IftgenApp
from iftgen.tui.screens.dialogs import Leave
from iftgen.tui.screens.run import RunScreen
from iftgen.tui.screens.starting import StartingScreen
from tests.tui.conftest import Viewer
from tests.tui.scenes import SMALL, control, fill, look, shown, told
from tests.watch.conftest import Clock
from tests.watch.made import Made


class FakeEngine:
    """An engine that does what a test says."""

    def __init__(self, place: Path | None = None) -> None:
        """Work at a place, as soon as it is known."""
        self.place = place
        self.exit_code: int | None = None
        self.stops: list[bool] = []

    def output(self) -> str:
        """Print nothing."""
        return ""

    def stop(self, now: bool) -> None:
        """Note that it was asked."""
        self.stops.append(now)


@pytest.fixture
def full(run: Made, clock: Clock) -> Made:
    """A run that goes on, ten seconds after its beginning."""
    fill(run)
    clock.after = 10
    return run


def left(app: IftgenApp) -> bool:
    """Whether the app has ended or is about to."""
    return app._exit


@pytest.mark.parametrize(("key", "stop"), [("s", "graceful"), ("n", "now")])
async def test_a_run_that_is_watched_is_stopped_through_its_folder(
    full: Made, viewer: Viewer, key: str, stop: str
) -> None:
    app = viewer(full.path)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, Leave)
        for words in ("detach: the run goes on", "stop gracefully", "stop now", "stay here"):
            assert words in shown(app)
        await pilot.press(key)
        await pilot.pause()
        assert control(full)["stop"] == stop
        assert not left(app)  # one sees how it stops


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_one_may_stay(full: Made, viewer: Viewer, key: str) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("q", key)
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        assert (control(full), left(app), told(app)) == ({}, False, [])


async def test_detaching_leaves_and_touches_nothing(full: Made, viewer: Viewer) -> None:
    engine = FakeEngine(full.path)
    app = viewer(full.path, engine=engine)
    async with app.run_test() as pilot:
        await pilot.press("q", "d")
        await pilot.pause()
        assert left(app)
        assert (control(full), engine.stops) == ({}, [])


@pytest.mark.parametrize(("key", "now"), [("s", False), ("n", True)])
async def test_an_engine_of_our_own_is_asked_to_stop_and_waited_for(
    full: Made, viewer: Viewer, key: str, now: bool
) -> None:
    engine = FakeEngine(full.path)
    app = viewer(full.path, engine=engine)
    async with app.run_test() as pilot:
        await pilot.press("q", key)
        await pilot.pause()
        assert engine.stops == [now]
        assert control(full) == {}
        app._look()
        assert not left(app)
        engine.exit_code = 3
        app._look()
        assert left(app)


async def test_one_may_hurry_a_graceful_stop(full: Made, viewer: Viewer) -> None:
    engine = FakeEngine(full.path)
    app = viewer(full.path, engine=engine)
    async with app.run_test() as pilot:
        await pilot.press("q", "s", "q")
        await pilot.pause()
        await pilot.press("n")
        await pilot.pause()
        assert engine.stops == [False, True]


async def test_the_mouse_takes_a_choice(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("q")
        await pilot.pause()
        await pilot.click("#leave-escape")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        await pilot.press("q")
        await pilot.pause()
        await pilot.click("#leave-n")
        await pilot.pause()
        assert control(full)["stop"] == "now"


async def test_a_run_that_has_ended_is_left_at_once(full: Made, viewer: Viewer) -> None:
    full.end(11)
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("q")
        await pilot.pause()
        assert left(app)


async def test_a_stop_that_cannot_be_written_is_told(full: Made, viewer: Viewer) -> None:
    (full.path / ".control.lock").mkdir()
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("q", "s")
        await pilot.pause()
        assert "cannot be written" in told(app)[-1]
        assert not left(app)


async def test_an_engine_that_starts_is_shown_and_then_its_run(full: Made, viewer: Viewer) -> None:
    engine = FakeEngine()
    app = viewer(None, engine=engine)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, StartingScreen)
        assert "The settings are read and checked" in shown(app)
        app._look()
        assert isinstance(app.screen, StartingScreen)
        engine.place = full.path
        app._look()
        await pilot.pause()
        await look(pilot)
        assert isinstance(app.screen, RunScreen)
        assert "12 of 20" in shown(app)
        assert len(app.screen_stack) == 2


async def test_an_engine_that_fails_before_it_has_a_place_ends_the_viewer(viewer: Viewer) -> None:
    engine = FakeEngine()
    app = viewer(None, engine=engine)
    async with app.run_test():
        engine.exit_code = 2
        app._look()
        assert left(app)


async def test_an_engine_that_starts_can_be_stopped(viewer: Viewer) -> None:
    engine = FakeEngine()
    app = viewer(None, engine=engine)
    async with app.run_test() as pilot:
        await pilot.press("q")
        await pilot.pause()
        await pilot.press("n")
        await pilot.pause()
        assert engine.stops == [True]


async def test_an_engine_that_has_ended_leaves_its_run_on_the_screen(full: Made, viewer: Viewer) -> None:
    engine = FakeEngine(full.path)
    app = viewer(full.path, engine=engine)
    async with app.run_test() as pilot:
        engine.exit_code = 0
        app._look()
        assert not left(app)
        await pilot.press("q")
        await pilot.pause()
        assert left(app)
