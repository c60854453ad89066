"""Processes that judge the rows of a file: checks without memory need one row each, so every core can help."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from types import ModuleType
from typing import Any

from iftgen.backends.cores import usable_threads
from iftgen.errors import RunError
from iftgen.filters.checks import Spent
from iftgen.filters.stack import FilterStack
from iftgen.types import Candidate, Verdict

# Rows of a file from which on processes are worth their start.
WORTH_IT = 4000
MOST = 8

# Ctrl-C and a terminal that is closed reach the whole group; the run itself ends in order, and its processes with it.
NOT_THEIRS = (signal.SIGINT, signal.SIGHUP)

# Seconds until the death of a process is told: a signal to the whole group ends it, and is first a stop of the run.
GRACE = 0.5

Judged = tuple[Candidate, Verdict | None]
_stack: FilterStack | Exception


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
        with _apart():  # a process that watches over locks starts here
            self._pool = ProcessPoolExecutor(width, context, _begin, (dict(recipe),))

    async def judge(self, rows: Sequence[Candidate]) -> Sequence[Judged]:
        """Return each row, with its scores, and its verdict; raises RunError where a process died."""
        loop = asyncio.get_running_loop()
        try:
            with _apart():  # a process starts when a task is handed in
                judging = loop.run_in_executor(self._pool, _judge, list(rows))
            judged, spent = await judging
        except BrokenProcessPool:
            await asyncio.sleep(GRACE)
            told = "A process that judges rows ended: was it killed, for want of memory? The run can be resumed."
            raise RunError(told) from None
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
    found = min(usable_threads(), MOST)
    return 0 if rows < WORTH_IT or found < 2 or _is_worker() else found


def _is_worker() -> bool:
    """Tell whether this process may have no children, or is one of joblib's: they share the cores, and would end."""
    method = multiprocessing.get_start_method(allow_none=True)
    foreign = method is not None and method not in multiprocessing.get_all_start_methods()
    return foreign or multiprocessing.current_process().daemon


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    """Start processes that are deaf to the signals of the run, from their first moment, and that load no main module.

    They need nothing of it, and one that begins the run without asking for its name would begin it once more in each.
    """
    main, before = sys.modules["__main__"], signal.pthread_sigmask(signal.SIG_BLOCK, NOT_THEIRS)
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(recipe: Mapping[str, Any]) -> None:
    global _stack
    for number in NOT_THEIRS:
        signal.signal(number, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    try:
        _stack = FilterStack.build(**recipe)
        _stack.warm()
    except Exception as error:  # a process that raises here would end without a word of it
        _stack = error


def _end_with(sentinel: int) -> None:
    """End with the parent, also where that was killed."""
    with contextlib.suppress(OSError):
        wait([sentinel])
    os._exit(1)


def _judge(rows: Sequence[Candidate]) -> tuple[list[Judged], dict[str, tuple[int, float]]]:
    if isinstance(_stack, Exception):
        raise _stack
    judged = [(row, _stack.check_given(row)) for row in rows]
    spent = {name: (one.checks, one.seconds) for name, one in _stack.spent.items()}
    _stack.reset()
    return judged, spent
