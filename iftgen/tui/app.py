"""The app: one screen for a run, one for a sweep, one for a review; a thread reads the files, the screens draw."""

import getpass
import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import get_current_worker

from iftgen.errors import IftgenError
from iftgen.store.control import steer
from iftgen.store.items import Item
from iftgen.store.sweeps import is_sweep
from iftgen.tui.engine import Engine
from iftgen.tui.screens.dialogs import Leave, Reader
from iftgen.tui.screens.help import help_text
from iftgen.tui.screens.review import ReviewScreen
from iftgen.tui.screens.run import RunScreen
from iftgen.tui.screens.starting import StartingScreen
from iftgen.tui.screens.sweep import SweepScreen
from iftgen.watch.feed import RunFeed
from iftgen.watch.sweep import SweepFeed

# Seconds between two looks at the files: from an event to the screen it takes that long at most, and drawing.
EVERY = 0.2
Watching = RunScreen | SweepScreen


class IftgenApp(App[None]):
    """Watches a place, which may be told by an engine later, or reviews some items of it."""

    TITLE = "iftgen"
    NOTIFICATION_TIMEOUT = 3.0
    CSS_PATH = Path(__file__).with_name("style.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Help", tooltip="All keys"),
        Binding("q", "leave", "Leave", tooltip="Leave, or stop the run", priority=False),
    ]

    def __init__(
        self,
        place: Path | None = None,
        engine: Engine | None = None,
        review: Sequence[Item] | None = None,
        reviewer: str = "",
        live: bool = True,
    ) -> None:
        """Watch `place`, or what `engine` makes. Without `live` nothing is read again by itself, for tests."""
        super().__init__()
        self.place, self.engine, self.items = place, engine, review
        self.reviewer = reviewer or _user()
        self._live = live
        self._wake = threading.Event()
        self._leaving = False
        self._failure = ""  # of the reader, told once

    def on_mount(self) -> None:
        """Open the screen that suits the place."""
        if self.place is not None and self.items is not None:
            self.push_screen(ReviewScreen(self.place, self.items, self.reviewer))
        elif self.place is not None:
            self._open(self.place)
        else:
            self.push_screen(StartingScreen())
        if self._live:
            self.set_interval(EVERY, self._look)
            self._follow()

    def _open(self, place: Path) -> None:
        self.place = place
        screen: Watching = (
            SweepScreen(SweepFeed(place)) if is_sweep(place) else RunScreen(RunFeed(place), self.reviewer)
        )
        if isinstance(screen, RunScreen) or not self._live:
            screen.poll()
        if isinstance(self.screen, StartingScreen):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def open_run(self, feed: RunFeed) -> None:
        """Open a job of a sweep."""
        screen = RunScreen(feed, self.reviewer)
        screen.poll()
        self.push_screen(screen)

    @property
    def watching(self) -> Watching | None:
        """The uppermost screen that watches something."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Watching)), None)

    def _look(self) -> None:
        """See what became of the engine."""
        engine = self.engine
        if engine is None:
            return
        if self.place is None and engine.place is not None:
            self._open(engine.place)
        ended = engine.exit_code is not None
        if ended and (self._leaving or self.place is None):
            self.exit()

    @work(thread=True, exit_on_error=False, group="reader")
    def _follow(self) -> None:
        """Read files until the app ends; the screen draws in between, so that no value changes under it."""
        worker = get_current_worker()
        while not worker.is_cancelled and not self._wake.is_set():
            screen = self.watching
            if screen is None or not screen.is_mounted:
                self._wake.wait(EVERY)
                continue
            if not self._step(screen):
                self._wake.wait(EVERY)

    def _step(self, screen: Watching) -> bool:
        """Read and draw once; tells whether there is more to read at once."""
        try:
            if self._read(screen) and self.is_running:
                self.call_from_thread(self._draw, screen)
            return screen.behind
        except Exception as error:  # whatever a file holds, or is being closed: the viewer goes on
            if self.is_running and repr(error) != self._failure:
                self._failure = repr(error)
                self.notify(f"A file could not be shown: {error!r}", severity="warning", markup=False)
            return False

    def _read(self, screen: Watching) -> bool:
        """Read for a while where there is much to read, since each drawing costs time too; tells whether it changed."""
        changed, enough = False, time.monotonic() + EVERY
        while True:
            changed |= screen.poll()
            if not screen.behind or time.monotonic() >= enough:
                return changed

    def _draw(self, screen: Watching) -> None:
        if screen.is_mounted and screen in self.screen_stack:
            screen.show()

    def on_unmount(self) -> None:
        """Let the reader end at once."""
        self._wake.set()

    def action_help(self) -> None:
        """Show the keys of the screen."""
        if not isinstance(self.screen, Reader):
            self.push_screen(Reader("Keys", help_text(self.screen)))

    @work
    async def action_leave(self) -> None:
        """Leave; where a run goes on, ask what is to become of it."""
        if isinstance(self.screen, ReviewScreen) and len(self.screen_stack) > 2:
            self.pop_screen()
            return
        if not self._goes_on():
            self.exit()
            return
        answer = await self.push_screen_wait(Leave())
        if answer == "detach":
            self.exit()
        elif answer:
            self._stop(answer == "now")

    def _goes_on(self) -> bool:
        if self.engine is not None and self.engine.exit_code is not None:
            return False
        screen = self.screen_stack[1] if len(self.screen_stack) > 1 else None
        if isinstance(screen, RunScreen):  # an engine that still writes statistics is not to be stopped any more
            return screen.feed.view.live and (self.engine is not None or screen.feed.view.status != "starting")
        if self.engine is not None:
            return True
        jobs = screen.feed.jobs.values() if isinstance(screen, SweepScreen) else ()
        return any(job.feed is not None and job.feed.view.live for job in list(jobs))

    def _stop(self, now: bool) -> None:
        """Stop the run or the sweep, and leave once our own engine has ended."""
        self._leaving = True
        if self.engine is not None:
            self.engine.stop(now)
        elif self.place is not None:
            try:
                steer(self.place, stop="now" if now else "graceful")
            except IftgenError as error:
                self.notify(str(error), severity="error", markup=False)
                return
        self.notify("It stops now." if now else "It stops: calls in flight are finished first.", markup=False)

    def action_open_review(self, folder: Path) -> None:
        """Review a sample of a run."""
        from iftgen.review.sample import sample

        try:
            items = sample(folder)
        except (IftgenError, OSError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if items:
            self.push_screen(ReviewScreen(folder, items, self.reviewer))
        else:
            self.notify("There is nothing to review yet.", markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer what the keys do in the command palette too."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Leave", "Leave, or stop the run", self.action_leave)
        yield SystemCommand("All keys", "Show what every key does", self.action_help)
        if isinstance(screen, RunScreen):
            yield SystemCommand("Review", "Judge a random sample by hand", screen.action_review)
            if screen.feed.view.live:
                yield SystemCommand("Pause or go on", "Send no further call, or go on", screen.action_pause)
                yield SystemCommand("Budget", "Set another budget", screen.action_budget)
                yield SystemCommand("Finish early", "With the examples that are there", screen.action_finish)


def watch(place: Path | None, engine: Engine | None = None) -> None:
    """Show a run or a sweep until the viewer is closed; what it shows is never touched by a failure of the viewer."""
    IftgenApp(place, engine).run()


def review(folder: Path, name: str, items: Sequence[Item]) -> None:
    """Let a person judge some rows of a run, until the viewer is closed."""
    IftgenApp(folder, review=items, reviewer=name).run()


def _user() -> str:
    try:
        return os.environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):
        return "reviewer"
