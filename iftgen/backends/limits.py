"""Limits on calls within one process: how many at once, and how many requests and tokens a minute."""

import asyncio
from collections.abc import Callable

from iftgen.backends.base import Outcome
from iftgen.backends.line import Line
from iftgen.store.books import COOL_DOWN, NARROWING
from iftgen.store.charges import Charge

# Weight of the newest outcome in the running share of overloaded answers (429, time-out).
MEMORY = 0.03
# Share of overloaded answers from which the gate narrows; a few are normal noise of a busy server.
OVERLOADED = 0.5


class Strain:
    """The running share of overloaded answers."""

    def __init__(self) -> None:
        """Start without any."""
        self._share = 0.0

    def ease(self) -> None:
        """Note a healthy answer."""
        self._share *= 1 - MEMORY

    def grows(self) -> bool:
        """Note an overload; tells whether there are too many of them."""
        self._share += MEMORY * (1 - self._share)
        return self._share >= OVERLOADED


class LocalGate:
    """Lets at most `limit` calls through at once; `limit` falls under overload and grows back to `concurrency`."""

    def __init__(self, concurrency: int, rpm: int | None = None, tpm: int | None = None) -> None:
        """Start wide open."""
        self.limit = float(concurrency)
        self.running = 0
        self.counts = tpm is not None
        self.on_limit: Callable[[int], None] | None = None
        self.paused = False
        self.most = concurrency
        self._strain = Strain()
        self._narrowed = float("-inf")
        self._closed_until = 0.0
        self._waiting: Line[asyncio.Future[None]] = Line()
        self._requests = Pace(rpm)
        self._tokens = Pace(tpm)

    @property
    def width(self) -> int:
        """The most calls at once for now."""
        return int(self.limit)

    def resize(self, concurrency: int) -> None:
        """Let so many calls through at once; those in flight go on, and a gate that overload narrowed stays narrow."""
        healthy = self.limit >= self.most
        self.most, self.limit = concurrency, float(concurrency) if healthy else min(self.limit, concurrency)
        self._let_in()

    def pause(self, paused: bool) -> None:
        """Let nobody through for now, or go on."""
        self.paused = paused
        self._let_in()

    async def enter(self, worst: Charge) -> None:
        """Wait for a place and for the pace."""
        await self._place()
        try:
            await self._pace(worst.paced)
        except BaseException:
            self._tokens.give_back(worst.paced)
            self._free()
            raise

    def leave(self, worst: Charge, used: Charge, outcome: Outcome) -> None:
        """Free the place."""
        self._tokens.give_back(worst.paced - used.paced)
        if outcome.answered:
            self._answered()
        elif outcome.overloaded and self._strain.grows():
            self._narrow(outcome.retry_after)
        self._free()

    def _answered(self) -> None:
        """Widen by one call for each `limit` healthy answers."""
        self._strain.ease()
        if self.limit < self.most:
            self.limit = min(self.most, self.limit + 1 / self.limit)

    def _narrow(self, retry_after: float) -> None:
        """Under overload a wait that the server asks for holds for all calls, else for the one that was told."""
        now = asyncio.get_running_loop().time()
        self._closed_until = max(self._closed_until, now + retry_after)
        if now - self._narrowed < COOL_DOWN or self.limit <= 1:
            return
        self.limit, self._narrowed = max(1.0, self.limit * NARROWING), now
        if self.on_limit:
            self.on_limit(int(self.limit))

    async def _place(self) -> None:
        if self.running < int(self.limit) and not self._waiting and not self.paused:
            self.running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the place was ours already: hand it on
                self._free()
            raise

    def _free(self) -> None:
        self.running -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self.running < int(self.limit) and not self.paused:
            turn = self._waiting.popleft()
            if not turn.done():
                self.running += 1
                turn.set_result(None)

    async def _pace(self, tokens: int) -> None:
        now = asyncio.get_running_loop().time()
        wait = max(self._closed_until - now, self._requests.take(1, now), self._tokens.take(tokens, now))
        if wait > 0:
            await asyncio.sleep(wait)


class Pace:
    """A rate of `per_minute` units, spread evenly; a second's worth may go at once."""

    def __init__(self, per_minute: int | None) -> None:
        """Keep the rate; None is no limit."""
        self._cost = 60.0 / per_minute if per_minute else 0.0
        self._due = 0.0

    def take(self, units: int, now: float) -> float:
        """Reserve units; returns the seconds to wait before they may be used."""
        if not self._cost:
            return 0.0
        start = max(now - 1.0, self._due)
        self._due = start + units * self._cost
        return max(0.0, start - now)

    def give_back(self, units: int) -> None:
        """Return units that were reserved and not used (negative: take what was used beyond)."""
        self._due -= units * self._cost
