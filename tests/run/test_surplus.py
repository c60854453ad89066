"""Exactly N at any acceptance, and what is paid beyond the last example stays within the window."""

import asyncio
from pathlib import Path

import pytest

from iftgen.filters.stack import FilterStack
from iftgen.methods.base import Desk, blank_candidates
from iftgen.plan import Choice, Planner
from iftgen.seeds import SeedBank
from iftgen.taxonomy import Task
from iftgen.types import Candidate, Draw, Request, Style
from tests.run.test_engine import STACK, TAXONOMY, Model, Writer, build


class Fussy(Writer):
    """A method of which a share of the responses is good enough; its instructions are all different."""

    def __init__(self, share: float, size: int) -> None:
        self.share, self.per_call = share, size

    def size(self, task: Task, style: Style) -> int:
        """As it was told."""
        return self.per_call

    async def propose(self, draw: Draw, desk: Desk) -> list[Candidate]:
        """Number the instructions."""
        await desk.send(Request("instruction", prompt=str(draw.key)))
        rows = blank_candidates(draw)
        for place, row in enumerate(rows):
            row.instruction = f"Describe thing {place} of {draw.key}"
        return rows

    async def respond(self, row: Candidate, draw: Draw, desk: Desk) -> None:
        """Answer well or too shortly."""
        reply = await desk.send(Request("response", prompt=row.instruction))
        row.output = "The answer is long enough." if int(reply.text) % 1000 < self.share * 1000 else "No."


async def let_finish(seconds: float | None) -> None:
    """Give the model, which answers within a few turns of the loop, the time to answer what it was asked."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("size", [1, 5])
@pytest.mark.parametrize("target", [20, 100])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.95])
def test_a_run_ends_with_exactly_n_and_pays_at_most_the_window_beyond(
    share: float, target: int, size: int, tmp_path: Path
) -> None:
    window = max(target // 4, 4)
    for seed in range(3):
        model = Model(seed)
        engine = build(tmp_path / str(seed), model, target, window)
        engine.planner = Planner(
            TAXONOMY, lambda task: Choice("writer", size), SeedBank(()), seed, target, window, 10**6, 10**5
        )
        engine._work._methods = {"writer": Fussy(share, size)}
        engine.stack = FilterStack.build({"length": STACK["length"]}, None, {})
        engine._drain = let_finish
        assert asyncio.run(engine.run()) == "completed"
        engine.folder.close()
        engine.events.close()
        assert engine.counts.examples == target
        assert 0 <= len(model.sold) - engine.counts.bill.calls <= window
        model.sold.clear()
