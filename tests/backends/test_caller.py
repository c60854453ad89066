"""The way of a request: bought once, stored before it is used, retried where that can help."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from iftgen.backends import Caller, call_key, make_spec
from iftgen.backends.base import Outcome
from iftgen.errors import BackendError, BackendRefused, BudgetSpent, CallFailed, TransientCallError, UserError
from iftgen.store.charges import NOTHING, Charge
from iftgen.types import Reply, Request, Usage
from tests.backends.conftest import MemoryStore, Stored, chat


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


async def test_a_reply_is_priced_and_stored_and_never_bought_again() -> None:
    client, store = Scripted(), MemoryStore()
    first = await caller(client, store).call(chat())
    again = await caller(client, store).call(chat())
    assert first == again == Reply("Hello.", usage=Usage(1000, 100), cost_usd=0.002)
    assert len(client.sent) == 1


async def test_identical_requests_in_flight_are_bought_once() -> None:
    client = Scripted()
    desk = caller(client)
    replies = await asyncio.gather(*(desk.call(chat()) for _ in range(20)), desk.call(chat("Else?")))
    assert len(client.sent) == 2
    assert {reply.text for reply in replies} == {"Hello."}


async def test_concurrency_is_a_limit() -> None:
    client = Scripted()
    desk = caller(client, concurrency=3)
    await asyncio.gather(*(desk.call(chat(str(n))) for n in range(20)))
    assert client.most == 3


async def test_transient_errors_are_retried_and_told() -> None:
    events: list[tuple[str, dict[str, Any]]] = []
    client = Scripted([TransientCallError("busy", kind="overload"), TransientCallError("cut", kind="cut")])
    desk = caller(client, on_event=lambda event, **fields: events.append((event, fields)))
    assert (await desk.call(chat())).text == "Hello."
    assert [event for event, _ in events] == ["retry", "retry", "call"]
    assert events[0][1]["reason"] == "busy"
    assert events[2][1]["prompt_tokens"] == 1000


async def test_the_servers_wish_to_wait_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    await caller(Scripted([TransientCallError("busy", 17.0)]), sleep=clock.sleep).call(chat())
    assert 17 <= clock.waits[0] <= 17.1


async def test_waits_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    await caller(Scripted([TransientCallError("busy")] * 5), sleep=clock.sleep).call(chat())
    assert all(0.25 * 2**n <= wait <= 0.75 * 2**n for n, wait in enumerate(clock.waits))


async def test_a_call_that_fails_while_others_are_answered_fails_for_good_after_six_attempts() -> None:
    client = Scripted(always=lambda request: TransientCallError("busy") if "bad" in str(request) else None)
    store = MemoryStore()
    desk = caller(client, store)

    async def others() -> None:
        for n in range(100):
            await desk.call(chat(str(n)))

    failed, _ = await asyncio.gather(desk.call(chat("bad")), others(), return_exceptions=True)
    assert str(failed) in ("busy (6 attempts)", "busy (7 attempts)")  # one may be made before others are answered
    assert isinstance(failed, CallFailed)
    with pytest.raises(CallFailed, match="busy"):
        await caller(Scripted(), store).call(chat("bad"))


@pytest.mark.parametrize("kind", ["overload", "unreachable"])
async def test_a_call_that_is_told_to_wait_or_not_let_in_does_not_fail_for_it(kind: str) -> None:
    errors: list[Exception | None] = [TransientCallError("not now", kind=kind) for _ in range(20)]
    client = Scripted(always=lambda request: errors.pop() if "bad" in str(request) and errors else None)
    desk = caller(client, MemoryStore())

    async def others() -> None:
        for n in range(100):
            await desk.call(chat(str(n)))

    reply, _ = await asyncio.gather(desk.call(chat("bad")), others())
    assert reply.text
    assert not errors


async def test_a_final_failure_is_stored_and_raised_again() -> None:
    client, store = Scripted([CallFailed("400: too long")]), MemoryStore()
    for _ in range(2):
        with pytest.raises(CallFailed, match="400: too long"):
            await caller(client, store).call(chat())
    assert len(client.sent) == 1


@pytest.mark.parametrize("error", [BackendRefused("401"), BackendError("gone"), UserError("budget")])
async def test_a_refusal_is_raised_at_once_and_not_stored(error: Exception) -> None:
    client, store = Scripted([error]), MemoryStore()
    with pytest.raises(type(error)):
        await caller(client, store).call(chat())
    assert (len(client.sent), store.rows) == (1, {})


async def test_a_backend_that_is_silent_for_a_minute_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, store = Clock(monkeypatch), MemoryStore()
    desk = caller(Scripted(always=lambda _: TransientCallError("No connection")), store, sleep=clock.sleep)
    with pytest.raises(BackendError, match=r"no answer for \d+ s: No connection The run can be resumed"):
        await desk.call(chat())
    assert 59 <= sum(clock.waits) < 70
    assert store.rows == {}


async def test_a_rate_limit_of_a_minute_does_not_look_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    client = Scripted([TransientCallError("busy", 60.0, "overload")] * 2)
    assert (await caller(client, sleep=clock.sleep).call(chat())).text == "Hello."


async def test_one_late_answer_alone_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    client = Scripted([TransientCallError("No answer within 120 s.", kind="timeout")])
    client.always = lambda _: None
    desk = caller(client, sleep=clock.sleep, dead_after=0)
    assert (await desk.call(chat())).text == "Hello."


async def test_the_last_waiter_that_is_cancelled_gives_the_call_up() -> None:
    client = Scripted(gate=asyncio.Event())
    desk = caller(client)
    first, second = (asyncio.create_task(desk.call(chat())) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0)
    assert client.running == 1
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    await asyncio.sleep(0)
    assert client.running == 0
    client.gate = None
    assert (await desk.call(chat())).text == "Hello."


async def test_a_reply_that_came_is_stored_although_nobody_waits_any_more() -> None:
    writing, free = asyncio.Event(), asyncio.Event()

    class SlowStore(MemoryStore):
        async def put(self, key: str, request: str, reply: Reply) -> None:
            writing.set()
            await free.wait()
            await super().put(key, request, reply)

    store = SlowStore()
    desk = caller(Scripted(), store)
    task = asyncio.create_task(desk.call(chat()))
    await writing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    free.set()
    await desk.close()
    assert list(store.rows) == [call_key("m", chat())]


class Till:
    """A gate that lets everybody in and notes what attempts were charged, or refuses with `error`."""

    counts = True

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


@pytest.mark.parametrize("kind", ["overload", "unreachable", "server"])
async def test_a_refused_attempt_is_charged_nothing_and_a_stored_reply_is_no_attempt(kind: str) -> None:
    till, store = Till(), MemoryStore()
    for client in (Scripted([TransientCallError("no", kind=kind)]), Scripted()):
        await caller(client, store, gate=till).call(chat())
    assert till.used == [NOTHING, Charge(1, 1100, 2 * 10**9, 1100)]


@pytest.mark.parametrize("kind", ["timeout", "cut", "malformed"])
async def test_an_attempt_whose_reply_nobody_saw_is_charged_its_worst_case(kind: str) -> None:
    till = Till()
    desk = caller(Scripted([TransientCallError("late", kind=kind)]), gate=till)
    await desk.call(chat())
    assert till.used[0] == till.worst[0]
    assert desk.cut_off == 1


async def test_a_reply_without_a_count_of_tokens_is_charged_its_worst_case() -> None:
    class Silent(Scripted):
        async def send(self, request: Request) -> Reply:
            return Reply("Hello.")

    till = Till()
    await caller(Silent(), gate=till).call(chat())
    assert till.used == till.worst


async def test_a_server_that_counts_more_than_the_worst_case_is_believed_from_then_on() -> None:
    till = Till()
    desk = caller(Scripted(), gate=till)
    for text in "ab":
        await desk.call(chat(text, sampling={"max_tokens": 20}))
    assert till.worst[0].tokens < 1100 <= till.worst[1].tokens


async def test_a_call_that_the_budget_refuses_is_not_made_and_its_lease_is_given_back() -> None:
    client, store = Scripted(), MemoryStore()
    with pytest.raises(BudgetSpent, match="spent"):
        await caller(client, store, gate=Till(BudgetSpent("spent", "usd"))).call(chat())
    assert (client.sent, store.held, store.rows) == ([], set(), {})


async def test_a_reply_that_another_process_is_buying_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, store, client = Clock(monkeypatch), MemoryStore(), Scripted()
    key = call_key("m", chat())
    store.elsewhere.add(key)

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)
        if len(clock.waits) == 9:
            store.rows[key] = Stored(Reply("From elsewhere."))

    assert (await caller(client, store, sleep=sleep).call(chat())).text == "From elsewhere."
    assert client.sent == []
    assert (clock.waits[0], clock.waits[-1]) == (0.05, 0.5)


async def test_what_another_process_gave_up_is_bought_here() -> None:
    store = MemoryStore(elsewhere={call_key("m", chat())})

    async def sleep(seconds: float) -> None:
        store.elsewhere.clear()

    assert (await caller(Scripted(), store, sleep=sleep).call(chat())).text == "Hello."


@pytest.mark.parametrize("error", [BackendRefused("401"), BackendError("gone")])
async def test_a_purchase_that_ends_without_a_row_gives_its_lease_back(error: Exception) -> None:
    store = MemoryStore()
    with pytest.raises(BackendError):
        await caller(Scripted([error]), store).call(chat())
    assert store.held == set()


async def test_a_drain_keeps_what_is_in_flight_and_cancels_what_is_not_sent() -> None:
    client, store = Scripted(gate=asyncio.Event()), MemoryStore()
    desk = caller(client, store, concurrency=2)
    asked = [asyncio.create_task(desk.call(chat(str(n)))) for n in range(5)]
    await asyncio.sleep(0.01)
    drain = asyncio.create_task(desk.drain(5))
    await asyncio.sleep(0)
    asked[0].cancel()  # its reply is still kept
    assert client.gate
    client.gate.set()
    await drain
    ends = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(end, Reply) for end in ends] == [False, True, False, False, False]
    assert set(store.rows) == {call_key("m", chat("0")), call_key("m", chat("1"))}
    assert (len(client.sent), store.held, desk.cut_off) == (2, set(), 0)
    with pytest.raises(asyncio.CancelledError):
        await desk.call(chat("later"))


async def test_a_drain_cuts_off_what_takes_too_long_and_charges_its_worst_case() -> None:
    till = Till()
    desk = caller(Scripted(gate=asyncio.Event()), gate=till)
    asked = asyncio.create_task(desk.call(chat()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await desk.drain(0.01)
    assert (desk.cut_off, till.used) == (1, till.worst)
    with pytest.raises(asyncio.CancelledError):
        await asked
    await desk.close()


async def test_a_drain_sends_no_attempt_again() -> None:
    client = Scripted([TransientCallError("busy")], gate=asyncio.Event())
    desk = caller(client)
    asked = asyncio.create_task(desk.call(chat()))
    await asyncio.sleep(0.01)
    drain = asyncio.create_task(desk.drain(None))
    await asyncio.sleep(0)
    assert client.gate
    client.gate.set()
    await drain
    assert (len(client.sent), asked.cancelled() or asked.cancelling() or asked.done()) == (1, True)
    await asyncio.gather(asked, return_exceptions=True)


async def test_how_long_a_call_took_is_told() -> None:
    events: list[tuple[str, dict[str, Any]]] = []
    await caller(Scripted(), on_event=lambda event, **fields: events.append((event, fields))).call(chat())
    assert events[0][0] == "call"
    assert 0 <= events[0][1]["seconds"] < 1


def test_the_key_holds_what_shapes_the_reply() -> None:
    base = chat(sampling={"seed": 1})
    same = Request("judge", messages=base.messages, sampling={"seed": 1, "top_p": None})
    assert call_key("m", base) == call_key("m", same)
    others = [
        chat(sampling={"seed": 2}),
        chat("Else?", sampling={"seed": 1}),
        chat(sampling={"seed": 1}, attempt=1),
        chat(sampling={"seed": 1}, logprobs=True),
        chat(sampling={"seed": 1}, score="x"),
    ]
    assert len({call_key("m", request) for request in [base, *others]} | {call_key("n", base)}) == 7


async def test_nothing_is_sent_while_as_many_replies_wait_to_be_stored_as_calls_are_allowed() -> None:
    class Stuck(MemoryStore):
        """A store that keeps nothing until it is told to."""

        free = asyncio.Event()

        async def put(self, key: str, request: str, reply: Reply) -> None:
            await self.free.wait()
            await super().put(key, request, reply)

    client, store = Scripted(), Stuck()
    desk = caller(client, store, concurrency=3)
    calls = [asyncio.create_task(desk.call(chat(str(n)))) for n in range(20)]
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(client.sent) == 3
    store.free.set()
    await asyncio.gather(*calls)
    assert len(client.sent) == 20
