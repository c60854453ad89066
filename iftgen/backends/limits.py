"""Limits on calls: how many at once, and how many requests and tokens a minute."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator

# Weight of the newest outcome in the running share of overloaded answers (429, time-out).
MEMORY = 0.03
# Share of overloaded answers from which the gate narrows; a few are normal noise of a busy server.
OVERLOADED = 0.5
NARROWING = 0.6
# Seconds between two narrowings: answers to calls that were sent before the last one say nothing new.
COOL_DOWN = 1.0


class Gate:
    """Lets at most `limit` calls through at once; `limit` falls under overload and grows back to `concurrency`."""

    def __init__(self, concurrency: int, rpm: int | None = None, tpm: int | None = None) -> None:
        """Start wide open."""
        self.limit = float(concurrency)
        self.running = 0
        self._most = concurrency
        self._share = 0.0
        self._narrowed = float("-inf")
        self._closed_until = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._requests = Pace(rpm)
        self._tokens = Pace(tpm)

    @contextlib.asynccontextmanager
    async def slot(self, tokens: int) -> AsyncIterator[None]:
        """Hold a slot for one attempt that may use `tokens` tokens, once pace and limit allow it."""
        await self._enter()
        try:
            await self._pace(tokens)
            yield
        finally:
            self.running -= 1
            self._wake()

    def settle(self, reserved: int, used: int) -> None:
        """Give back the tokens that an attempt reserved and did not use."""
        self._tokens.give_back(reserved - used)

    def answered(self) -> None:
        """Note a healthy answer: widen by one call for each `limit` answers."""
        self._share *= 1 - MEMORY
        if self.limit < self._most:
            self.limit = min(self._most, self.limit + 1 / self.limit)
            self._wake()

    def overloaded(self, retry_after: float | None) -> bool:
        """Note a 429 or a time-out; returns True where the gate became narrower.

        Under overload a wait that the server asks for holds for all calls, else for the one that was told.
        """
        now = asyncio.get_running_loop().time()
        self._share += MEMORY * (1 - self._share)
        if self._share < OVERLOADED:
            return False
        self._closed_until = max(self._closed_until, now + (retry_after or 0.0))
        if now - self._narrowed < COOL_DOWN or self.limit <= 1:
            return False
        self.limit, self._narrowed = max(1.0, self.limit * NARROWING), now
        return True

    async def _enter(self) -> None:
        if self.running < int(self.limit) and not self._waiting:
            self.running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the slot was ours already: hand it on
                self.running -= 1
                self._wake()
            raise

    def _wake(self) -> None:
        while self._waiting and self.running < int(self.limit):
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
