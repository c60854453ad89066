"""The way of a request: bought once, stored before it is used, retried where that can help."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from iftgen.backends import call_key
from iftgen.backends.limits import LocalGate
from iftgen.errors import BackendError, BackendRefused, CallFailed, TransientCallError, UserError
from iftgen.types import Reply, Request, Usage
from tests.backends.conftest import MemoryStore, chat
from tests.backends.scripted import Clock, Scripted, caller


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


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop turn until something holds."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never held")


async def test_a_pause_is_no_silence_of_the_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, gate = Clock(monkeypatch), LocalGate(4)
    gone = [TransientCallError("gone", kind="unreachable") for _ in range(4)]
    client = Scripted(list(gone[:2]))
    desk = caller(client, gate=gate, sleep=clock.sleep, dead_after=60)
    call = asyncio.create_task(desk.call(chat()))
    await until(lambda: len(client.sent) == 2)
    gate.pause(True)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(client.sent) == 2, "what is tried again waits too"
    client.script = list(gone[2:])
    clock.waits.append(1000.0)
    desk.awake()
    gate.pause(False)
    assert (await call).text == "Hello."


async def test_who_was_let_in_just_before_a_pause_gives_the_place_back() -> None:
    client, gate = Scripted(), LocalGate(1)
    desk = caller(client, gate=gate)
    desk._sender.room.clear()
    call = asyncio.create_task(desk.call(chat()))
    await until(lambda: gate.running == 1)
    gate.pause(True)
    desk._sender.room.set()
    for _ in range(10):
        await asyncio.sleep(0)
    assert (client.sent, gate.running) == ([], 0)
    gate.pause(False)
    assert (await call).text == "Hello."
