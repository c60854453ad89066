"""The call store: durable before used, shared, private to its owner."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from iftgen.errors import RunError
from iftgen.store import sqlite
from iftgen.store.calls import file as calls
from iftgen.store.calls.file import CallStore
from iftgen.types import Reply, Usage

REPLY = Reply("text", "stop", -0.5, Usage(10, 5, 1), "model", None, 0.25)


def modes(folder: Path) -> dict[str, int]:
    """The permissions of the files in a folder."""
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


async def test_a_reply_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    assert await store.get("k") is None
    await store.put("k", "{}", REPLY)
    found = await store.get("k")
    store.close()
    assert found is not None and found.reply == REPLY and found.error is None


async def test_a_failure_comes_back_with_its_message(tmp_path: Path) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    await store.put_failure("k", "{}", "400: too long")
    found = await store.get("k")
    store.close()
    assert found is not None and found.reply is None and found.error == "400: too long"


async def test_only_the_owner_may_read_the_file_and_its_log(tmp_path: Path) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    await store.put("k", "{}", REPLY)
    before = modes(tmp_path)
    store.close()
    assert before == dict.fromkeys(("calls.sqlite", "calls.sqlite-wal", "calls.sqlite-shm"), 0o600)
    assert modes(tmp_path) == {"calls.sqlite": 0o600}


async def test_many_at_once_are_all_there_and_the_digest_does_not_depend_on_their_order(tmp_path: Path) -> None:
    digests = set()
    for name, order in (("a", 1), ("b", -1)):
        store = CallStore(tmp_path / name)
        await asyncio.gather(*(store.put(f"k{i}", "{}", REPLY) for i in range(2000)[::order]))
        digests.add(store.digest())
        assert store.totals()["calls"] == 2000
        assert store.totals()["cost_usd"] == pytest.approx(500.0)
        store.close()
    assert len(digests) == 1


async def test_an_unknown_price_makes_the_total_unknown(tmp_path: Path) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    await store.put("k", "{}", REPLY)
    await store.put("l", "{}", Reply("text"))
    assert store.totals()["cost_usd"] is None
    store.close()


def test_a_stored_reply_survives_a_kill(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from iftgen.store.calls.file import CallStore\n"
        "from iftgen.types import Reply\n"
        "async def go():\n"
        "    store = CallStore(Path(sys.argv[1]))\n"
        "    await store.put('k', '{}', Reply('paid'))\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(go())\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "calls.sqlite")], check=False)
    store = CallStore(tmp_path / "calls.sqlite")
    found = asyncio.run(store.get("k"))
    store.close()
    assert found is not None and found.reply is not None and found.reply.text == "paid"


def test_a_path_that_cannot_be_opened_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(json.dumps({}))
    with pytest.raises(RunError, match="call store cannot be opened"):
        CallStore(tmp_path / "file" / "calls.sqlite")


async def test_half_a_character_is_stored_as_its_json_escape(tmp_path: Path) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    torn = Reply("torn \ud83d \U0001f600 \0")
    await store.put("k", json.dumps("say \ud83d", ensure_ascii=False), torn)
    await store.put_failure("failed", "{}", "no \ud83d")
    found, failed = await store.get("k"), await store.get("failed")
    store.digest()
    request = store._reader.execute("SELECT request FROM calls WHERE key = 'k'").fetchone()[0]
    store.close()
    assert found is not None and found.reply == torn and json.loads(request) == "say \ud83d"
    assert failed is not None and failed.error == "no \\ud83d"


async def test_a_file_of_the_first_kind_of_table_is_read_and_written(tmp_path: Path) -> None:
    table = "CREATE TABLE calls (key TEXT PRIMARY KEY, request TEXT NOT NULL, reply TEXT, error TEXT) WITHOUT ROWID"
    with sqlite3.connect(tmp_path / "calls.sqlite") as connection:
        connection.execute(table)
        connection.execute("INSERT INTO calls VALUES ('k', '{}', NULL, 'failed')")
    connection.close()
    store = CallStore(tmp_path / "calls.sqlite", shared=True)
    await store.put("l", "{}", REPLY)
    found = await store.get("k")
    assert found is not None and found.error == "failed" and not await store.claim("l")
    store.close()


async def test_what_is_put_after_closing_is_an_error_and_no_hang(tmp_path: Path) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    store.close()
    with pytest.raises(RunError, match="closed"):
        await store.put("k", "{}", REPLY)


async def test_a_full_disk_is_a_clear_error_and_the_store_lives_on(tmp_path: Path) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    store._writer.execute("PRAGMA max_page_count = 3")
    writes = [store.put(f"k{number}", "x" * 100_000, REPLY) for number in range(2)]
    failures = await asyncio.gather(*writes, return_exceptions=True)
    store._writer.execute("PRAGMA max_page_count = 1000000")
    await store.put("k", "{}", REPLY)
    found = await store.get("k")
    store.close()
    assert all(isinstance(failure, RunError) and "full" in str(failure) for failure in failures)
    assert failures[0] is not failures[1] and "Make room" in str(failures[0])
    assert found is not None


async def test_where_there_is_no_shared_memory_the_journal_is_truncated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "on_network", lambda path: True)
    store = CallStore(tmp_path / "calls.sqlite", shared=True)
    assert await store.claim("k")
    await store.put("k", "{}", REPLY)
    found = await store.get("k")
    files = modes(tmp_path)
    level = store._writer.execute("PRAGMA synchronous").fetchone()[0]
    store.close()
    assert found is not None and found.reply == REPLY
    assert files == {"calls.sqlite": 0o600, "calls.sqlite-journal": 0o600} and level == 2


def test_a_database_that_takes_no_log_falls_back() -> None:
    connection = sqlite.connect(Path(":memory:"), network=False)
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    connection.close()


async def test_a_lock_is_waited_for_by_readers_and_writers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "on_network", lambda path: True)
    monkeypatch.setattr(sqlite, "BUSY", 0.0)
    store = CallStore(tmp_path / "calls.sqlite")
    await store.put("k", "{}", REPLY)
    other = sqlite3.connect(tmp_path / "calls.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    tasks = [asyncio.create_task(store.get("k")), asyncio.create_task(store.put("l", "{}", REPLY))]
    done, _ = await asyncio.wait(tasks, timeout=0.1)
    other.execute("COMMIT")
    other.close()
    found, _ = await asyncio.gather(*tasks)
    assert not done and found is not None and await store.get("l") is not None
    store.close()


async def test_a_lock_that_never_goes_away_is_an_error_and_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY", 0.0)
    store = CallStore(tmp_path / "calls.sqlite")
    monkeypatch.setattr(store, "_patience", 0.1)
    other = sqlite3.connect(tmp_path / "calls.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(RunError, match=r"calls\.sqlite: another process keeps the call store locked"):
        await store.put("k", "{}", REPLY)
    monkeypatch.setattr(store, "_patience", 3600)
    with pytest.raises(RunError, match="locked"):
        await store.put("k", "{}", REPLY)
    other.execute("COMMIT")
    other.close()
    await store.put("k", "{}", REPLY)
    store.close()


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "calls.sqlite").write_bytes(b"no database " * 100)
    with pytest.raises(RunError, match=r"calls\.sqlite: the call store is damaged .* Move it away"):
        CallStore(tmp_path / "calls.sqlite")


async def test_a_torn_file_is_a_clear_error_wherever_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite"
    store = CallStore(path)
    await asyncio.gather(*(store.put(f"k{number}", "x" * 2000, REPLY) for number in range(200)))
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RunError, match="damaged"):
        CallStore(path)
    path.write_bytes(whole[:16384] + b"\xff" * (len(whole) - 16384))
    store = CallStore(path)
    with pytest.raises(RunError, match="damaged"):
        store.digest()
    with pytest.raises(RunError, match="damaged"):
        store.totals()
    with pytest.raises(RunError, match="damaged"):
        await asyncio.gather(*(store.get(f"k{number}") for number in range(200)))
    store.close()


@pytest.mark.parametrize("reply", ["{", "[]", '{"text": "no usage"}', '{"text": "t", "usage": {}, "unknown": 1}'])
async def test_a_row_that_holds_no_reply_is_a_clear_error(tmp_path: Path, reply: str) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    store._writer.execute("INSERT INTO calls VALUES ('k', '{}', ?, NULL)", (reply,))
    with pytest.raises(RunError, match="damaged"):
        await store.get("k")
    store.close()


async def test_the_dollars_do_not_depend_on_the_order_of_the_calls(tmp_path: Path) -> None:
    costs = [0.1, 0.2, 0.3, 1e-7, 12345.678]
    totals = []
    for name, order in (("a", 1), ("b", -1)):
        store = CallStore(tmp_path / name)
        for cost in costs[::order]:
            await store.put(str(costs.index(cost)), "{}", Reply("text", usage=Usage(3, 2), cost_usd=cost))
        totals.append(store.totals())
        store.close()
    assert totals[0] == totals[1]
    assert totals[0] == {"calls": 5, "prompt_tokens": 15, "completion_tokens": 10, "cost_usd": 12346.2780001}
