"""The thread behind a call store: what is asked for at about the same time is carried out as one group.

While one transaction (or round trip) is under way the next group gathers, so that the cost of a commit is shared by as
many as wait for it, and the event loop never waits for a disk, a lock or a socket.
"""

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from iftgen.errors import IftgenError, RunError


@dataclass(slots=True, eq=False)
class Operation:
    """One thing to do with a key; whoever carries it out sets `result`."""

    kind: Literal["put", "get", "claim", "release", "beat"]
    key: str = ""
    row: tuple[str, str | None, str | None] = ("", None, None)
    result: Any = None
    waiter: "asyncio.Future[None] | None" = None

    @property
    def abandoned(self) -> bool:
        """Whether whoever waited was cancelled."""
        return self.waiter is not None and self.waiter.done()


class GroupWorker:
    """Runs `carry_out` on groups of operations in a thread of its own, in the order in which they were asked for.

    With `beat_every` (seconds) a `beat` is added to a group at that pace, also where nothing else is asked for.
    """

    def __init__(self, carry_out: Callable[[list[Operation]], None], beat_every: float | None = None) -> None:
        """Start the thread."""
        self._carry_out = carry_out
        self._beat_every = beat_every
        self._queue: deque[Operation] = deque()
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="call-store", daemon=True)
        self._thread.start()

    async def submit(self, operation: Operation) -> Any:
        """Have an operation carried out and return its result; raises RunError where that is impossible."""
        if self._closing:
            raise RunError("The call store is closed.")
        operation.waiter = asyncio.get_running_loop().create_future()
        self.post(operation)
        await operation.waiter
        return operation.result

    def post(self, operation: Operation) -> None:
        """Have an operation carried out without waiting for it."""
        self._queue.append(operation)
        if not self._wake.is_set():
            self._wake.set()

    def close(self) -> None:
        """Carry out what is queued and end the thread; safe to call twice."""
        self._closing = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        next_beat = time.monotonic() + (self._beat_every or 0)
        closing = False
        while not closing:
            self._wake.wait(max(0.0, next_beat - time.monotonic()) if self._beat_every else None)
            self._wake.clear()  # before the queue is emptied, so that what comes meanwhile wakes the thread again
            closing = self._closing
            group = [self._queue.popleft() for _ in range(len(self._queue))]
            group = [operation for operation in group if operation.kind != "claim" or not operation.abandoned]
            if self._beat_every and time.monotonic() >= next_beat:
                next_beat = time.monotonic() + self._beat_every
                group.append(Operation("beat"))
            if group:
                _wake_waiters(group, self._failure(group))

    def _failure(self, group: list[Operation]) -> str | None:
        """Carry out a group; return what went wrong. The thread lives on, and those who wait hear of it."""
        try:
            self._carry_out(group)
        except IftgenError as error:
            return str(error)
        except Exception as error:
            return f"The call store failed: {type(error).__name__}: {error}"
        return None


def _wake_waiters(group: list[Operation], failure: str | None) -> None:
    """Wake all who wait in one step for each event loop: a wake-up across threads costs a system call."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for operation in group:
        if operation.waiter is not None:
            by_loop.setdefault(operation.waiter.get_loop(), []).append(operation.waiter)
    for loop, waiters in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, waiters, failure)


def _settle(waiters: "list[asyncio.Future[None]]", failure: str | None) -> None:
    for waiter in waiters:
        if waiter.done():
            continue
        if failure is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(RunError(failure))
