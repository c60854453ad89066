"""What ends a run before its end: signals, and the time that a budget leaves."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def stop_on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C, SIGTERM or a closed terminal once: draw nothing more; twice: cancel.

    Only the main thread can take signals. Under nohup a closed terminal means nothing.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    seen = []

    def on_signal() -> None:
        seen.append(True)
        if len(seen) == 1:
            stop()
        elif len(seen) == 2 and task is not None:
            task.cancel()

    taken = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
            loop.add_signal_handler(number, on_signal)
            taken.append(number)
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
            if seen:
                _ignore_one(number)


def _ignore_one(number: int) -> None:
    """Let the end be written: a second signal that comes when the work is over already must not cut it; a third may."""

    def on_signal(number: int, frame: object) -> None:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    signal.signal(number, on_signal)


class Alarm:
    """Cancels the work when its time is over: no call was begun that was likely to last so long."""

    def __init__(self, seconds_left: Callable[[], float | None]) -> None:
        """Take what tells the seconds that are left, None for any number."""
        self.rang = False
        self._seconds_left = seconds_left
        self._work: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.contextmanager
    def over(self, work: "asyncio.Task[Any] | None") -> Iterator[None]:
        """Watch over the work."""
        self._work = work
        self.set()
        try:
            yield
        finally:
            self._work = None
            self.set()

    def set(self) -> None:
        """Set the alarm anew."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        seconds = self._seconds_left() if self._work is not None else None
        if seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._ring)

    def _ring(self) -> None:
        if self._work is not None:
            self.rang = True
            self._work.cancel()
