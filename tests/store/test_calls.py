"""The call store: durable before used, shared, private to its owner."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from iftgen.errors import RunError
from iftgen.store.calls import CallStore
from iftgen.types import Reply, Usage

REPLY = Reply("text", "stop", -0.5, Usage(10, 5, 1), "model", None, 0.25)


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


async def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    CallStore(tmp_path / "calls.sqlite").close()
    assert (tmp_path / "calls.sqlite").stat().st_mode & 0o777 == 0o600


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
        "from iftgen.store.calls import CallStore\n"
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
