"""A run as a viewer follows it: its events, and on demand its rows."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from iftgen.store.folder import RunFolder
from iftgen.store.lock import is_locked
from iftgen.watch.fold import Fold
from iftgen.watch.pace import Pace
from iftgen.watch.tail import Tail
from iftgen.watch.view import RunView

# Seconds without an event (a run tells its counts every second) after which it is called silent, and after which its
# lock is looked at.
SILENT, SUSPECT = 15.0, 2.5
# Events that tell nothing but what the next `progress` sums up; most of a file are of this kind, and are not parsed.
_SUMMED = b'"event":"call"'


class RunFeed:
    """Follows the events of one run folder; `view` is a value that never changes under a reader.

    Any thread may call `poll` (a job is opened while the reader's thread still looks at its sweep) and read `view`.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Read nothing yet; the folder may be empty so far."""
        self.folder = RunFolder(folder)
        self.view = RunView()
        self._clock = clock
        self._tail = Tail(self.folder.events)
        self._fold = Fold()
        self._heard = 0.0
        self._restarts = 0
        self._polling = threading.Lock()

    @property
    def name(self) -> str:
        """The name of the folder, with that of the one above it, as in `2026-11-25/16-20-03-a1b2c3`."""
        return "/".join(self.folder.path.absolute().parts[-2:])

    @property
    def pace(self) -> Pace:
        """How fast the run goes and went."""
        return self._fold.pace

    def poll(self) -> bool:
        """Take in what was appended, a limited piece of it; tells whether anything changed."""
        with self._polling:
            before = self.view
            self._take_in(self._tail.read())
            self.view = self._judged(self._fold.view)
            return self.view != before

    def _take_in(self, lines: Sequence[bytes]) -> None:
        if self._tail.restarts != self._restarts:  # another file is in its place
            self._restarts, self._fold = self._tail.restarts, Fold()
        for line in lines:
            event = _event(line) if _SUMMED not in line else None
            if event is not None:
                self._fold.take(event)
        if lines:
            self._heard = self._clock() if self._heard else max(self._fold.last, 0.0)

    @property
    def behind(self) -> bool:
        """Whether there is more to take in at once."""
        return self._tail.behind

    def seconds(self) -> float:
        """Return for how long the run has worked, this moment included."""
        view = self.view
        running = view.live and view.status != "silent" and self._heard
        return view.elapsed + (min(max(0.0, self._clock() - self._heard), SILENT) if running else 0.0)

    def _judged(self, view: RunView) -> RunView:
        """Tell a run that is silent, or whose process is gone, from one that works."""
        silent = self._clock() - self._heard if self._heard else 0.0
        if not view.live or view.status == "starting" or silent < SUSPECT or self.behind:
            return view
        locked = is_locked(self.folder.path)
        if locked is False:
            message = f"the process is gone; `iftgen resume {self.folder.path}` goes on"
            rate = self.pace.overall()
            return replace(
                view,
                status="killed",
                message=message,
                in_flight=0,
                calling=0,
                rate=rate,
                token_rate=0.0,
                remaining=None,
            )
        if silent < SILENT:
            return view
        return replace(view, status="silent", message=f"nothing was heard of it for {silent:.0f} s", rate=0.0)


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None
