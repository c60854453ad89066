"""The planner, the methods and the desks of a run, made from a setup."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from iftgen.data import Row
from iftgen.methods.base import Desk, Method, Send
from iftgen.methods.file import is_asked, surveyed
from iftgen.plan import Choice, Planner
from iftgen.run.files import FilePlanner
from iftgen.run.pool import FilterPool, width_for
from iftgen.run.setup import Setup, file_method, stack_recipe
from iftgen.run.source import rows_of
from iftgen.run.work import Halted
from iftgen.taxonomy import Task
from iftgen.types import Candidate, Draw


def make_planner(
    setup: Setup, window: int, target: int | None, max_candidates: int
) -> tuple[Planner | FilePlanner, Mapping[str, Method]]:
    """Return the planner and the methods by name: of the rows of a file, or of quotas.

    `target` is the number of examples of all shards together.
    """
    if setup.source is not None:
        return _file_planner(setup, setup.source, window)
    assert target is not None
    settings = setup.settings
    planner = Planner(
        taxonomy=setup.taxonomy,
        choose=lambda task: _choice(setup, task),
        seeds=setup.seeds,
        seed=int(settings["seed"]),
        target=target,
        window=window,
        max_candidates=max_candidates,
        max_tries=int(settings["max_tries"]),
        share_unfilled=settings["unfilled"] == "share",
        seed_shots=int(settings["method"]["seed_shots"]),
        machine_shots=int(settings["method"]["machine_shots"]),
        shard=setup.shard,
    )
    return planner, setup.methods


def desk_maker(setup: Setup) -> Callable[[Draw, Send], Desk]:
    """Return what furnishes the desk of a draw around a way to send."""
    words = {
        (name, value.value): value.prompt for name, values in setup.taxonomy.attributes.items() for value in values
    }

    def desk(draw: Draw, send: Send) -> Desk:
        wishes = {name: words.get((name, value), "") for name, value in draw.attributes.items()}
        return Desk(
            draw=draw,
            task=setup.taxonomy.tasks.get(draw.task) or Task(draw.task, ""),
            prompts=setup.prompts,
            roles=setup.roles,
            send=send,
            behavior=setup.settings["behavior"],
            attribute_prompts={name: said for name, said in wishes.items() if said},
        )

    return desk


def make_pool(setup: Setup) -> FilterPool | None:
    """Return processes that judge the rows of a large file."""
    width = width_for(setup.own_rows) if setup.source is not None and setup.stack.judges_alone else 0
    return FilterPool(stack_recipe(setup.settings, setup.taxonomy), setup.stack.spent, width) if width else None


def survey(setup: Setup, stopping: Callable[[], bool]) -> None:
    """Let the filters that cannot decide in one pass see the file; raises Halted as soon as the run is `stopping`.

    They see all of it, also where only its first rows are wanted: a run that grows goes on with the same verdicts.
    """
    if setup.source is None or not setup.stack.surveying:
        return
    source, conf = setup.source, setup.settings["method"]

    def rows() -> Iterator[Candidate]:
        for index, row in enumerate(rows_of(source, conf)):
            if stopping():
                raise Halted
            if not (row.problem or row.unusable or is_asked(row, conf["answer"])):
                yield surveyed(index, row)

    setup.stack.survey(rows)


def _file_planner(setup: Setup, source: Path, window: int) -> tuple[FilePlanner, Mapping[str, Method]]:
    settings = setup.settings
    rows = rows_of(source, settings["method"])

    def foresee(block: Sequence[Row]) -> None:
        setup.stack.anticipate([Candidate(0, instruction=row.instruction, input=row.input) for row in block])

    planner = FilePlanner(rows, int(settings["seed"]), window, setup.target, foresee, setup.shard)
    return planner, {"file": file_method(setup, planner.row_at)}


def _choice(setup: Setup, task: Task) -> Choice:
    name = setup.method_name(task)
    return Choice(name, setup.methods[name].size(task, setup.roles["instruction"].style))
