"""Sums the load of a run over its tasks, and corrects it by what a pilot measured."""

from collections.abc import Mapping, Sequence

from iftgen.run.forecast.pilot import Measured, Pilot
from iftgen.run.forecast.ranges import NO_LOAD, Load, Range
from iftgen.run.forecast.rehearse import Loads, Rehearsal, Rehearser
from iftgen.run.forecast.simulate import SAMPLED, Simulation
from iftgen.types import Draw

# Where nothing was estimated there is nothing to compare with.
TINY = 1e-9


def sum_loads(
    rehearser: Rehearser, simulation: Simulation, played: Mapping[str, Sequence[Rehearsal]], acceptance: Range
) -> Loads:
    """Sum over the tasks: draws and answers, each at the mean load of the task's sampled draws."""
    everything = [seen for one in played.values() for seen in one]
    total: Loads = {}
    for task, tally in simulation.tasks.items():
        proposing, answering = _mean_loads(rehearser, played.get(task) or everything, acceptance)
        for loads, count in ((proposing, tally.draws), (answering, tally.answered)):
            for role, load in loads.items():
                total[role] = total.get(role, NO_LOAD) + load * (count * simulation.factor)
    return total


def _mean_loads(rehearser: Rehearser, played: Sequence[Rehearsal], acceptance: Range) -> tuple[Loads, Loads]:
    """Return the mean load of a draw, and of an answer."""
    sums: tuple[Loads, Loads] = ({}, {})
    for seen in played:
        for whole, part in zip(sums, rehearser.load(seen, acceptance), strict=True):
            for role, load in part.items():
                whole[role] = whole.get(role, NO_LOAD) + load * (1 / len(played))
    return sums


def calibrated(loads: Loads, rehearser: Rehearser, past: Sequence[Draw], pilot: Pilot, acceptance: Range) -> Loads:
    """Correct each role by what the pilot measured, beside what is estimated for the draws of the pilot."""
    played = rehearser.play(past[:SAMPLED])
    proposing, answering = _mean_loads(rehearser, played, acceptance)
    fixed: Loads = {}
    for role, load in loads.items():
        guess = proposing.get(role, NO_LOAD) * len(past) + answering.get(role, NO_LOAD) * pilot.answered
        measured = pilot.roles.get(role)
        fixed[role] = load if measured is None else _corrected(load, guess, measured)
    return fixed


def _corrected(load: Load, guess: Load, measured: Measured) -> Load:
    """Scale calls and tokens by measured / estimated; the spread of the completion tokens is the measured one."""
    calls = measured.calls / max(TINY, guess.calls.expected)
    prompt = measured.prompt * measured.calls / max(TINY, guess.prompt.expected)
    tokens = measured.completion * (measured.calls / max(TINY, guess.completion.expected))
    return Load(
        Range.just(load.calls.expected * calls),
        Range.just(load.prompt.expected * prompt),
        tokens * load.completion.expected,
    )
