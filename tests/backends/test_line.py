"""The waiting line: early rows first, then first come, first served."""

import asyncio

from iftgen.backends.base import Outcome
from iftgen.backends.limits import LocalGate
from iftgen.backends.line import PLACE, Line
from iftgen.store.charges import NOTHING


def test_a_line_is_sorted_by_place_and_then_by_arrival() -> None:
    line: Line[str] = Line()
    for place, name in ((5, "e"), (2, "a"), (5, "f"), (2, "b"), (3, "c")):
        PLACE.set(place)
        line.append(name)
    assert (len(line), line.first(), line.place()[0]) == (5, "a", 2)
    assert [line.popleft() for _ in range(5)] == ["a", "b", "c", "e", "f"]
    PLACE.set(0)


async def test_the_answer_of_an_early_row_goes_before_the_instructions_of_a_late_one() -> None:
    gate, order = LocalGate(1), []

    async def call(name: str, place: int) -> None:
        PLACE.set(place)
        await gate.enter(NOTHING)
        order.append(name)
        await asyncio.sleep(0)
        gate.leave(NOTHING, NOTHING, Outcome(answered=True))

    waits = [("first", 0), ("draw 9", 9), ("draw 5", 5), ("answer 1", 1)]
    await asyncio.gather(*(call(*one) for one in waits))
    assert order == ["first", "answer 1", "draw 5", "draw 9"]
