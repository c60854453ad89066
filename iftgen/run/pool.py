"""Processes that judge the rows of a file: checks without memory need one row each, so every core can help."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any

from iftgen.backends.cores import usable_threads
from iftgen.errors import RunError
from iftgen.filters.checks import Spent
from iftgen.filters.stack import FilterStack
from iftgen.types import Candidate, Verdict

# Rows of a file from which on processes are worth their start.
WORTH_IT = 4000
MOST = 8

Judged = tuple[Candidate, Verdict | None]
_stack: FilterStack


class FilterPool:
    """Judges candidates that are complete as `FilterStack.check_given` does, with a stack of its own in each process.

    `recipe` holds the arguments of `FilterStack.build`; the time that the filters took goes into `spent`.
    """

    def __init__(self, recipe: Mapping[str, Any], spent: dict[str, Spent], width: int) -> None:
        """Start nothing yet: a process begins with the first rows that it gets."""
        self.width = width
        self._spent = spent
        # A fork would copy the threads' locks of this process in whatever state they are.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(width, context, _begin, (dict(recipe),))

    async def judge(self, rows: Sequence[Candidate]) -> Sequence[Judged]:
        """Return each row, with its scores, and its verdict; raises RunError where a process died."""
        loop = asyncio.get_running_loop()
        try:
            judged, spent = await loop.run_in_executor(self._pool, _judge, list(rows))
        except BrokenProcessPool:
            raise RunError("A process that judges rows ended: was it killed, for want of memory? Resume.") from None
        for name, (checks, seconds) in spent.items():
            own = self._spent.setdefault(name, Spent())
            own.checks += checks
            own.seconds += seconds
        return judged

    def close(self) -> None:
        """End the processes; what they have not begun is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def width_for(rows: int) -> int:
    """Return how many processes so many rows are worth: 0 where this one alone is as fast, or may have no children."""
    alone = rows < WORTH_IT or multiprocessing.current_process().daemon
    found = min(usable_threads(), MOST)
    return 0 if alone or found < 2 else found


def _begin(recipe: Mapping[str, Any]) -> None:
    global _stack
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the run itself ends in order
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _stack = FilterStack.build(**recipe)
    _stack.warm()


def _end_with(sentinel: int) -> None:
    """End with the parent, also where that was killed."""
    with contextlib.suppress(OSError):
        wait([sentinel])
    os._exit(1)


def _judge(rows: Sequence[Candidate]) -> tuple[list[Judged], dict[str, tuple[int, float]]]:
    judged = [(row, _stack.check_given(row)) for row in rows]
    spent = {name: (one.checks, one.seconds) for name, one in _stack.spent.items()}
    _stack.reset()
    return judged, spent
