"""Progress lines of a run or a sweep that another process makes, read from its events."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from iftgen.cli.progress import EVERY_PIPE, EVERY_TTY, line, say, with_models
from iftgen.store.lock import is_locked
from iftgen.store.sweeps import SWEEP, is_sweep
from iftgen.watch.feed import SUSPECT, RunFeed
from iftgen.watch.sweep import SweepFeed
from iftgen.watch.view import RunView

# Seconds between two looks at the events.
LOOK = 0.25
# Seconds after which a sweep is over when none of its jobs works and no other begins: between two jobs lies the time
# that the statistics of a large run take.
IDLE = 15.0


def follow(place: Path) -> None:
    """Print lines on stderr until the run or the sweep has ended, or is seen to be dead."""
    watched = _Sweep(place) if is_sweep(place) else _Run(RunFeed(place))
    while not watched.look():
        time.sleep(LOOK)


@contextlib.contextmanager
def following(place: Path) -> Iterator[None]:
    """Print the lines of a sweep, from a thread, while the body waits for it."""
    over = threading.Event()

    def look() -> None:
        watched = _Sweep(place, patient=True)
        while not over.wait(LOOK):
            watched.look()
        watched.look(last=True)

    thread = threading.Thread(target=look, name="follow", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class _Run:
    """The lines of one run; `label` tells the jobs of a sweep apart."""

    def __init__(self, feed: RunFeed, label: str = "") -> None:
        self.feed, self.label = feed, label
        self.every = EVERY_TTY if sys.stderr.isatty() else EVERY_PIPE
        self.begun = time.monotonic()
        self.shown = float("-inf")
        self.status = "starting"
        self.dead = False

    def look(self) -> bool:
        """Take in what is new and print what is due; tells whether the run has ended."""
        self.feed.poll()
        while self.feed.behind:
            self.feed.poll()
        view, before = self.feed.view, self.status
        self.status = view.status
        if view.status == "starting":
            return self._stillborn()
        if before == "starting":
            say(f"iftgen: {self.label}{self.feed.folder.path}{with_models(view.asked)}")
            if view.note:
                say(f"iftgen: {self.label}{view.note}")
        if view.live:
            self._progress(view)
        elif before != view.status:
            say(self._line(view))
            say(f"iftgen: {self.label}{view.status}" + (f": {view.message}" if view.message else ""))
        return not view.live

    def _progress(self, view: RunView) -> None:
        if time.monotonic() - self.shown >= self.every:
            self.shown = time.monotonic()
            say(self._line(view) + ("" if view.status == "running" else f" · {view.status}"))

    def _line(self, view: RunView) -> str:
        names = ("accepted", "rejected", "failed", "by_filter", "tokens", "paid")
        event = {**{name: getattr(view, name) for name in names}, "cost_usd": view.cost}
        retries = sum(view.retries.values())
        text = line(event, view.target, self.feed.seconds(), view.rate * 60, retries, view.rows)
        return f"  {self.label}{text.lstrip()}" if self.label else text

    def _stillborn(self) -> bool:
        """Tell whether a run has no event and no process either."""
        path = self.feed.folder.path
        if not self.dead and time.monotonic() - self.begun >= SUSPECT and not is_locked(path):
            self.dead = True
            say(f"iftgen: {self.label}{path} was killed before it began; `iftgen resume {path}` goes on")
        return self.dead


class _Sweep:
    """The lines of all jobs of a sweep."""

    def __init__(self, place: Path, patient: bool = False) -> None:
        self.feed = SweepFeed(place)
        self.patient = patient  # whoever waits for the jobs knows better when they are over
        self.runs: dict[str, _Run] = {}

    def look(self, last: bool = False) -> bool:
        """Take in what is new and print what is due; tells whether the sweep has ended."""
        self.feed.poll(at_once=last)
        for name, job in self.feed.jobs.items():
            if job.feed is not None and name not in self.runs:
                self.runs[name] = _Run(job.feed, f"job {name}: ")
        ended = [run.look() for run in self.runs.values()]
        if not all(ended):
            return False
        waiting = len(self.feed.jobs) - len(self.runs)
        if not waiting and (self.feed.folder / SWEEP).exists():
            return True
        if self.patient or self._idle() < IDLE:
            return False
        if waiting:
            say(f"iftgen: no job is running; {waiting} of {len(self.feed.jobs)} have not begun")
        return True

    def _idle(self) -> float:
        """Seconds since anything was written that tells of a job."""
        files = [self.feed.folder, *self.feed.folder.glob("*/events.jsonl")]
        return time.time() - max(file.stat().st_mtime for file in files)
