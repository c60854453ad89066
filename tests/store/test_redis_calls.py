"""The call store on a real Redis server of our own."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from iftgen.errors import RunError, UserError
from iftgen.store.calls import redis_store
from iftgen.store.calls.file import CallStore
from iftgen.store.calls.open import Calls, open_calls
from iftgen.store.calls.url import PASSWORD_VARIABLE
from iftgen.types import Reply, Usage
from tests.store.servers import RedisServer

REPLY = Reply("text \ud83d \U0001f600", "stop", -0.5, Usage(10, 5, 1), "model", "thought", 0.25)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server that is there for one test."""
    running = RedisServer(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def store(server: RedisServer) -> Iterator[redis_store.RedisCalls]:
    """A store on it."""
    opened = redis_store.RedisCalls(server.url)
    yield opened
    opened.close()


async def test_replies_and_failures_come_back(store: Calls) -> None:
    assert await store.get("k") is None
    await store.put("k", json.dumps("\ud83d", ensure_ascii=False), REPLY)
    await store.put_failure("failed", "{}", "400: \u00e9")
    found, failed = await store.get("k"), await store.get("failed")
    assert found is not None and found.reply == REPLY and found.error is None
    assert failed is not None and failed.reply is None and failed.error == "400: \u00e9"


async def test_digest_and_totals_are_those_of_a_file(store: Calls, tmp_path: Path) -> None:
    file = CallStore(tmp_path / "calls.sqlite")
    for one in (store, file):
        await asyncio.gather(*(one.put(f"k{number}", '{"\u00e9": 1}', REPLY) for number in range(1200)))
        await one.put_failure("failed", "{}", "no")
    assert store.digest() == file.digest() and store.totals() == file.totals()
    file.close()


async def test_a_prefix_parts_stores_even_with_signs_of_patterns(server: RedisServer) -> None:
    one = open_calls(f"{server.url}?prefix=a[1]*:", shared=True)
    two = open_calls(f"unix://{server.socket}?prefix=a1:", shared=True)
    await one.put("k", "{}", REPLY)
    await two.put("l", "{}", REPLY)
    assert await two.get("k") is None and await one.claim("l") and not await one.claim("k")
    assert one.totals()["calls"] == two.totals()["calls"] == 1
    one.close()
    two.close()


async def test_a_lease_is_held_by_one_job_until_it_ends(store: Calls, server: RedisServer) -> None:
    other = open_calls(server.url, shared=True)
    assert await store.claim("k") and await store.claim("k")
    assert not await other.claim("k")
    await other.release("k")
    assert not await other.claim("k"), "only the holder gives a lease back"
    await store.release("k")
    assert await other.claim("k")
    await other.put("k", "{}", REPLY)
    assert not await store.claim("k"), "the reply is there"
    assert await store.claim("l")
    store.close()
    assert await other.claim("l"), "closing gives leases back"
    other.close()


async def test_the_first_reply_stays(store: Calls) -> None:
    await asyncio.gather(store.put("k", "{}", Reply("first")), store.put("k", "{}", Reply("second")))
    found = await store.get("k")
    assert found is not None and found.reply == Reply("first")


async def test_a_heartbeat_extends_a_lease_which_ends_without_it(
    server: RedisServer, store: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = redis_store.RedisCalls(server.url, lease=0.3)
    client = short._client
    assert await short.claim("k")
    give_up = time.monotonic() + 20
    left, extended = 300, False
    while not extended and time.monotonic() < give_up:
        before, left = left, client.pttl("iftgen:calls:lease:k")
        extended = left > before
    assert extended and not await store.claim("k")
    monkeypatch.setattr(short, "_held", {})  # what a job on another machine that was killed looks like
    while not await store.claim("k"):
        assert time.monotonic() < give_up
    short.close()


async def test_a_cut_connection_is_no_error(store: redis_store.RedisCalls) -> None:
    await store.put("k", "{}", REPLY)
    store._client.client_kill_filter(_type="normal", skipme=False)
    found = await store.get("k")
    await store.put("l", "{}", REPLY)
    assert found is not None and store.totals()["calls"] == 2


async def test_a_server_that_comes_back_is_waited_for(store: redis_store.RedisCalls, server: RedisServer) -> None:
    await store.put("k", "{}", REPLY)
    server.stop()
    tasks = [asyncio.create_task(store.put("l", "{}", REPLY)), asyncio.create_task(store.get("k"))]
    done, _ = await asyncio.wait(tasks, timeout=0.3)
    server.start()
    _, found = await asyncio.gather(*tasks)
    assert not done and found is not None and found.reply == REPLY
    assert store.totals()["calls"] == 2


async def test_a_server_that_stays_away_ends_the_run_and_is_waited_for_once(server: RedisServer) -> None:
    store = redis_store.RedisCalls(server.url, patience=0.3)
    assert await store.claim("k")
    server.stop()
    with pytest.raises(RunError, match=r"does not answer any more .* can be resumed"):
        await store.put("k", "{}", REPLY)
    store._patience = 3600
    with pytest.raises(RunError, match="can be resumed"):
        await store.get("k")
    await store.release("k")
    store.close()


async def test_a_server_that_refuses_is_a_clear_error(store: redis_store.RedisCalls) -> None:
    store._client.config_set("maxmemory", "1")
    with pytest.raises(RunError, match=r"refuses: .*maxmemory.*resume"):
        await store.put("k", "{}", REPLY)
    store._client.config_set("maxmemory", "0")
    await store.put("k", "{}", REPLY)


async def test_a_foreign_value_is_a_clear_error(store: redis_store.RedisCalls) -> None:
    for value in ("no JSON", "[]", "{}"):
        store._client.set("iftgen:calls:reply:k", value)
        with pytest.raises(RunError, match="is no reply"):
            await store.get("k")
        with pytest.raises(RunError, match="is no reply"):
            store.totals()


def test_a_wrong_password_is_refused_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = RedisServer(tmp_path, password="right-one")
    for url in (server.url, server.url.replace("//", "//:wrong-one@")):
        with pytest.raises(UserError, match="refuses the user or the password") as caught:
            open_calls(url, True)
        assert "wrong-one" not in str(caught.value) and PASSWORD_VARIABLE in str(caught.value)
    named = open_calls(server.url.replace("//", "//:right-one@"), True)
    named.close()
    assert named.place == server.url
    monkeypatch.setenv(PASSWORD_VARIABLE, "right-one")
    open_calls(named.place, True).close()
    server.stop()
