"""The forecast of `method=file`: which rows need a response."""

import random
from collections.abc import Mapping

from iftgen.data import Row
from iftgen.hashing import stable_hash
from iftgen.methods.base import Method
from iftgen.methods.file import is_asked
from iftgen.run.files import FilePlanner
from iftgen.run.forecast.simulate import SAMPLED, Simulation, Tally
from iftgen.run.parts import make_planner
from iftgen.run.setup import Setup, file_method
from iftgen.types import Draw


def simulate_file(
    setup: Setup, acceptance: float, early: float, skip: int = 0
) -> tuple[Simulation, Mapping[str, Method]]:
    """Read the rows from `skip` on and count those to be answered; returns the method of the sampled rows beside it."""
    planner, _ = make_planner(setup, setup.window, setup.target, setup.max_candidates)
    assert isinstance(planner, FilePlanner)
    reader = _Reader(setup, acceptance, early)
    while (draw := planner.next_draw()) is not None:
        if draw.index >= skip:
            reader.note(draw, planner.row_at(draw.index))
        planner.commit(draw.index, draw.task, None)
    seen = reader.seen
    seen.simulated = sum(tally.candidates for tally in seen.tasks.values())
    seen.sample = {"file": reader.sample}
    return seen, {"file": file_method(setup, reader.rows.__getitem__)}


class _Reader:
    """Counts rows, and keeps an even sample of those whose response is asked for."""

    def __init__(self, setup: Setup, acceptance: float, early: float) -> None:
        self.seen = Simulation({})
        self.rows: dict[int, Row] = {}
        self.sample: list[Draw] = []
        self._when = setup.settings["method"]["answer"]
        self._passes, self._answered = acceptance, 1 - (1 - acceptance) * early
        self._dice = random.Random(stable_hash(setup.settings["seed"], "forecast"))
        self._wanted = 0

    def note(self, draw: Draw, row: Row) -> None:
        """Count a row: it is answered where a response is wanted and no check of its instruction rejects it."""
        tally = self.seen.tasks.setdefault(draw.task, Tally())
        tally.draws += 1
        tally.candidates += 1
        tally.examples += self._dice.random() < self._passes
        if is_asked(row, self._when):
            tally.answered += self._dice.random() < self._answered
            self._keep(draw, row)

    def _keep(self, draw: Draw, row: Row) -> None:
        self._wanted += 1
        place = len(self.sample) if len(self.sample) < SAMPLED else self._dice.randrange(self._wanted)
        if place < SAMPLED:
            for old in self.sample[place : place + 1]:
                del self.rows[old.index]
            self.sample[place : place + 1] = [draw]
            self.rows[draw.index] = row
