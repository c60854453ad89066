"""The way of a request to a model: the call store, the limits, the retries, the price.

A reply is stored before it is used, so that none is paid for twice, and a call that failed for good is stored too.
"""

import asyncio
import dataclasses
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from iftgen.backends import price
from iftgen.backends.base import Budget, Client, Store
from iftgen.backends.keys import call_key, request_json
from iftgen.backends.limits import Gate
from iftgen.backends.pulse import LONGEST_RETRY_AFTER, Pulse
from iftgen.backends.spec import BackendSpec
from iftgen.errors import BackendError, CallFailed, TransientCallError
from iftgen.types import Reply, Request

ATTEMPTS = 6
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
DEAD_AFTER = 60.0

OnEvent = Callable[..., None]
Sleep = Callable[[float], Awaitable[None]]


class Caller:
    """All calls to one backend. Identical requests are bought once, also while the first is still in flight.

    `on_event(event, **fields)` is told of each `call` (paid), `replay` (from the store), `retry`, `limit` (the adapted
    concurrency) and `failure`. `sleep` is how retries wait, for tests.
    """

    def __init__(
        self,
        client: Client,
        spec: BackendSpec,
        store: Store,
        *,
        on_event: OnEvent | None = None,
        budget: Budget | None = None,
        dead_after: float = DEAD_AFTER,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Wire the parts; nothing is opened before `start`."""
        self.spec = spec
        self.gate = Gate(spec.concurrency, spec.rpm, spec.tpm)
        self._client = client
        self._model = spec.identity
        self._store = store
        self._emit = on_event or _ignore
        self._budget = budget
        self._pulse = Pulse(spec.name, dead_after)
        self._sleep = sleep
        self._purchases: dict[str, _Purchase] = {}
        self._saving: set[asyncio.Future[None]] = set()

    async def start(self) -> None:
        """Make the client ready; raises BackendError or UserError."""
        await self._client.start()

    async def close(self) -> None:
        """End what is in flight, wait until what was paid for is stored, close the client; safe to call twice."""
        tasks = [purchase.task for purchase in self._purchases.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*self._saving, return_exceptions=True)
        await self._client.close()

    async def call(self, request: Request) -> Reply:
        """Return the reply of a request, from the store or bought.

        Raises CallFailed (this call, for good; the same again on replay) or BackendError (the backend is dead or
        refuses; nothing is stored, the run can be resumed). When all who wait are cancelled, the call is given up.
        """
        key = call_key(self._model, request)
        purchase = self._purchases.get(key)
        if purchase is None:
            purchase = self._purchases[key] = _Purchase(asyncio.create_task(self._obtain(key, request)))
            purchase.task.add_done_callback(lambda task: self._forget(key, task))
        purchase.waiters += 1
        try:
            return await asyncio.shield(purchase.task)
        except asyncio.CancelledError:
            if purchase.waiters == 1 and not purchase.task.done():
                purchase.task.cancel()
                self._forget(key, purchase.task)
            raise
        finally:
            purchase.waiters -= 1

    def _forget(self, key: str, task: asyncio.Task[Reply]) -> None:
        """Drop a purchase that ended, so that the next one asks the store."""
        if key in self._purchases and self._purchases[key].task is task:
            del self._purchases[key]
        if task.done() and not task.cancelled():
            task.exception()  # whoever waited has seen it; this tells asyncio so where nobody did

    async def _obtain(self, key: str, request: Request) -> Reply:
        stored = await self._store.get(key)
        if stored is None:
            return await self._buy(key, request)
        self._emit("replay", backend=self.spec.name, role=request.role)
        if stored.reply is None:
            raise CallFailed(stored.error or "The call failed.")
        return stored.reply

    async def _buy(self, key: str, request: Request) -> Reply:
        try:
            answer = await self._send(request)
        except CallFailed as error:
            self._emit("failure", backend=self.spec.name, role=request.role, error=str(error))
            await self._save(self._store.put_failure(key, request_json(self._model, request), str(error)))
            raise
        reply = dataclasses.replace(answer, cost_usd=price.cost(self.spec, answer.usage))
        await self._save(self._store.put(key, request_json(self._model, request), reply))
        usage = dataclasses.asdict(reply.usage)
        self._emit("call", backend=self.spec.name, role=request.role, cost_usd=reply.cost_usd, **usage)
        return reply

    async def _save(self, write: Coroutine[Any, Any, None]) -> None:
        """Store what was paid for, even when whoever asked for it is cancelled meanwhile."""
        task = asyncio.create_task(write)
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)
        await asyncio.shield(task)

    async def _send(self, request: Request) -> Reply:
        """Try until there is an answer, or until retrying is without hope."""
        answers, tries, failed = self._pulse.answers, 0, 0
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                return await self._attempt(request)
            except TransientCallError as error:
                # While nothing at all is answered, the backend is the one that fails, and not this call.
                failed += self._pulse.answers > answers
                if failed >= ATTEMPTS:
                    raise CallFailed(f"{error} ({ATTEMPTS} attempts)") from None
                wait = min(_backoff(tries, error.retry_after), self._pulse.check(error, begun))
                self._emit("retry", backend=self.spec.name, kind=error.kind, reason=str(error), wait=round(wait, 3))
            tries += 1
            await self._sleep(wait)

    async def _attempt(self, request: Request) -> Reply:
        prompt, completion = price.most_tokens(self.spec, request)
        estimate = prompt // 4 + completion  # about four bytes a token
        async with self.gate.slot(estimate):
            try:
                reply = await self._within_budget(request, prompt + completion)
            except TransientCallError as error:
                if error.kind in ("overload", "timeout") and self.gate.overloaded(error.retry_after):
                    self._emit("limit", backend=self.spec.name, concurrency=int(self.gate.limit))
                raise
            except CallFailed:
                self._note_answer()
                raise
        self.gate.settle(estimate, reply.usage.prompt_tokens + reply.usage.completion_tokens)
        self._note_answer()
        return reply

    async def _within_budget(self, request: Request, tokens: int) -> Reply:
        if self._budget is None:
            return await self._client.send(request)
        worst = price.worst_cost(self.spec, request)
        self._budget.reserve(tokens, worst)
        used: tuple[int, float | None] = (tokens, worst)  # a call that was cut off may have been billed in full
        try:
            reply = await self._client.send(request)
            used = (
                reply.usage.prompt_tokens + reply.usage.completion_tokens,
                price.cost(self.spec, reply.usage),
            )
            return reply
        except (CallFailed, BackendError):
            used = (0, 0.0)
            raise
        except TransientCallError as error:
            used = used if error.kind in ("timeout", "cut", "malformed") else (0, 0.0)
            raise
        finally:
            self._budget.settle(tokens, worst, *used)

    def _note_answer(self) -> None:
        self._pulse.answer()
        self.gate.answered()


@dataclasses.dataclass
class _Purchase:
    """A call under way and how many wait for it."""

    task: asyncio.Task[Reply]
    waiters: int = 0


def _backoff(tries: int, retry_after: float | None) -> float:
    """Return the seconds before the next attempt: the server's wish, else doubling; spread so that calls part ways."""
    base = min(LONGEST_WAIT, FIRST_WAIT * 2.0**tries)
    if retry_after is not None:
        return min(retry_after, LONGEST_RETRY_AFTER) + random.uniform(0, 0.1 * base)
    return base * random.uniform(0.5, 1.5)


def _ignore(event: str, **fields: Any) -> None:
    return None
