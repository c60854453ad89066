"""Steering: what `control.json` asks of a live run is done, told as an event, and kept in the manifest."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from iftgen.errors import IftgenError, UserError
from iftgen.store.control import NAME, Control, read_control, withdraw

# Seconds between two looks at the file.
EVERY = 0.25
# Nanoseconds for which a file is read again: two that are written in one tick of the clock may look alike.
FRESH = 10**8
# Does what is wanted, and returns the keys of the config that it changed; raises UserError where it cannot be done.
Lever = Callable[[Any], dict[str, Any]]
# In which order changes that come together are made.
ORDER = ("budget", "concurrency", "paused", "finish", "stop")


class Steering:
    """Looks at the control files of a run, and of the sweep that it is a job of, where only `stop` counts."""

    def __init__(
        self,
        folder: Path,
        sweep: Path | None,
        resumed: bool,
        in_force: Control,
        levers: Mapping[str, Lever],
        emit: Callable[..., None],
        keep: Callable[[dict[str, Any]], None],
    ) -> None:
        """Take what the config says (`in_force`), and a lever for each field of a Control and for `sweep`, its stop.

        `keep` is told of the keys of the config that were changed. A run that goes on leaves a stop of its sweep alone
        that was asked for before.
        """
        self._folder, self._levers, self._emit, self._keep = folder, levers, emit, keep
        self._files = [_File(folder, in_force)]
        if sweep is not None:
            self._files.append(_File(sweep, read_control(sweep) if resumed else Control()))

    async def watch(self) -> None:
        """Look again and again, until it is cancelled."""
        while True:
            self.look()
            await asyncio.sleep(EVERY)

    def look(self) -> None:
        """Act on what has changed; a disk that is full is the run's own trouble, which it will meet."""
        for place, file in enumerate(self._files):
            for key, value in file.news().items():
                with contextlib.suppress(IftgenError, OSError):
                    if place == 0:
                        self._pull(key, value)
                    elif key == "stop":
                        self._levers["sweep"](value)
                        self._emit("steer", change={"stop": value}, sweep=True)

    def _pull(self, key: str, value: Any) -> None:
        try:
            changed = self._levers[key](value)
        except UserError as error:
            self._emit("steer", change={key: value}, refused=str(error))
            caps = value if key == "budget" else ()
            withdraw(self._folder, concurrency=key == "concurrency", caps=caps)
            return
        if changed:
            self._keep(changed)
        self._emit("steer", change={key: value})


class _File:
    """A control file, and what it said when it was last looked at."""

    def __init__(self, folder: Path, seen: Control) -> None:
        self._folder, self._seen = folder, seen
        self._mark: tuple[int, int] | None = None

    def news(self) -> dict[str, Any]:
        """Return the fields that are wanted otherwise than before; of the caps those that are new or changed."""
        mark = self._look()
        if mark == self._mark:
            return {}
        settled = mark is not None and time.time_ns() - mark[1] > FRESH
        self._mark, before, self._seen = mark if settled else None, self._seen, read_control(self._folder)
        found = {key: getattr(self._seen, key) for key in ORDER}
        found["budget"] = {key: cap for key, cap in self._seen.budget.items() if before.budget.get(key) != cap}
        changed = {key: value for key, value in found.items() if value != getattr(before, key)}
        if not found["budget"]:
            changed.pop("budget", None)
        return {key: value for key, value in changed.items() if value or key == "paused"}

    def _look(self) -> tuple[int, int] | None:
        """Return what tells one content of the file from the next; each is written to a file of its own."""
        with contextlib.suppress(OSError):
            state = (self._folder / NAME).stat()
            return state.st_ino, state.st_mtime_ns
        return None
