"""Runs the real planner on outcomes that are drawn at an assumed acceptance: what would be asked, without asking."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from iftgen.hashing import stable_hash
from iftgen.plan import Planner
from iftgen.run.parts import make_planner
from iftgen.run.setup import Setup
from iftgen.types import Draw, Pair

# No more candidates than these are simulated; what lies beyond is scaled up.
MOST_SIMULATED = 20_000
# Draws whose prompts are rendered, spread over the tasks.
SAMPLED = 200

# No acceptance below this is simulated.
LEAST = 0.01

Outcome = tuple[str, Pair | None]


@dataclass
class Tally:
    """What was drawn for one task: draws, candidates, and those of them that were answered and accepted."""

    draws: int = 0
    candidates: int = 0
    answered: int = 0
    examples: int = 0


@dataclass
class Simulation:
    """What a run draws. `factor` scales the tallies up to the whole run; `sample` holds some draws of each task.

    `surplus` are candidates beyond the last accepted one, whose calls were under way. `past` are the draws of an
    earlier run that it goes on from. `reached` is False where `max_candidates` is spent first, or where tasks are given
    up and nothing takes their share.
    """

    tasks: dict[str, Tally]
    attributes: dict[str, Counter[str]] = field(default_factory=dict)
    sample: dict[str, list[Draw]] = field(default_factory=dict)
    factor: float = 1.0
    simulated: int = 0
    surplus: int = 0
    past: list[Draw] = field(default_factory=list)
    reached: bool = True
    given_up: list[str] = field(default_factory=list)

    @property
    def candidates(self) -> float:
        """Candidates up to the last accepted one."""
        return self.total("candidates") - self.surplus

    def total(self, name: str) -> float:
        """Return the sum of one field of the tallies for the whole run."""
        return self.factor * float(sum(getattr(tally, name) for tally in self.tasks.values()))


class Simulator:
    """Feeds a planner as the engine does: draws while it may, then commits the next index."""

    def __init__(self, setup: Setup, acceptance: float, early: float) -> None:
        """`acceptance` and `early` are as in Assumptions; all chance depends on the seed of the run."""
        self.setup, self.acceptance, self.early = setup, max(LEAST, acceptance), early
        self.dice = random.Random(stable_hash(setup.settings["seed"], "forecast"))
        self.seen = Simulation({name: Tally() for name in setup.taxonomy.tasks})
        self.room = max(1, SAMPLED // len(setup.taxonomy.tasks))
        self._pending: dict[int, Draw] = {}
        self._deck: list[float] = []

    def run(self, past: Sequence[Outcome] = (), past_target: int = 0) -> Simulation:
        """Go on from the committed outcomes of an earlier run of `past_target` examples, if there was one."""
        target, limit = self.setup.target or 0, self.setup.max_candidates
        planner, _ = make_planner(self.setup, self.setup.window, past_target or target, limit)
        assert isinstance(planner, Planner)
        if past_target:
            self._repeat(planner, past)
            planner.extend(target)
        begun, accepted = planner.commits, planner.accepted
        self._play(planner, begun + MOST_SIMULATED)
        seen = self.seen
        seen.simulated = planner.commits - begun
        seen.given_up = list(planner.unfilled)
        if not planner.finished and seen.simulated >= MOST_SIMULATED:
            self._scale(planner, planner.target - accepted, limit - begun, planner.accepted - accepted)
        else:
            seen.reached, seen.surplus = planner.finished, len(self._pending)
            for draw in self._pending.values():
                seen.tasks[draw.task].answered += self._fate() >= (1 - self.acceptance) * self.early
        return seen

    def _repeat(self, planner: Planner, past: Iterable[Outcome]) -> None:
        """Feed what is committed already, without counting it."""
        for index, (task, example) in enumerate(past):
            self.seen.past += self._draws(planner)
            planner.commit(index, task, example)
        self._pending.clear()

    def _play(self, planner: Planner, end: int) -> None:
        while not planner.finished and planner.commits < end:
            for new in self._draws(planner):
                self._note(new)
            draw = self._pending.pop(planner.commits, None)
            if draw is None:
                return
            planner.commit(planner.commits, draw.task, self._outcome(planner, draw.task))

    def _draws(self, planner: Planner) -> Iterator[Draw]:
        while (draw := planner.next_draw()) is not None:
            for index in range(draw.index, draw.index + draw.count):
                self._pending[index] = draw
            yield draw

    def _note(self, draw: Draw) -> None:
        tally = self.seen.tasks[draw.task]
        tally.draws += 1
        tally.candidates += draw.count
        for name, value in draw.attributes.items():
            self.seen.attributes.setdefault(name, Counter())[value] += 1
        kept = self.seen.sample.setdefault(draw.task, [])
        if len(kept) < self.room:
            kept.append(draw)
        elif (place := self.dice.randrange(tally.draws)) < self.room:  # every draw of the task is as likely as another
            kept[place] = draw

    def _fate(self) -> float:
        """Return the next number of 0..1: rejected at its low end, the earlier the lower, accepted above.

        The numbers are dealt from a shuffled deck of evenly spaced ones, about one for each candidate of the run: the
        acceptance as a whole is met, while rejected candidates still come in clusters.
        """
        if not self._deck:
            size = min(MOST_SIMULATED, max(1, round((self.setup.share or 1) / self.acceptance)))
            self._deck = [(place + 0.5) / size for place in range(size)]
            self.dice.shuffle(self._deck)
        return self._deck.pop()

    def _outcome(self, planner: Planner, task: str) -> Pair | None:
        """Draw what becomes of a candidate: rejected before or after its response is paid for, or accepted."""
        tally, number = self.seen.tasks[task], self._fate()
        tally.answered += number >= (1 - self.acceptance) * self.early
        if number < 1 - self.acceptance or planner.full(task):
            return None
        tally.examples += 1
        return stand_in(self.setup, task, self.dice)

    def _scale(self, planner: Planner, wanted: int, room: int, accepted: int) -> None:
        """Scale what was committed to the examples that are wanted, or to `max_candidates` where that comes first."""
        seen = self.seen
        for draw in self._pending.values():
            seen.tasks[draw.task].candidates -= 1
        for _, task in {(draw.index, draw.task) for draw in self._pending.values()}:
            seen.tasks[task].draws -= 1
        needed = seen.simulated * wanted / accepted if accepted else float(room)
        seen.reached = bool(accepted) and needed <= room
        seen.factor = min(needed, room) / seen.simulated


def stand_in(setup: Setup, task: str, dice: random.Random) -> Pair:
    """Return a pair that is about as long as an example of the task: one of its seeds, else its description."""
    seeds = setup.seeds.for_task(task)
    own = [pair for pair in seeds if pair.task == task] or seeds
    if own:
        return replace(dice.choice(own), origin="example")
    known = setup.taxonomy.tasks.get(task)
    return Pair("stand-in", known.description if known else task, "", task=task, origin="example")
