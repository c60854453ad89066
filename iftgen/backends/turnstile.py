"""The way of this process's calls past a ledger: first come, first served, limits and budget in one transaction."""

import asyncio
import contextlib
from collections import deque

from iftgen.backends.base import Outcome
from iftgen.backends.shared_gate import Left, SharedGate, Waiter
from iftgen.errors import RunError
from iftgen.store.books import Books, Limits, committed, own_lane, settle, take_place, wait_for
from iftgen.store.charges import NOTHING, Charge, Sum, add
from iftgen.store.ledger import HEARTBEAT, Ledger

# Seconds between two looks while calls of other processes are in the way.
LOOK_AGAIN = 0.05
# The slowest of the last calls tells how long the next one may take; at most this share of the cap on time.
LATENCIES, LONGEST_SHARE = 50, 0.1


class Turnstile:
    """All gates of one process to one ledger.

    What happens within one turn of the event loop is one transaction. A call that does not fit waits while calls in
    flight, of any process, may cost less than was set aside for them; a call that can never fit raises BudgetSpent.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Do nothing yet; the ledger is opened and closed by whoever made it, `close` before that."""
        self._ledger = ledger
        self._gates: list[SharedGate] = []
        self._left: list[Left] = []
        self._latencies: deque[float] = deque(maxlen=LATENCIES)
        self._due = False
        self._timer: asyncio.TimerHandle | None = None
        self._heart: asyncio.TimerHandle | None = None

    def gate(self, name: str, limits: Limits, shared: bool = True) -> SharedGate:
        """Return a gate to the lane of that name; without `shared` the lane is this process's own."""
        gate = SharedGate(self, name if shared else own_lane(name, self._ledger.owner), limits)
        self._gates.append(gate)
        return gate

    def close(self) -> None:
        """Enter what is still to be settled, and stop the heartbeat; safe to call twice."""
        for timer in (self._timer, self._heart):
            if timer is not None:
                timer.cancel()
        self._timer = self._heart = None
        if self._left:
            with contextlib.suppress(RunError), self._ledger.entry() as books:
                self._settle_all(books)

    async def enter(self, gate: SharedGate, worst: Charge) -> None:
        """Wait for the lane and the budget."""
        loop = asyncio.get_running_loop()
        if self._heart is None:
            self._heart = loop.call_later(HEARTBEAT, self._beat)
        waiter = Waiter(worst, loop.create_future())
        gate.queue.append(waiter)
        self._soon()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            turn = waiter.turn
            if turn.done() and not turn.cancelled() and turn.exception() is None:  # let in, and no use for it
                self.leave(gate, worst, NOTHING, Outcome())
            raise

    def leave(self, gate: SharedGate, worst: Charge, used: Charge, outcome: Outcome) -> None:
        """Settle an attempt at the end of this turn of the loop; until then its worst case stays set aside."""
        if outcome.answered:
            self._latencies.append(outcome.seconds)
        self._left.append(Left(gate, worst, used, outcome))
        self._soon()

    def look(self) -> None:
        """Look anew at who may be let in: limits, caps or a pause have changed."""
        self._soon()

    def _soon(self) -> None:
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        """Settle what ended, and let in whoever fits."""
        self._due = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        admitted: list[Waiter] = []
        try:
            with self._ledger.entry() as books:
                self._settle_all(books)
                wait = self._admit_all(books, admitted)
        except Exception as error:  # nobody awaits this: whoever waits must hear of it
            self._fail_all(error, admitted)
            return
        for waiter in admitted:
            waiter.turn.set_result(None)
        for gate in self._gates:
            gate.tell()
        if wait is not None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._soon)

    def _settle_all(self, books: Books) -> None:
        now = self._ledger.clock()
        for left in self._left:
            settle(books, self._ledger.owner, left.worst, left.used)
            left.gate.settle(books, self._ledger.owner, left, now)
        self._left.clear()

    def _admit_all(self, books: Books, admitted: list[Waiter]) -> float | None:
        """Admit from all gates, the longest waiting first; returns when to look again, None where nobody waits."""
        taken, waits = committed(books), []
        for gate in sorted((gate for gate in self._gates if gate.waits()), key=lambda gate: gate.queue.place()):
            wait = self._admit(gate, books, taken, admitted)
            waits += [wait] if gate.queue else []
        return min(waits) if waits else None

    def _admit(self, gate: SharedGate, books: Books, taken: Sum, admitted: list[Waiter]) -> float:
        """Admit from one gate until its lane or the budget is full; returns the seconds until another look."""
        ledger, now = self._ledger, self._ledger.clock()
        seat = gate.seat(books, ledger.owner)
        lane = books["lanes"][gate.name]
        seat["waiting"] = False
        while gate.waits():
            waiter = gate.queue.first()
            late = ledger.caps.late(books["seconds"], self._longest())
            if (spent := late or ledger.caps.refusal(books["spent"], waiter.worst)) is not None:
                gate.queue.popleft().turn.set_exception(spent)
                continue
            if ledger.caps.over(taken, waiter.worst):
                return LOOK_AGAIN
            if (wait := wait_for(lane, ledger.owner, gate.limits, now)) > 0:
                seat["waiting"], seat["seen"] = True, now
                return min(wait, LOOK_AGAIN)
            take_place(lane, ledger.owner, gate.limits, waiter.worst.paced, now)
            add(books["owners"][ledger.owner]["held"], waiter.worst)
            add(taken, waiter.worst)
            admitted.append(gate.queue.popleft())
        return LOOK_AGAIN

    def _longest(self) -> float:
        """Return how long a call may take by those seen so far, in seconds."""
        return min(max(self._latencies, default=0.0), LONGEST_SHARE * (self._ledger.caps.deadline or 0.0))

    def _fail_all(self, error: Exception, admitted: list[Waiter]) -> None:
        """Tell all who wait that the ledger cannot be written; what was to be settled stays set aside."""
        for gate in self._gates:
            admitted += gate.queue
            gate.queue.clear()
        for waiter in admitted:
            if not waiter.turn.done():
                waiter.turn.set_exception(error)

    def _beat(self) -> None:
        """Show that this process lives; whom a dead one kept waiting may go on."""
        self._heart = asyncio.get_running_loop().call_later(HEARTBEAT, self._beat)
        with contextlib.suppress(RunError):  # the next call meets it again
            self._ledger.beat()
        self._soon()
