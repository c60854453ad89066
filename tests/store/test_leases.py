"""Leases: a reply is bought by one job only, and what a dead job was buying is taken over."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from iftgen.store import sqlite
from iftgen.store.calls.file import CallStore
from iftgen.store.calls.open import open_calls
from iftgen.store.owner import LEASE, is_gone, new_owner
from iftgen.types import Reply
from tests.store.servers import RedisServer

KEYS = 200


@pytest.fixture(params=["file", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where several jobs share their calls."""
    if request.param == "file":
        yield str(tmp_path / "calls.sqlite")
        return
    server = RedisServer(tmp_path)
    yield server.url
    server.stop()


@pytest.fixture
def job() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts jobs; whatever happens, none outlives the test."""
    jobs: list[subprocess.Popen[str]] = []

    def start(act: str, place: str, log: Path, count: int, first: int = 0) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.store.buyer", act, place, str(log), str(count), str(first)]
        jobs.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return jobs[-1]

    yield start
    for one in jobs:
        one.kill()
        one.communicate()


def bought(log: Path) -> Counter[str]:
    return Counter(log.read_text().split()) if log.exists() else Counter()


def stored(place: str) -> set[str]:
    async def texts() -> set[str]:
        found = [await store.get(f"k{number}") for number in range(KEYS)]
        return {call.reply.text for call in found if call and call.reply}

    store = open_calls(place, shared=True)
    try:
        return asyncio.run(texts())
    finally:
        store.close()


def test_jobs_that_ask_the_same_buy_every_reply_once(
    place: str, tmp_path: Path, job: Callable[..., "subprocess.Popen[str]"]
) -> None:
    jobs = [job("buy", place, tmp_path / "log", KEYS, first=number * 17) for number in range(4)]
    assert [one.wait(timeout=60) for one in jobs] == [0] * 4
    assert bought(tmp_path / "log") == Counter(f"k{number}" for number in range(KEYS))
    assert stored(place) == {f"reply to k{number}" for number in range(KEYS)}


def test_what_a_killed_job_was_buying_is_taken_over_long_before_its_leases_end(
    place: str, tmp_path: Path, job: Callable[..., "subprocess.Popen[str]"]
) -> None:
    log, held = tmp_path / "log", 20  # fewer than a job has workers, so that the others do not all wait
    victim = job("hold", place, log, held, first=100)
    assert victim.stdout and victim.stdout.readline() == "held\n"
    others = [job("buy", place, log, KEYS, first=number * 17) for number in range(2)]
    give_up = time.monotonic() + 60
    while len(bought(log)) < KEYS - held:
        assert time.monotonic() < give_up
        time.sleep(0.01)
    assert not any(f"k{number}" in bought(log) for number in range(100, 100 + held))
    victim.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    assert time.monotonic() - killed < LEASE / 2
    assert bought(log) == Counter(f"k{number}" for number in range(KEYS))
    assert len(stored(place)) == KEYS


class Pair:
    """Two stores on one file, as of two jobs, by one clock that the test sets."""

    def __init__(self, path: Path, lease: float = 3600.0) -> None:
        self.now = 1000.0
        self.one = CallStore(path, shared=True, lease=lease, clock=lambda: self.now)
        self.two = CallStore(path, shared=True, lease=lease, clock=lambda: self.now)

    def close(self) -> None:
        self.one.close()
        self.two.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    stores = Pair(tmp_path / "calls.sqlite")
    yield stores
    stores.close()


async def test_a_lease_is_held_by_one_job_until_it_is_given_back(pair: Pair) -> None:
    assert await pair.one.claim("k")
    assert await pair.one.claim("k"), "a claim may be repeated"
    assert not await pair.two.claim("k")
    await pair.two.release("k")
    assert not await pair.two.claim("k"), "only the holder gives a lease back"
    await pair.one.release("k")
    assert await pair.two.claim("k")


async def test_a_stored_reply_ends_the_lease_and_is_not_bought_again(pair: Pair) -> None:
    assert await pair.one.claim("k") and await pair.one.claim("failed")
    await pair.one.put("k", "{}", Reply("text"))
    await pair.one.put_failure("failed", "{}", "400")
    assert not await pair.two.claim("k") and not await pair.one.claim("k")
    assert not await pair.two.claim("failed")
    found = await pair.two.get("k")
    assert found is not None and found.reply == Reply("text")


async def test_the_first_reply_stays(pair: Pair) -> None:
    await pair.one.put("k", "{}", Reply("first"))
    await pair.two.put("k", "{}", Reply("second"))
    found = await pair.two.get("k")
    assert found is not None and found.reply == Reply("first")


async def test_a_lease_ends_with_its_expiry(pair: Pair) -> None:
    assert await pair.one.claim("k")
    pair.now += 3599
    assert not await pair.two.claim("k")
    pair.now += 2
    assert await pair.two.claim("k")
    assert not await pair.one.claim("k")


async def test_a_heartbeat_keeps_leases_alive(tmp_path: Path) -> None:
    pair = Pair(tmp_path / "calls.sqlite", lease=0.06)
    assert await pair.one.claim("k")
    pair.now += 1000

    def extended() -> bool:
        return bool(pair.one._reader.execute("SELECT min(expires) > ? FROM owners", (pair.now,)).fetchone()[0])

    for _ in range(4000):
        if extended():
            break
        await asyncio.sleep(0.005)
    assert not await pair.two.claim("k")
    pair.close()


async def test_closing_gives_leases_back(pair: Pair) -> None:
    assert await pair.one.claim("k")
    pair.one.close()
    assert await pair.two.claim("k")


async def test_a_claim_that_is_cancelled_leaves_no_lease(pair: Pair) -> None:
    for number in range(20):
        task = asyncio.create_task(pair.one.claim(f"k{number}"))
        for _ in range(number % 4):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if task.cancelled():
            await pair.one.release("another")  # by now, what was posted before is done
            assert await pair.two.claim(f"k{number}")


async def test_expired_owners_are_forgotten_when_the_store_is_opened(tmp_path: Path, pair: Pair) -> None:
    assert await pair.one.claim("k")
    later = CallStore(tmp_path / "calls.sqlite", shared=True, clock=lambda: pair.now + 4000)
    assert later._reader.execute("SELECT count(*) FROM leases").fetchone() == (0,)
    later.close()


async def test_a_folder_of_one_job_needs_no_leases(tmp_path: Path) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    assert await store.claim("k") and await store.claim("k")
    await store.release("k")
    tables = store._reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    store.close()
    assert tables == [("calls",)]


async def test_the_digest_does_not_see_leases(pair: Pair) -> None:
    await pair.one.put("k", "{}", Reply("text"))
    before = pair.one.digest()
    assert await pair.one.claim("l")
    assert pair.two.digest() == before


async def test_a_thousand_claims_are_few_transactions(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    claim = sqlite.claim

    def counting(connection: sqlite3.Connection, keys: Sequence[str], me: str, now: float) -> set[str]:
        seen.append(len(keys))
        return claim(connection, keys, me, now)

    monkeypatch.setattr(sqlite, "claim", counting)
    assert all(await asyncio.gather(*(pair.one.claim(f"k{number}") for number in range(1000))))
    assert sum(seen) == 1000 and len(seen) < 20


def test_a_living_process_is_not_gone() -> None:
    assert not is_gone(new_owner())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_process_that_ended_is_gone_even_before_it_is_reaped() -> None:
    child = subprocess.Popen(["sleep", "60"])
    machine, _, _, token = new_owner().split(" ")
    started = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]
    owner = f"{machine} {child.pid} {started} {token}"
    assert not is_gone(owner)
    assert is_gone(f"{machine} {child.pid} {int(started) - 1} {token}"), "another process had that id before"
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(owner)
    child.wait()
    assert is_gone(owner)


@pytest.mark.parametrize("owner", ["elsewhere 1 1 t", "- 1 1 t", "", "nonsense", "a b c d e"])
def test_of_what_is_not_known_nothing_is_said(owner: str) -> None:
    assert not is_gone(owner)
