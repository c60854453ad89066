"""The gate: pace, narrowing under overload, and growing back."""

import asyncio

import pytest

from iftgen.backends.limits import Gate, Pace


def test_a_pace_spreads_units_evenly_after_a_seconds_worth() -> None:
    pace = Pace(120)
    assert [pace.take(1, 100.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert Pace(None).take(10**9, 100.0) == 0


def test_units_that_were_not_used_come_back() -> None:
    pace = Pace(60)
    assert pace.take(11, 100.0) == 0
    pace.give_back(10)
    assert pace.take(1, 100.0) == 0


async def test_a_few_overloads_change_nothing_and_many_narrow_the_gate() -> None:
    gate = Gate(32)
    for turn in range(100):
        if turn % 5:
            gate.answered()
        else:
            assert not gate.overloaded(None)
    assert gate.limit == 32
    assert any(gate.overloaded(None) for _ in range(30))
    assert gate.limit == pytest.approx(19.2)
    for _ in range(1000):
        gate.answered()
    assert gate.limit == 32


async def test_a_slot_goes_to_the_next_when_one_that_waits_is_cancelled() -> None:
    gate = Gate(1)
    order: list[str] = []

    async def use(name: str) -> None:
        async with gate.slot(0):
            order.append(name)
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(use(name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == ["a", "c"]
    assert gate.running == 0
