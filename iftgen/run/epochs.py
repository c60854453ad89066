"""The epochs of a run: which target held from which index on, so that a resumed run repeats every decision."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from iftgen.plan import Planner
from iftgen.run.engine import Engine
from iftgen.run.setup import Setup
from iftgen.types import Draw

Epoch = dict[str, Any]


def epochs_of(setup: Setup, before: Sequence[Epoch], recovered: int) -> list[Epoch]:
    """Return the epochs of the rows that were recovered, and the one that begins now where the target is another.

    A run that was finished early keeps its epochs: when it grows to what was asked for first, nothing has changed.
    """
    now = {"num_examples": setup.target, "max_candidates": setup.max_candidates}
    if setup.source is not None:
        before = ()  # the rows of a file are the same whatever their number
    epochs = [epoch for epoch in before if not epoch["from_index"] or epoch["from_index"] < recovered]
    if not epochs or any(epochs[-1][key] != value for key, value in now.items()):
        epochs = [epoch for epoch in epochs if epoch["from_index"] < recovered]
        epochs.append({"from_index": recovered if epochs else 0, **now})
    return epochs


def replay(engine: Engine, setup: Setup, epochs: Sequence[Epoch], recovered: int) -> list[Draw]:
    """Feed the rows that are there to the engine, with the targets that held when they were made.

    Returns the draws that were begun and are not all committed.
    """
    open_draws: list[Draw] = []
    rows = engine.folder.committed()
    ends = [epoch["from_index"] for epoch in epochs[1:]] + [recovered]
    for number, (epoch, end) in enumerate(zip(epochs, ends, strict=True)):
        if number and isinstance(engine.planner, Planner):
            engine.planner.max_candidates = epoch["max_candidates"]
            engine.planner.extend(epoch["num_examples"])
        seeds = setup.seeds.seeds if number == 0 else ()
        open_draws = engine.replay(islice(rows, end - epoch["from_index"]), seeds)
    return open_draws
