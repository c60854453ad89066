"""Sending one request until it is answered: the gate, the attempts, the retries, and what each attempt is charged."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

from iftgen.backends import price
from iftgen.backends.base import Client, Gate, Outcome
from iftgen.backends.pulse import Pulse, backoff
from iftgen.backends.spec import BackendSpec
from iftgen.errors import BackendError, CallFailed, TransientCallError, UserError
from iftgen.store.charges import NOTHING, Charge
from iftgen.types import Reply, Request, Usage

ATTEMPTS = 6
# Attempts that wait where the server is busy or not there, while others are answered.
PATIENT, MOST_TRIES = ("overload", "unreachable"), 60
# Kinds of errors by which a server that dies is known, too.
LOST = ("cut", "timeout")
# Kinds of transient errors after which the provider may have written, and billed, a reply.
BILLED = ("timeout", "cut", "malformed")

OnEvent = Callable[..., None]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Sending:
    """A request on its way: whether an attempt is in flight, and of the last one when it began and its seconds.

    `most` are the most tokens of prompt and completion.
    """

    request: Request
    in_flight: bool = False
    begun: float = 0.0
    seconds: float = 0.0
    most: tuple[int, int] = (0, 0)


class Sender:
    """Makes the attempts of all calls to one backend.

    `draining` is set when nothing more shall be sent: whoever comes to a new attempt is cancelled. `cut_off` counts the
    attempts that may have been billed and whose reply nobody saw. `room` is clear while too many replies wait to be
    stored: what is sent meanwhile might be lost with them.
    """

    def __init__(
        self, client: Client, spec: BackendSpec, gate: Gate, emit: OnEvent, dead_after: float, sleep: Sleep
    ) -> None:
        """Wire the parts."""
        self.draining = False
        self.cut_off = 0
        self.room = asyncio.Event()
        self.room.set()
        self._client, self._spec, self._gate, self._emit, self._sleep = client, spec, gate, emit, sleep
        self._pulse = Pulse(spec.name, dead_after)
        self._beyond = (0, 0)

    async def send(self, sending: Sending) -> Reply:
        """Try until there is an answer, or until retrying is without hope."""
        begun = seen = self._pulse.answers
        tries = failed = 0
        while True:
            try:
                return await self._attempt(sending)
            except TransientCallError as error:
                # Where others are answered, it is this call that fails and not the backend. A lost connection shows
                # that only if they were since the last attempt; a call that is told to wait, or not let in, waits.
                others = self._pulse.answers > (seen if error.kind in LOST else begun)
                seen = self._pulse.answers
                failed += others and error.kind not in PATIENT
                if failed >= ATTEMPTS or (others and tries >= MOST_TRIES):
                    raise CallFailed(f"{error} ({tries + 1} attempts)") from None
                wait = min(backoff(tries, error.retry_after), self._pulse.check(error, sending.begun))
                self._emit("retry", backend=self._spec.name, kind=error.kind, reason=str(error), wait=round(wait, 3))
            tries += 1
            await self._wait(wait)

    def awake(self) -> None:
        """Note that a pause is over, in which nobody could answer."""
        self._pulse.forgive()

    async def _wait(self, seconds: float) -> None:
        if not self.draining:
            await self._sleep(seconds)

    async def _attempt(self, sending: Sending) -> Reply:
        """Send once, past the gate. Until it is known better, an attempt counts as billed in full."""
        if self.draining:
            raise asyncio.CancelledError
        worst = self._worst(sending)
        await self._enter(worst)
        clock = asyncio.get_running_loop().time
        sending.begun, sending.in_flight = clock(), True
        outcome, billed, usage = Outcome(), True, None
        try:
            reply = await self._client.send(sending.request)
            outcome.answered, usage = True, reply.usage
            return reply
        except TransientCallError as error:
            billed = error.kind in BILLED
            outcome.overloaded, outcome.retry_after = error.kind in ("overload", "timeout"), error.retry_after or 0.0
            raise
        except CallFailed:
            billed, outcome.answered = False, True
            raise
        except (BackendError, UserError):
            billed = False
            raise
        finally:
            sending.in_flight, sending.seconds = False, clock() - sending.begun
            outcome.seconds = sending.seconds
            self._end(worst, outcome, billed, sending.most, usage)

    async def _enter(self, worst: Charge) -> None:
        """Pass the gate; whoever was let in just before a pause gives its place back."""
        while True:
            await self._gate.enter(worst)
            try:
                await self.room.wait()
            except BaseException:
                self._gate.leave(worst, NOTHING, Outcome())
                raise
            if not self._gate.paused:
                return
            self._gate.leave(worst, NOTHING, Outcome())

    def _end(self, worst: Charge, outcome: Outcome, billed: bool, most: tuple[int, int], usage: Usage | None) -> None:
        """Settle an attempt: at what was used, at nothing, or at its worst case where nobody knows."""
        if outcome.answered:
            self._pulse.answer()
        elif billed:
            self.cut_off += 1
        used = worst if billed else NOTHING
        if usage is not None and self._gate.counts:
            used = price.used(self.rates, worst, usage, written=most[1] > 0)
            self._learn(most, usage)
        self._gate.leave(worst, used, outcome)

    def _worst(self, sending: Sending) -> Charge:
        if not self._gate.counts:
            return NOTHING
        prompt, completion = sending.most = price.most_tokens(sending.request)
        return price.worst_case(self.rates, prompt + self._beyond[0], completion + self._beyond[1])

    def _learn(self, most: tuple[int, int], usage: Usage) -> None:
        """Remember by how many tokens the server counted more than the worst case, for the calls to come."""
        prompt, completion = usage.prompt_tokens - most[0], usage.completion_tokens - most[1]
        if prompt > self._beyond[0] or completion > self._beyond[1]:
            self._beyond = (max(self._beyond[0], prompt), max(self._beyond[1], completion))

    @cached_property
    def rates(self) -> price.Rates | None:
        """Dollars a token; looked up when the first reply needs it, as the list of prices is long."""
        return price.rates(self._spec)
