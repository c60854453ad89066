"""The gate: pace, narrowing under overload, and growing back."""

import asyncio

import pytest

from iftgen.backends.base import Outcome
from iftgen.backends.limits import LocalGate, Pace
from iftgen.store.charges import NOTHING, Charge


def test_a_pace_spreads_units_evenly_after_a_seconds_worth() -> None:
    pace = Pace(120)
    assert [pace.take(1, 100.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert Pace(None).take(10**9, 100.0) == 0


def test_units_that_were_not_used_come_back() -> None:
    pace = Pace(60)
    assert pace.take(11, 100.0) == 0
    pace.give_back(10)
    assert pace.take(1, 100.0) == 0


async def pass_by(gate: LocalGate, outcome: Outcome) -> None:
    await gate.enter(NOTHING)
    gate.leave(NOTHING, NOTHING, outcome)


async def test_a_few_overloads_change_nothing_and_many_narrow_the_gate() -> None:
    gate, told = LocalGate(32), list[int]()
    gate.on_limit = told.append
    for turn in range(100):
        await pass_by(gate, Outcome(answered=bool(turn % 5), overloaded=not turn % 5))
    assert (gate.limit, told) == (32, [])
    for _ in range(30):
        await pass_by(gate, Outcome(overloaded=True))
    assert gate.limit == pytest.approx(19.2)
    assert told == [19]
    for _ in range(1000):
        await pass_by(gate, Outcome(answered=True))
    assert gate.limit == 32


async def test_a_place_goes_to_the_next_when_one_that_waits_is_cancelled() -> None:
    gate = LocalGate(1)
    order: list[str] = []

    async def use(name: str) -> None:
        await gate.enter(NOTHING)
        order.append(name)
        await asyncio.sleep(0)
        gate.leave(NOTHING, NOTHING, Outcome())

    tasks = [asyncio.create_task(use(name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == ["a", "c"]
    assert gate.running == 0


async def test_one_that_is_cancelled_while_it_waits_for_the_pace_frees_its_place() -> None:
    gate = LocalGate(1, rpm=1)
    await gate.enter(NOTHING)
    gate.leave(NOTHING, NOTHING, Outcome())
    waiting = asyncio.create_task(gate.enter(NOTHING))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert gate.running == 0


def test_tokens_matter_only_where_they_are_limited() -> None:
    assert not LocalGate(1, rpm=5).counts
    assert LocalGate(1, tpm=5).counts


async def test_tokens_that_an_attempt_did_not_use_are_for_the_next() -> None:
    gate = LocalGate(1, tpm=60)
    await gate.enter(Charge(paced=1000))
    gate.leave(Charge(paced=1000), Charge(paced=1), Outcome(answered=True))
    async with asyncio.timeout(1):
        await gate.enter(Charge(paced=1))


async def entered(gate: LocalGate, times: int) -> list["asyncio.Task[None]"]:
    """Come to the gate so many times, and let the loop turn."""
    tasks = [asyncio.create_task(gate.enter(NOTHING)) for _ in range(times)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


def inside(tasks: list["asyncio.Task[None]"]) -> int:
    return sum(task.done() for task in tasks)


async def test_a_gate_is_made_wider_and_narrower_while_calls_wait() -> None:
    gate = LocalGate(2)
    tasks = await entered(gate, 10)
    assert inside(tasks) == 2
    gate.resize(5)
    await asyncio.sleep(0)
    assert (inside(tasks), gate.width, gate.most) == (5, 5, 5)
    gate.resize(1)
    for _ in range(4):
        gate.leave(NOTHING, NOTHING, Outcome(answered=True))
    await asyncio.sleep(0)
    assert (inside(tasks), gate.running) == (5, 1)
    gate.leave(NOTHING, NOTHING, Outcome(answered=True))
    await asyncio.sleep(0)
    assert (inside(tasks), gate.running) == (6, 1)
    for task in tasks:
        task.cancel()


async def test_a_gate_that_overload_narrowed_stays_narrow_and_grows_to_the_new_width() -> None:
    gate = LocalGate(10)
    gate.limit = 4.0
    gate.resize(20)
    assert gate.width == 4
    gate.resize(3)
    assert gate.width == 3
    gate.limit = 2.0
    gate.resize(6)
    for _ in range(100):
        await pass_by(gate, Outcome(answered=True))
    assert gate.limit == 6


async def test_a_paused_gate_lets_nobody_in_and_then_all_who_wait() -> None:
    gate = LocalGate(2)
    first = await entered(gate, 1)
    gate.pause(True)
    late = await entered(gate, 2)
    gate.leave(NOTHING, NOTHING, Outcome(answered=True))
    await asyncio.sleep(0)
    assert (inside(first), inside(late)) == (1, 0)
    gate.pause(False)
    await asyncio.sleep(0)
    assert inside(late) == 2
