"""What an attempt is charged, and whose reply another process is buying."""

import pytest

from iftgen.backends import call_key
from iftgen.errors import BackendError, BackendRefused, BudgetSpent, TransientCallError
from iftgen.store.charges import NOTHING, Charge
from iftgen.types import Reply, Request
from tests.backends.conftest import MemoryStore, Stored, chat
from tests.backends.scripted import Clock, Scripted, Till, caller


@pytest.mark.parametrize("kind", ["overload", "unreachable", "server"])
async def test_a_refused_attempt_is_charged_nothing_and_a_stored_reply_is_no_attempt(kind: str) -> None:
    till, store = Till(), MemoryStore()
    for client in (Scripted([TransientCallError("no", kind=kind)]), Scripted()):
        await caller(client, store, gate=till).call(chat())
    assert till.used == [NOTHING, Charge(1, 1100, 2 * 10**9, 1100)]


@pytest.mark.parametrize("kind", ["timeout", "cut", "malformed"])
async def test_an_attempt_whose_reply_nobody_saw_is_charged_its_worst_case(kind: str) -> None:
    till = Till()
    desk = caller(Scripted([TransientCallError("late", kind=kind)]), gate=till)
    await desk.call(chat())
    assert till.used[0] == till.worst[0]
    assert desk.cut_off == 1


async def test_a_reply_without_a_count_of_tokens_is_charged_its_worst_case() -> None:
    class Silent(Scripted):
        async def send(self, request: Request) -> Reply:
            return Reply("Hello.")

    till = Till()
    await caller(Silent(), gate=till).call(chat())
    assert till.used == till.worst


async def test_a_server_that_counts_more_than_the_worst_case_is_believed_from_then_on() -> None:
    till = Till()
    desk = caller(Scripted(), gate=till)
    for text in "ab":
        await desk.call(chat(text, sampling={"max_tokens": 20}))
    assert till.worst[0].tokens < 1100 <= till.worst[1].tokens


async def test_a_call_that_the_budget_refuses_is_not_made_and_its_lease_is_given_back() -> None:
    client, store = Scripted(), MemoryStore()
    with pytest.raises(BudgetSpent, match="spent"):
        await caller(client, store, gate=Till(BudgetSpent("spent", "usd"))).call(chat())
    assert (client.sent, store.held, store.rows) == ([], set(), {})


async def test_a_reply_that_another_process_is_buying_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, store, client = Clock(monkeypatch), MemoryStore(), Scripted()
    key = call_key("m", chat())
    store.elsewhere.add(key)

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)
        if len(clock.waits) == 9:
            store.rows[key] = Stored(Reply("From elsewhere."))

    assert (await caller(client, store, sleep=sleep).call(chat())).text == "From elsewhere."
    assert client.sent == []
    assert (clock.waits[0], clock.waits[-1]) == (0.05, 0.5)


async def test_what_another_process_gave_up_is_bought_here() -> None:
    store = MemoryStore(elsewhere={call_key("m", chat())})

    async def sleep(seconds: float) -> None:
        store.elsewhere.clear()

    assert (await caller(Scripted(), store, sleep=sleep).call(chat())).text == "Hello."


@pytest.mark.parametrize("error", [BackendRefused("401"), BackendError("gone")])
async def test_a_purchase_that_ends_without_a_row_gives_its_lease_back(error: Exception) -> None:
    store = MemoryStore()
    with pytest.raises(BackendError):
        await caller(Scripted([error]), store).call(chat())
    assert store.held == set()
