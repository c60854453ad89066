"""One lane of a ledger, as the calls of one process to one backend see it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iftgen.backends.base import Outcome
from iftgen.backends.limits import Strain
from iftgen.backends.line import Line
from iftgen.store.books import Books, Limits, Seat, give_place, narrow, seat_of, widen
from iftgen.store.charges import Charge

if TYPE_CHECKING:
    from iftgen.backends.turnstile import Turnstile


@dataclass(eq=False, slots=True)
class Waiter:
    """An attempt that is not let in yet."""

    worst: Charge
    turn: asyncio.Future[None]


@dataclass(eq=False, slots=True)
class Left:
    """An attempt that ended and is not settled yet."""

    gate: "SharedGate"
    worst: Charge
    used: Charge
    outcome: Outcome


class SharedGate:
    """One lane of a ledger, as the calls of this process to one backend see it."""

    counts = True

    def __init__(self, turnstile: "Turnstile", name: str, limits: Limits) -> None:
        """Take the name of the lane, which jobs that share it give alike."""
        self.name, self.limits = name, limits
        self.width = limits.concurrency
        self.paused = False
        self.queue: Line[Waiter] = Line()
        self.on_limit: Callable[[int], None] | None = None
        self._turnstile = turnstile
        self._strain = Strain()
        self._news: int | None = None
        self._before = limits.concurrency

    @property
    def most(self) -> int:
        """The most calls at once, while the backend is healthy."""
        return self.limits.concurrency

    def resize(self, concurrency: int) -> None:
        """Let so many calls of this process through at once; those in flight go on."""
        self.limits = replace(self.limits, concurrency=concurrency)
        self.width = min(self.width, concurrency)
        self._turnstile.look()

    def pause(self, paused: bool) -> None:
        """Let nobody of this process through for now, or go on."""
        self.paused = paused
        self._turnstile.look()

    async def enter(self, worst: Charge) -> None:
        """Wait for a place in the lane and in the budget."""
        await self._turnstile.enter(self, worst)

    def leave(self, worst: Charge, used: Charge, outcome: Outcome) -> None:
        """Settle the attempt."""
        self._turnstile.leave(self, worst, used, outcome)

    def waits(self) -> bool:
        """Tell whether somebody waits to be let in; drops those who were cancelled."""
        while self.queue and self.queue.first().turn.done():
            self.queue.popleft()
        return bool(self.queue) and not self.paused

    def seat(self, books: Books, owner: str) -> Seat:
        """Return the owner's seat; a lane that is as wide as it was allowed to be grows with the limits."""
        seat = seat_of(books, self.name, owner, self.limits)
        lane = books["lanes"][self.name]
        if self._before < self.most and lane["width"] >= self._before:
            lane["width"] = max(lane["width"], float(self.most))
        self._before = self.most
        self.width = min(int(lane["width"]), self.most)
        return seat

    def settle(self, books: Books, owner: str, left: Left, now: float) -> None:
        """Free the place in the lane, and let the outcome make the lane wider or narrower."""
        self.seat(books, owner)
        lane = books["lanes"][self.name]
        give_place(lane, owner, self.limits, left.worst.paced - left.used.paced)
        if left.outcome.answered:
            self._strain.ease()
            widen(lane, self.limits)
        elif left.outcome.overloaded and self._strain.grows() and narrow(lane, left.outcome.retry_after, now):
            self._news = int(lane["width"])
        self.width = min(int(lane["width"]), self.most)

    def tell(self) -> None:
        """Report that the lane became narrower, once the ledger has it."""
        news, self._news = self._news, None
        if news is not None and self.on_limit:
            self.on_limit(news)
