"""A client that follows a script, and what a caller around it needs."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from iftgen.backends import Caller, make_spec
from iftgen.backends.base import Outcome
from iftgen.store.charges import Charge
from iftgen.types import Reply, Request, Usage
from tests.backends.conftest import MemoryStore


@dataclass
class Scripted:
    """Raises or returns what its script says, one entry an attempt, then answers well."""

    script: list[Exception] = field(default_factory=list)
    always: Callable[[Request], Exception | None] = lambda request: None
    gate: asyncio.Event | None = None
    model: str = "m"
    sent: list[Request] = field(default_factory=list)
    running: int = 0
    most: int = 0

    async def start(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""

    async def send(self, request: Request) -> Reply:
        """Follow the script."""
        self.sent.append(request)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0))
        finally:
            self.running -= 1
        error = self.script.pop(0) if self.script else self.always(request)
        if error:
            raise error
        return Reply("Hello.", usage=Usage(1000, 100))


class Clock:
    """Sleeps at once and moves the loop's time on by as much."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waits: list[float] = []
        loop = asyncio.get_running_loop()
        real = loop.time
        monkeypatch.setattr(loop, "time", lambda: real() + sum(self.waits))

    async def sleep(self, seconds: float) -> None:
        """Move on."""
        self.waits.append(seconds)
        await asyncio.sleep(0)


async def nap(seconds: float) -> None:
    """Let the others run."""
    await asyncio.sleep(0)


def caller(client: Scripted, store: MemoryStore | None = None, concurrency: int = 4, **more: Any) -> Caller:
    price = {"input": 1, "output": 10}
    spec = make_spec({"name": "b", "model": "m", "concurrency": concurrency, "price": price})
    return Caller(client, spec, store or MemoryStore(), **{"sleep": nap, **more})


class Till:
    """A gate that lets everybody in and notes what attempts were charged, or refuses with `error`."""

    counts, paused, most = True, False, 1000

    def __init__(self, error: Exception | None = None) -> None:
        self.on_limit: Callable[[int], None] | None = None
        self.error = error
        self.worst: list[Charge] = []
        self.used: list[Charge] = []

    async def enter(self, worst: Charge) -> None:
        if self.error:
            raise self.error
        self.worst.append(worst)

    def leave(self, worst: Charge, used: Charge, outcome: Outcome) -> None:
        self.used.append(used)
