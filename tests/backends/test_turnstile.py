"""The turnstile: limits and budget of one process, and of several, past one ledger."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from iftgen.backends.base import Outcome
from iftgen.backends.shared_gate import SharedGate
from iftgen.backends.turnstile import Turnstile
from iftgen.errors import BudgetSpent, RunError
from iftgen.store.books import Limits
from iftgen.store.charges import NOTHING, Caps, Charge
from iftgen.store.ledger import Ledger

CALL = Charge(1, 100, 10**9)
USED = Charge(1, 10, 10**8)
ANSWERED = Outcome(answered=True, seconds=0.5)

Open = Callable[..., tuple[Ledger, SharedGate]]


@pytest.fixture
async def way(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens the ledger, as a process of its own would, and a gate to its one lane."""
    opened: list[tuple[Turnstile, Ledger]] = []

    def open_way(
        caps: Caps | None = None, limits: Limits | None = None, shared: bool = True
    ) -> tuple[Ledger, SharedGate]:
        ledger = Ledger(tmp_path / "ledger.sqlite", caps or Caps())
        opened.append((Turnstile(ledger), ledger))
        return ledger, opened[-1][0].gate("lane", limits or Limits(10), shared)

    yield open_way
    for turnstile, ledger in opened:
        turnstile.close()
        ledger.close()


async def soon(call: Awaitable[None]) -> asyncio.Future[None]:
    """Start something and let the loop turn until it stands still."""
    task = asyncio.ensure_future(call)
    for _ in range(5):
        await asyncio.sleep(0)
    return task


async def test_a_call_that_does_not_fit_waits_for_those_in_flight_to_cost_less(way: Open) -> None:
    ledger, gate = way(Caps(tokens=250))
    await gate.enter(CALL)
    await gate.enter(CALL)
    third = await soon(gate.enter(CALL))
    assert not third.done()
    gate.leave(CALL, USED, ANSWERED)
    await third
    assert (ledger.spent().tokens, ledger.spent().reserved_tokens) == (10, 200)


async def test_a_call_that_can_never_fit_is_refused_although_others_are_in_flight(way: Open) -> None:
    _, gate = way(Caps(tokens=250))
    await gate.enter(CALL)
    gate.leave(CALL, CALL, ANSWERED)
    await gate.enter(CALL)
    with pytest.raises(BudgetSpent, match="the next call may need up to 200, more than are left of 250"):
        await gate.enter(Charge(1, 200))
    waits = await soon(gate.enter(CALL))
    gate.leave(CALL, CALL, ANSWERED)
    with pytest.raises(BudgetSpent) as caught:
        await waits
    assert caught.value.cap == "tokens"


async def test_calls_are_served_in_the_order_in_which_they_came(way: Open) -> None:
    _, gate = way(Caps(tokens=250))
    await gate.enter(Charge(1, 200))
    large = await soon(gate.enter(CALL))
    small = await soon(gate.enter(Charge(1, 10)))
    assert not small.done()
    gate.leave(Charge(1, 200), NOTHING, Outcome())
    await asyncio.gather(large, small)


async def test_a_call_that_is_cancelled_as_it_is_let_in_gives_everything_back(way: Open) -> None:
    ledger, gate = way(limits=Limits(1))
    first = asyncio.ensure_future(gate.enter(CALL))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(first.cancel)
    await asyncio.gather(first, return_exceptions=True)
    assert first.cancelled()
    await gate.enter(CALL)
    assert ledger.spent().reserved_calls == 1


async def test_the_concurrency_is_that_of_all_jobs_together(way: Open) -> None:
    _, ours = way(limits=Limits(2))
    _, theirs = way(limits=Limits(2))
    await ours.enter(CALL)
    await ours.enter(CALL)
    waits = await soon(theirs.enter(CALL))
    assert not waits.done()
    ours.leave(CALL, USED, ANSWERED)
    async with asyncio.timeout(2):
        await waits


async def test_a_lane_of_ones_own_is_not_shared(way: Open) -> None:
    _, ours = way(limits=Limits(1), shared=False)
    _, theirs = way(limits=Limits(1), shared=False)
    async with asyncio.timeout(2):
        await ours.enter(CALL)
        await theirs.enter(CALL)


async def test_a_budget_waits_for_the_calls_of_other_jobs(way: Open) -> None:
    caps = Caps(calls=1)
    _, ours = way(caps, shared=False)
    _, theirs = way(caps, shared=False)
    await ours.enter(CALL)
    waits = await soon(theirs.enter(CALL))
    assert not waits.done()
    ours.leave(CALL, NOTHING, Outcome(overloaded=True))
    async with asyncio.timeout(2):
        await waits


async def test_an_overloaded_lane_closes_for_all_and_tells_its_new_width(way: Open) -> None:
    _, ours = way(limits=Limits(10))
    _, theirs = way(limits=Limits(10))
    told: list[int] = []
    ours.on_limit = told.append
    for _ in range(30):
        await ours.enter(CALL)
        ours.leave(CALL, NOTHING, Outcome(overloaded=True, retry_after=0.1))
        await asyncio.sleep(0)
    assert told == [6]
    begun = asyncio.get_running_loop().time()
    await theirs.enter(CALL)
    assert asyncio.get_running_loop().time() - begun > 0.05


