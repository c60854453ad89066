"""The way of a request to a model: the call store, the limits, the retries, the price.

A reply is stored before it is used, so that none is paid for twice, and a call that failed for good is stored too.
"""

import asyncio
import dataclasses
from typing import Any

from iftgen.backends import price
from iftgen.backends.base import Client, Gate, Store, StoredCall
from iftgen.backends.keys import content, key_of, record_of
from iftgen.backends.limits import LocalGate
from iftgen.backends.sender import OnEvent, Sender, Sending, Sleep
from iftgen.backends.spec import BackendSpec
from iftgen.errors import CallFailed
from iftgen.types import Reply, Request

DEAD_AFTER = 60.0
# Seconds between two looks for a reply that another process is buying.
FIRST_LOOK, LATER_LOOKS = 0.05, 0.5


class Caller:
    """All calls to one backend. Identical requests are bought once, also while the first is still in flight.

    `on_event(event, **fields)` is told of each `call` (paid), `replay` (from the store), `retry`, `limit` (the adapted
    concurrency) and `failure`. `gate` limits the attempts; without one, the limits of the spec hold in this process.
    `sleep` is how retries wait, for tests.
    """

    def __init__(
        self,
        client: Client,
        spec: BackendSpec,
        store: Store,
        *,
        on_event: OnEvent | None = None,
        gate: Gate | None = None,
        dead_after: float = DEAD_AFTER,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Wire the parts; nothing is opened before `start`."""
        self.spec = spec
        self._gate = gate = gate or LocalGate(spec.concurrency, spec.rpm, spec.tpm)
        gate.on_limit = lambda limit: self._emit("limit", backend=spec.name, concurrency=limit)
        self._client = client
        self._model = spec.identity
        self._store = store
        self._emit: OnEvent = on_event or _ignore
        self._sleep = sleep
        self._sender = Sender(client, spec, gate, self._emit, dead_after, sleep)
        self._purchases: dict[str, _Purchase] = {}
        self._given_up: set[asyncio.Task[Reply]] = set()
        self._saving = 0

    @property
    def cut_off(self) -> int:
        """Attempts that may have been billed and whose reply nobody saw: timed out, cut, malformed or cancelled."""
        return self._sender.cut_off

    @property
    def in_flight(self) -> int:
        """Attempts that were sent and not answered yet."""
        return sum(purchase.sending.in_flight for purchase in self._purchases.values())

    def awake(self) -> None:
        """Note that a pause is over, so that it does not count as silence of the backend."""
        self._sender.awake()

    async def start(self) -> None:
        """Make the client ready; raises BackendError or UserError."""
        await self._client.start()

    async def drain(self, grace: float | None) -> None:
        """Send nothing more; give the attempts in flight `grace` seconds to end and be stored, then cut them off.

        None lets them end, however long that takes. Where the drain itself is cancelled, they go on until `close`.
        Whoever waits for something that is not sent any more is cancelled, at once and from now on. A reply that came
        is stored even when nobody waits for it any more. A second call with a shorter grace hurries the first.
        """
        self._sender.draining = True
        purchases = list(self._purchases.values())
        for purchase in purchases:
            if not purchase.busy:
                purchase.task.cancel()
        tasks = [purchase.task for purchase in purchases] + list(self._given_up)
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
            for purchase in purchases:
                if not purchase.kept:
                    purchase.task.cancel()
            await asyncio.wait(tasks)  # unlike gather, it leaves them alone when it is cancelled

    async def close(self) -> None:
        """Cut off what is in flight, wait until what was paid for is stored, close the client; safe to call twice."""
        await self.drain(0)
        await self._client.close()

    async def call(self, request: Request) -> Reply:
        """Return the reply of a request, from the store or bought.

        Raises CallFailed (this call, for good; the same again on replay), BudgetSpent, or BackendError (the backend is
        dead or refuses); after the last two nothing is stored and the run can be resumed. When all who wait are
        cancelled, the call is given up.
        """
        text = content(self._model, request)
        key = key_of(text)
        if key not in self._purchases and (stored := await self._store.get(key)) is not None:
            return dataclasses.replace(self._replay(stored, request), key=key)
        purchase = self._purchases.get(key) or self._begin(key, text, request)
        purchase.waiters += 1
        try:
            return dataclasses.replace(await asyncio.shield(purchase.task), key=key)
        except asyncio.CancelledError:
            if purchase.waiters == 1 and not purchase.task.done():
                self._give_up(key, purchase)
            raise
        finally:
            purchase.waiters -= 1

    def _begin(self, key: str, text: str, request: Request) -> "_Purchase":
        purchase = self._purchases[key] = _Purchase(text, Sending(request))
        purchase.task = asyncio.create_task(self._obtain(key, purchase))
        purchase.task.add_done_callback(lambda task: self._forget(key, task))
        return purchase

    def _give_up(self, key: str, purchase: "_Purchase") -> None:
        """Cancel a purchase that nobody waits for, unless its reply is there, or is still hoped for at the end."""
        if purchase.kept or (self._sender.draining and purchase.busy):
            return
        purchase.task.cancel()
        self._given_up.add(purchase.task)
        purchase.task.add_done_callback(self._given_up.discard)
        self._forget(key, purchase.task)

    def _forget(self, key: str, task: asyncio.Task[Reply]) -> None:
        """Drop a purchase that ended, so that the next one asks the store."""
        if key in self._purchases and self._purchases[key].task is task:
            del self._purchases[key]
        if task.done() and not task.cancelled():
            task.exception()  # whoever waited has seen it; this tells asyncio so where nobody did

    def _replay(self, stored: StoredCall, request: Request) -> Reply:
        self._emit("replay", backend=self.spec.name, role=request.role)
        if stored.reply is None:
            raise CallFailed(stored.error or "The call failed.")
        return stored.reply

    async def _obtain(self, key: str, purchase: "_Purchase") -> Reply:
        """Buy a reply, or wait until another process has bought it."""
        wait = FIRST_LOOK
        while not await self._store.claim(key):
            if (stored := await self._store.get(key)) is not None:
                return self._replay(stored, purchase.sending.request)
            await self._sleep(wait)
            wait = min(1.5 * wait, LATER_LOOKS)
        try:
            return await self._buy(key, purchase)
        except BaseException:
            if not purchase.kept:
                await self._store.release(key)
            raise

    async def _buy(self, key: str, purchase: "_Purchase") -> Reply:
        request, record = purchase.sending.request, record_of(purchase.text, purchase.sending.request)
        try:
            answer = await self._sender.send(purchase.sending)
        except CallFailed as error:
            purchase.kept = True
            self._emit("failure", backend=self.spec.name, role=request.role, error=str(error))
            await self._store.put_failure(key, record, str(error))
            raise
        purchase.kept = True
        usage = answer.usage
        reply = dataclasses.replace(answer, cost_usd=price.cost_at(self._sender.rates, usage))
        await self._save(key, record, reply)
        self._emit(
            "call",
            backend=self.spec.name,
            role=request.role,
            seconds=round(purchase.sending.seconds, 3),
            cost_usd=reply.cost_usd,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            reasoning_tokens=usage.reasoning_tokens,
        )
        return reply

    async def _save(self, key: str, record: str, reply: Reply) -> None:
        """Store a reply; while as many wait for that as calls are allowed at once, nothing more is sent."""
        self._saving += 1
        if self._saving >= self._gate.most:
            self._sender.room.clear()
        try:
            await self._store.put(key, record, reply)
        finally:
            self._saving -= 1
            self._sender.room.set()


@dataclasses.dataclass(eq=False, slots=True)
class _Purchase:
    """A call under way: what the store will keep of it, how many wait, and whether its outcome is being stored."""

    text: str
    sending: Sending
    task: asyncio.Task[Reply] = dataclasses.field(init=False)
    waiters: int = 0
    kept: bool = False

    @property
    def busy(self) -> bool:
        """Whether ending it now would lose what was, or may have been, paid for."""
        return self.kept or self.sending.in_flight


def _ignore(event: str, **fields: Any) -> None:
    return None
