"""Budget runs at random caps, concurrency and faults: is a cap ever exceeded, and how much of it is used?

    python -m tests.benchmarks.budget [RUNS]

Each run is one to three processes on one ledger; every third run has a process killed (SIGKILL) and is then resumed.
What a provider would bill is written down apart from the ledger, when the attempt begins: a reply that times out, is
cut off or dies with its process is billed in full.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

from iftgen.backends import BackendSpec, Caller, make_spec, price
from iftgen.backends.mock import MockClient
from iftgen.backends.turnstile import Turnstile
from iftgen.errors import BudgetSpent, TransientCallError
from iftgen.store.books import Limits
from iftgen.store.charges import Caps
from iftgen.store.ledger import Ledger
from iftgen.types import Reply, Request

KINDS = ("usd", "tokens", "calls", "minutes")


@dataclass(frozen=True)
class Plan:
    """One budget run; `cap` is in the unit of its kind, `median` is the latency in seconds."""

    kind: str
    cap: float
    concurrency: int
    processes: int
    killed: bool
    median: float
    seed: int


class Metered:
    """The mock model behind a bad line; each attempt that the provider bills is a line in the meter's file."""

    model = "mock"

    def __init__(self, spec: BackendSpec, meter: Path, median: float, seed: int) -> None:
        self._spec, self._median = spec, median
        self._mock, self._dice = MockClient("mock"), random.Random(seed)
        self._meter = os.open(meter, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    async def start(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Close the meter."""
        os.close(self._meter)

    async def send(self, request: Request) -> Reply:
        """Refuse, or bill and answer late, or bill and never answer."""
        fate = self._dice.random()
        if fate < 0.1:
            raise TransientCallError("busy", kind="overload")
        reply = await self._mock.send(request)
        tokens = reply.usage.prompt_tokens + reply.usage.completion_tokens
        line = {"calls": 1, "tokens": tokens, "usd": price.cost(self._spec, reply.usage), "at": time.time()}
        os.write(self._meter, json.dumps(line).encode() + b"\n")
        await asyncio.sleep(self._median * self._dice.lognormvariate(0, 0.7))
        if fate < 0.15:
            raise TransientCallError("late", kind=self._dice.choice(("timeout", "cut", "malformed")))
        return reply


class Nowhere:
    """A store that keeps nothing."""

    async def get(self, key: str) -> None:
        """Know nothing."""

    async def claim(self, key: str) -> bool:
        """Let everybody buy."""
        return True

    async def release(self, key: str) -> None:
        """Forget it."""

    async def put(self, key: str, request: str, reply: Reply) -> None:
        """Forget it."""

    async def put_failure(self, key: str, request: str, error: str) -> None:
        """Forget it."""


async def spend(plan: Plan, folder: Path, seed: int) -> None:
    """Ask, as many at once as the plan says, until the budget is spent; then let what is in flight end."""
    dice = random.Random(seed)
    spec = make_spec({"name": "mock", "model": "mock", "client": "mock", "price": {"input": 1, "output": 6}})
    _note(folder / "times")
    ledger = Ledger(folder / "ledger.sqlite", _caps(plan))
    turnstile = Turnstile(ledger)
    gate = turnstile.gate("mock", Limits(plan.concurrency))
    client = Metered(spec, folder / "meter", plan.median, seed)
    caller = Caller(client, spec, Nowhere(), gate=gate, sleep=lambda seconds: asyncio.sleep(seconds / 100))
    over, numbers = asyncio.Event(), count()

    async def ask() -> None:
        try:
            while not over.is_set():
                await caller.call(_request(dice, f"{seed} {next(numbers)}"))
        except BudgetSpent:
            over.set()

    asked = [asyncio.create_task(ask()) for _ in range(2 * plan.concurrency)]
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), ledger.seconds_left())
    over.set()
    await caller.drain(ledger.seconds_left())
    await asyncio.gather(*asked, return_exceptions=True)
    _note(folder / "times")
    await caller.close()
    turnstile.close()
    ledger.close()


def run(plan: Plan, folder: Path) -> float:
    """Carry a plan out; returns the share of the cap that was billed."""
    dice = random.Random(plan.seed)
    workers = [_worker(plan, folder, plan.seed * 10 + n) for n in range(plan.processes)]
    if plan.killed:
        time.sleep(dice.uniform(0.02, 0.3))
        workers[0].kill()
        workers[0].join()
        workers.append(_worker(plan, folder, plan.seed * 10 + 9))
    for worker in workers:
        worker.join()
    if plan.kind == "minutes":
        times = [float(line) for line in (folder / "times").read_text(encoding="ascii").split()]
        return (max(times) - min(times)) / 60 / plan.cap
    lines = [json.loads(line) for line in (folder / "meter").read_bytes().splitlines()]
    return float(sum(line[plan.kind] for line in lines)) / plan.cap


def plans(runs: int) -> list[Plan]:
    """Return as many plans, each kind of cap in turn."""
    dice = random.Random(7)
    ranges = {"usd": (0.02, 0.5), "tokens": (5e3, 2e5), "calls": (1, 800), "minutes": (0.03, 0.08)}
    made = []
    for number in range(runs):
        kind = KINDS[-1] if number % 8 == 7 else KINDS[number % 8 % 3]  # those of time take seconds each
        cap = dice.uniform(*ranges[kind])
        made.append(
            Plan(
                kind=kind,
                cap=float(int(cap)) if kind in ("tokens", "calls") else cap,
                concurrency=dice.randint(1, 64),
                processes=dice.choice((1, 1, 2, 3)),
                killed=number % 3 == 0,
                median=dice.uniform(0.001, 0.02),
                seed=number,
            )
        )
    return made


def main(arguments: Sequence[str]) -> None:
    """Print one row for each kind of cap."""
    rows: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for plan in plans(int(arguments[0]) if arguments else 200):
        with tempfile.TemporaryDirectory() as folder:
            share = run(plan, Path(folder))
        rows[plan.kind].append(share)
        if share > 1:
            print(f"exceeded by {share - 1:.2%}: {asdict(plan)}")
    print(f"{'cap':<10}{'runs':>6}{'exceeded':>10}{'most used':>12}{'mean used':>12}{'least used':>12}")
    for kind, shares in rows.items():
        if shares:
            worst = (max(shares), statistics.mean(shares), min(shares))
            figures = "".join(f"{value:>12.1%}" for value in worst)
            print(f"{kind:<10}{len(shares):>6}{sum(share > 1 for share in shares):>10}{figures}")


def _worker(plan: Plan, folder: Path, seed: int) -> multiprocessing.Process:
    process = multiprocessing.Process(target=_spend, args=(plan, folder, seed))
    process.start()
    return process


def _note(path: Path) -> None:
    """Write down that somebody works at this time."""
    with path.open("a", encoding="ascii") as file:
        file.write(f"{time.time()}\n")


def _spend(plan: Plan, folder: Path, seed: int) -> None:
    asyncio.run(spend(plan, folder, seed))


def _caps(plan: Plan) -> Caps:
    whole = plan.kind in ("tokens", "calls")
    return Caps(**{plan.kind: int(plan.cap) if whole else plan.cap})  # type: ignore[arg-type]


def _request(dice: random.Random, name: str) -> Request:
    text = f"{name} " + "word " * dice.randrange(10, 300)
    sampling = {"max_tokens": dice.randrange(20, 300)}
    return Request("response", messages=({"role": "user", "content": text},), sampling=sampling)


if __name__ == "__main__":
    main(sys.argv[1:])
