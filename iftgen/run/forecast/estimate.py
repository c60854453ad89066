"""What a run would make: draws, calls, tokens, cost and time by role, with ranges, and no call made."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iftgen.backends import price
from iftgen.methods.base import Method
from iftgen.run.forecast.assumptions import REMOTE, Assumptions, assume
from iftgen.run.forecast.loads import calibrated, sum_loads
from iftgen.run.forecast.pace import seconds_of
from iftgen.run.forecast.pilot import Pilot
from iftgen.run.forecast.ranges import NO_LOAD, Load, Range
from iftgen.run.forecast.rehearse import Rehearsal, Rehearser
from iftgen.run.forecast.simulate import LEAST, Simulation, Simulator
from iftgen.run.forecast.source import simulate_file
from iftgen.run.setup import Setup
from iftgen.types import ROLES, Role


@dataclass(frozen=True)
class Forecast:
    """What is expected of a run, or of the rest of it after a pilot.

    `acceptance` is the share of candidates that pass the filters, its high side first. `costs` are dollars by role,
    None where the price is unknown. `rehearsals` are draws with the prompts that were rendered for them.
    """

    setup: Setup
    assumed: Mapping[Role, Assumptions]
    acceptance: Range
    basis: str
    simulation: Simulation
    candidates: Range
    loads: Mapping[Role, Load]
    costs: Mapping[Role, Range | None]
    seconds: Range
    rehearsals: Sequence[Rehearsal]
    early: float
    pilot: Pilot | None = None

    @property
    def going_on(self) -> str:
        """The command that makes the rest after the pilot."""
        number = "null" if self.setup.target is None else self.setup.target
        return f"iftgen resume {shlex.quote(str(self.pilot.folder))} num_examples={number}" if self.pilot else ""

    @property
    def examples(self) -> float:
        """Examples that are expected."""
        return self.simulation.total("examples")

    @property
    def total(self) -> Load:
        """The load of all roles."""
        return sum(self.loads.values(), NO_LOAD)

    @property
    def cost(self) -> Range | None:
        """Dollars of all roles; None where the price of one is unknown."""
        known = [cost for cost in self.costs.values() if cost is not None]
        return sum(known, Range()) if len(known) == len(self.costs) else None


def forecast(setup: Setup, acceptance: float | None = None, pilot: Pilot | None = None) -> Forecast:
    """Forecast a run at an acceptance that is given, measured by a pilot, or assumed of the backend."""
    assumed = {role: assume(setup.specs[role]) for role in ROLES}
    leader: Role = "instruction" if setup.source is None else "response"
    span, basis = _acceptance(setup, assumed[leader], acceptance, pilot)
    early = pilot.early if pilot else assumed[leader].early
    simulation, methods = _simulate(setup, span.expected, early, pilot)
    rehearser = Rehearser(setup, methods, assumed)
    played = {task: rehearser.play(draws) for task, draws in simulation.sample.items()}
    loads = sum_loads(rehearser, simulation, played, span)
    if pilot is not None:
        loads = calibrated(loads, rehearser, simulation.past, pilot, span)
    more = _more(setup, span, simulation, pilot)
    loads = {role: load * more for role, load in loads.items()}
    candidates = more * simulation.candidates
    return Forecast(
        setup=setup,
        assumed=assumed,
        acceptance=span,
        basis=basis,
        simulation=simulation,
        candidates=candidates,
        loads=loads,
        costs={role: _cost(setup, role, load) for role, load in loads.items()},
        seconds=seconds_of(setup, loads, assumed, candidates, pilot),
        rehearsals=[seen for one in played.values() for seen in one],
        early=early,
        pilot=pilot,
    )


def _more(setup: Setup, acceptance: Range, simulation: Simulation, pilot: Pilot | None) -> Range:
    """Return the candidates at each side of the acceptance as multiples of the simulated ones; a file's stay."""
    if setup.source is not None:
        return Range.just(1.0)
    done = len(pilot.outcomes) if pilot else 0
    return _scale(acceptance, simulation.candidates, setup.max_candidates - done)


def _acceptance(setup: Setup, assumed: Assumptions, given: float | None, pilot: Pilot | None) -> tuple[Range, str]:
    if pilot is not None:
        return pilot.acceptance, f"measured: {pilot.passed} of {pilot.judged} passed; the range is a 95 % interval"
    if given is not None:
        return Range.just(given), "given"
    if setup.source is not None:
        return REMOTE.acceptance, "a guess; what the rows are like is not looked at"
    return assumed.acceptance, assumed.source


def _simulate(
    setup: Setup, acceptance: float, early: float, pilot: Pilot | None
) -> tuple[Simulation, Mapping[str, Method]]:
    if setup.source is not None:
        return simulate_file(setup, acceptance, early, len(pilot.outcomes) if pilot else 0)
    simulator = Simulator(setup, acceptance, early)
    past = (pilot.outcomes, pilot.target) if pilot else ((), 0)
    return simulator.run(*past), setup.methods


def _scale(acceptance: Range, candidates: float, limit: float) -> Range:
    """Return how many times as many candidates are tried at each side of the acceptance, `limit` of them at most."""
    least, most = max(LEAST, acceptance.expected), max(1.0, limit / max(1.0, candidates))
    sides = (least / max(LEAST, side) for side in (acceptance.low, acceptance.expected, acceptance.high))
    return Range(*(min(most, side) for side in sides))


def _cost(setup: Setup, role: Role, load: Load) -> Range | None:
    rates = price.rates(setup.specs[role])
    return None if rates is None else load.prompt * rates[0] + load.completion * rates[1]
