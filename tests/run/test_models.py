"""The models of a run: what was paid, what was cut off, and which limits jobs share."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from iftgen.backends import make_spec
from iftgen.errors import BudgetSpent
from iftgen.run.models import Models, is_common, lane_of
from iftgen.store.calls.file import CallStore
from iftgen.store.charges import Caps
from iftgen.store.ledger import Ledger
from iftgen.types import Request


def spec(**values: Any) -> Any:
    return make_spec({"name": "b", "model": "mock", "client": "mock", "price": {"input": 1, "output": 1}, **values})


def ask(n: int) -> Request:
    return Request("response", messages=({"role": "user", "content": f"Why {n}?"},), sampling={"max_tokens": 50})


def models(folder: Path, backend: Any, **more: Any) -> tuple[Models, CallStore]:
    store = CallStore(folder / "calls.sqlite")
    return Models({"response": backend}, store, lambda event, **fields: None, **more), store


async def test_a_budget_holds_for_what_is_bought_and_not_for_what_is_stored(tmp_path: Path) -> None:
    for told in (3, 0):
        ledger = Ledger(tmp_path / "ledger.sqlite", Caps(calls=3))
        desk, store = models(tmp_path, spec(), ledger=ledger)
        for n in range(3):
            await desk.send(ask(n))
        with pytest.raises(BudgetSpent, match=r"budget\.calls: all 3 are made\."):
            await desk.send(ask(3))
        assert (desk.paid.calls, desk.cut_off) == (told, 0)
        await desk.close()
        assert ledger.spent().calls == 3
        ledger.close()
        store.close()


async def test_what_is_cut_off_is_counted_and_charged_in_full(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite", Caps())
    desk, store = models(tmp_path, spec(mock={"latency": 60}), ledger=ledger)
    task = asyncio.create_task(desk.send(ask(0)))
    for _ in range(50):  # turns of the loop, until the call is in flight
        await asyncio.sleep(0)
    assert ledger.spent().reserved_calls == 1
    await desk.drain(0)
    await desk.close()
    assert (desk.cut_off, desk.paid.calls, ledger.spent().calls) == (1, 0, 1)
    assert ledger.spent().tokens > 500
    assert task.cancelled()
    ledger.close()
    store.close()


def test_jobs_meet_in_a_lane_by_address_model_and_key_variable() -> None:
    vllm = spec(client="direct", api_base="http://127.0.0.1:1/v1", model="m")
    same = spec(client="direct", api_base="http://127.0.0.1:1/v1", model="m", temperature=0.2, concurrency=3)
    assert lane_of(vllm) == lane_of(same)
    assert lane_of(vllm) != lane_of(spec(client="direct", api_base="http://127.0.0.1:2/v1", model="m"))


def test_a_mock_or_embedded_model_is_each_jobs_own_unless_a_rate_is_set() -> None:
    assert [is_common(one) for one in (spec(), spec(rpm=60), spec(client="litellm"))] == [False, True, True]