async def test_no_call_begins_when_it_would_end_after_the_time(way: Open) -> None:
    _, gate = way(Caps(minutes=1 / 60))
    await gate.enter(CALL)
    gate.leave(CALL, USED, Outcome(answered=True, seconds=0.01))
    await gate.enter(CALL)
    gate.leave(CALL, USED, Outcome(answered=True, seconds=99))
    with pytest.raises(BudgetSpent, match=r"budget\.minutes"):
        while True:
            await gate.enter(CALL)
            gate.leave(CALL, USED, Outcome(answered=True, seconds=0.01))


async def test_a_ledger_that_cannot_be_written_fails_those_who_wait(way: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, gate = way()

    def full() -> None:
        raise RunError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "entry", full)
        with pytest.raises(RunError, match="no room"):
            await gate.enter(CALL)
    await gate.enter(CALL)


SPENDER = """
import asyncio, random, sys
from pathlib import Path
from iftgen.backends.base import Outcome
from iftgen.backends.turnstile import Turnstile
from iftgen.errors import BudgetSpent
from iftgen.store.books import Limits
from iftgen.store.charges import Caps, Charge
from iftgen.store.ledger import Ledger

async def spend(path, seed):
    dice, ledger, paid = random.Random(seed), Ledger(Path(path), Caps(tokens=20_000)), 0
    turnstile = Turnstile(ledger)
    gate = turnstile.gate("lane", Limits(8))
    async def ask():
        nonlocal paid
        try:
            while True:
                worst = Charge(1, dice.randrange(50, 400))
                await gate.enter(worst)
                await asyncio.sleep(dice.random() * 0.004)
                used = dice.randrange(worst.tokens + 1)
                paid += used
                gate.leave(worst, Charge(1, used), Outcome(answered=True))
        except BudgetSpent:
            return
    await asyncio.gather(*(ask() for _ in range(12)))
    turnstile.close()
    ledger.close()
    print(paid)

asyncio.run(spend(*sys.argv[1:]))
"""


def test_processes_that_share_a_budget_never_exceed_it_and_use_nearly_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    commands = [[sys.executable, "-c", SPENDER, str(path), str(seed)] for seed in range(2)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    paid = sum(int(process.communicate(timeout=60)[0]) for process in processes)
    ledger = Ledger(path)
    assert ledger.spent().tokens == paid
    assert 19_000 < paid <= 20_000
    ledger.close()


async def test_a_lane_is_made_wider_and_narrower_while_calls_wait(way: Open) -> None:
    _, gate = way(limits=Limits(2))
    calls = [await soon(gate.enter(CALL)) for _ in range(8)]
    assert sum(call.done() for call in calls) == 2
    gate.resize(5)
    await soon(asyncio.sleep(0))
    assert (sum(call.done() for call in calls), gate.width, gate.most) == (5, 5, 5)
    gate.resize(1)
    for _ in range(4):
        gate.leave(CALL, USED, ANSWERED)
    await soon(asyncio.sleep(0))
    assert (sum(call.done() for call in calls), gate.width) == (5, 1)
    gate.leave(CALL, USED, ANSWERED)
    await soon(asyncio.sleep(0))
    assert sum(call.done() for call in calls) == 6
    for call in calls:
        call.cancel()


async def test_a_lane_that_overload_narrowed_stays_narrow(way: Open) -> None:
    ledger, gate = way(limits=Limits(10))
    await gate.enter(CALL)
    with ledger.entry() as books:
        books["lanes"][gate.name]["width"] = 3.0
    gate.resize(20)
    waiting = [await soon(gate.enter(CALL)) for _ in range(8)]
    assert sum(call.done() for call in waiting) == 2
    for call in waiting:
        call.cancel()


async def test_a_paused_process_takes_no_place_from_the_others(way: Open) -> None:
    (_, paused), (_, other) = way(limits=Limits(1)), way(limits=Limits(1))
    paused.pause(True)
    waits = await soon(paused.enter(CALL))
    await asyncio.wait_for(other.enter(CALL), 5)
    other.leave(CALL, USED, ANSWERED)
    assert not waits.done()
    paused.pause(False)
    await asyncio.wait_for(waits, 5)


async def test_a_cap_that_is_raised_lets_in_whoever_waits(way: Open) -> None:
    ledger, gate = way(Caps(tokens=150))
    await gate.enter(CALL)
    second = await soon(gate.enter(CALL))
    assert not second.done()
    ledger.caps = Caps(tokens=200)
    gate._turnstile.look()
    await soon(asyncio.sleep(0))
    assert second.done()
    ledger.caps = Caps(tokens=100)
    gate.leave(CALL, CALL, ANSWERED)
    with pytest.raises(BudgetSpent):
        await gate.enter(CALL)
