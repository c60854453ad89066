"""What guards a run: the folder's lock, and the signals that stop it."""

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

from iftgen.errors import RunError


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the folder's lock; raises RunError where another process has it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        handle = os.open(path / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise RunError(f"{path}: the run folder cannot be written ({error.strerror}).") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise RunError(f"{path}: another process is running in this folder. Wait for it, or stop it first.") from None
    try:
        yield
    finally:
        os.close(handle)


def is_locked(path: Path) -> bool:
    """Tell whether a process is running in the folder."""
    try:
        handle = os.open(path / ".lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


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
