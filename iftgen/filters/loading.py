"""The time that models and word lists take to load, which the ledger charges to no filter."""

import contextlib
import threading
from collections.abc import Iterator
from time import perf_counter


class _Clock(threading.local):
    """The seconds that this thread has spent on loading, or on waiting for another thread that loads."""

    seconds = 0.0


_clock = _Clock()


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Count what happens inside as loading: it is done once, whichever row comes first."""
    start = perf_counter()
    try:
        yield
    finally:
        _clock.seconds += perf_counter() - start


def loaded() -> float:
    """Return the seconds of this thread so far."""
    return _clock.seconds
