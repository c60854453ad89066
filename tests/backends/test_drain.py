"""The end of a run: what is in flight is kept, nothing more is sent."""

import asyncio

import pytest

from iftgen.backends import call_key
from iftgen.errors import TransientCallError
from iftgen.types import Reply
from tests.backends.conftest import MemoryStore, chat
from tests.backends.scripted import Scripted, Till, caller


async def test_a_drain_keeps_what_is_in_flight_and_cancels_what_is_not_sent() -> None:
    client, store = Scripted(gate=asyncio.Event()), MemoryStore()
    desk = caller(client, store, concurrency=2)
    asked = [asyncio.create_task(desk.call(chat(str(n)))) for n in range(5)]
    await asyncio.sleep(0.01)
    drain = asyncio.create_task(desk.drain(5))
    await asyncio.sleep(0)
    asked[0].cancel()  # its reply is still kept
    assert client.gate
    client.gate.set()
    await drain
    ends = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(end, Reply) for end in ends] == [False, True, False, False, False]
    assert set(store.rows) == {call_key("m", chat("0")), call_key("m", chat("1"))}
    assert (len(client.sent), store.held, desk.cut_off) == (2, set(), 0)
    with pytest.raises(asyncio.CancelledError):
        await desk.call(chat("later"))


async def test_a_drain_cuts_off_what_takes_too_long_and_charges_its_worst_case() -> None:
    till = Till()
    desk = caller(Scripted(gate=asyncio.Event()), gate=till)
    asked = asyncio.create_task(desk.call(chat()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await desk.drain(0.01)
    assert (desk.cut_off, till.used) == (1, till.worst)
    with pytest.raises(asyncio.CancelledError):
        await asked
    await desk.close()


async def test_a_drain_sends_no_attempt_again() -> None:
    client = Scripted([TransientCallError("busy")], gate=asyncio.Event())
    desk = caller(client)
    asked = asyncio.create_task(desk.call(chat()))
    await asyncio.sleep(0.01)
    drain = asyncio.create_task(desk.drain(None))
    await asyncio.sleep(0)
    assert client.gate
    client.gate.set()
    await drain
    assert (len(client.sent), asked.cancelled() or asked.cancelling() or asked.done()) == (1, True)
    await asyncio.gather(asked, return_exceptions=True)
