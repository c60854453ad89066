"""The lock of a run folder: one process runs in it, and anybody may look whether one does."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from iftgen.errors import RunError

NAME = ".lock"
# A viewer that looks holds the lock for a moment: a run tries so often, so many seconds apart, before it gives up.
TRIES, PAUSE = 10, 0.02


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the folder's lock; raises RunError where another process has it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        handle = os.open(path / NAME, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise RunError(f"{path}: the run folder cannot be written ({error.strerror}).") from None
    tries = 1
    while not (taken := _taken(handle, fcntl.LOCK_EX)) and tries < TRIES:
        tries += 1
        time.sleep(PAUSE)
    if not taken:
        os.close(handle)
        raise RunError(f"{path}: another process is running in this folder. Wait for it, or stop it first.")
    try:
        yield
    finally:
        os.close(handle)


def is_locked(path: Path) -> bool:
    """Tell whether a process is running in the folder, which may be another user's; False where nobody may look."""
    try:
        handle = os.open(path / NAME, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _taken(handle, fcntl.LOCK_SH)  # several viewers may look at once
    finally:
        os.close(handle)


def _taken(handle: int, kind: int) -> bool:
    """Take the lock at once, if it is free."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
