"""Signals that come when the work is over already."""

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from iftgen.run.guards import stop_on_signals


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Leave the signals of the process as they were."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def ctrl_c() -> None:
    """Send Ctrl-C to this process."""
    os.kill(os.getpid(), signal.SIGINT)


def test_the_second_half_of_a_hurried_pair_does_not_cut_what_is_written_at_the_end() -> None:
    async def work() -> str:
        stopped = asyncio.Event()
        with stop_on_signals(stopped.set):
            ctrl_c()
            await stopped.wait()
        return "stopped"

    assert asyncio.run(work()) == "stopped"
    ctrl_c()
    with pytest.raises(KeyboardInterrupt):
        ctrl_c()


def test_without_a_stop_ctrl_c_means_what_it_always_means() -> None:
    async def work() -> None:
        with stop_on_signals(lambda: None):
            pass

    asyncio.run(work())
    with pytest.raises(KeyboardInterrupt):
        ctrl_c()
