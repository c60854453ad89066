"""The filter stack: the ordered checks of a run."""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from iftgen.errors import CallFailed, ConfigError, choices
from iftgen.filters.base import Embedder, Filter, MemoryFilter, Send
from iftgen.filters.building import build, check_known, override
from iftgen.filters.checks import Check, Checks, Spent, first_of
from iftgen.types import Candidate, Pair, Verdict


@dataclass(frozen=True)
class FilterStack:
    """Filters by name in the order of the stack, and those that a task replaces by its own settings.

    With `every`, all filters judge each candidate, also after one has rejected it: `verdicts` of the row holds them.
    The verdicts that the methods return are the same.
    """

    filters: Mapping[str, Filter]
    overrides: Mapping[str, Mapping[str, Filter]] = field(default_factory=dict)
    every: bool = False
    spent: dict[str, Spent] = field(default_factory=dict, repr=False, compare=False)
    _by_task: dict[str, "_OfTask"] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def build(
        cls,
        specs: Mapping[str, Mapping[str, Any]],
        order: Sequence[str] | None = None,
        verify: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
        plugins: Sequence[str] = (),
        every: bool = False,
    ) -> "FilterStack":
        """Build the filters of a config.

        `specs` maps a name in the stack to `_target_` and arguments; `order` lists the names to run (None: all, as they
        stand). `verify` maps a task to filters and the arguments that it overrides (`{}` opts in); a filter that is not
        in the stack is left out. Targets must lie in iftgen or in a package of `plugins`.
        Raises ConfigError, or UserError for settings of a task that cannot be.
        """
        names = list(specs if order is None else order)
        for name in names:
            if name not in specs:
                raise ConfigError(f"filter_order: {name!r} is not in the stack.{choices(name, specs)}")
        filters = {name: build(name, specs[name], plugins) for name in names}
        for one in filters.values() if every else ():
            one.tell_all()
        cache: dict[tuple[str, str], Filter] = {}
        overrides = {
            task: {
                name: override(task, name, settings, filters, specs, plugins, cache)
                for name, settings in wishes.items()
                if check_known(task, name, specs) and name in filters
            }
            for task, wishes in (verify or {}).items()
        }
        for one in cache.values() if every else ():
            if not isinstance(one, MemoryFilter):  # those share the memory of the stack's own
                one.tell_all()
        return cls(filters, overrides, every)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the filters, in order."""
        return tuple(self.filters)

    def all(self) -> list[Filter]:
        """Return the filters, and those that tasks have instead."""
        return list({id(one): one for own in (self.filters, *self.overrides.values()) for one in own.values()}.values())

    def use(self, embedder: Embedder) -> None:
        """Give the filters that embed texts the embedder of the run."""
        for one in self.all():
            if one.uses_embedder:
                one.embedder = embedder

    def warm(self) -> None:
        """Load what the filters need; meant for a thread that works while the first calls are under way."""
        for one in self.filters.values():
            with contextlib.suppress(Exception):  # the check that needs it raises it again, and is named
                one.warm()

    def anticipate(self, rows: Sequence[Candidate]) -> None:
        """Show the filters with memory a block of candidates to come, which they may compare all at once."""
        for one in self.filters.values():
            if isinstance(one, MemoryFilter):
                one.anticipate(rows)

    @property
    def surveying(self) -> bool:
        """Some filter wants to see all rows of a file before the first is judged."""
        return any(map(_surveys, self.filters.values()))

    def survey(self, rows: Callable[[], Iterable[Candidate]]) -> None:
        """Show the filters that want it all rows of a file; `rows` reads them anew for each."""
        for one in filter(_surveys, self.filters.values()):
            assert isinstance(one, MemoryFilter)
            one.survey(map(self._as_judged, rows()))

    @property
    def judges_alone(self) -> bool:
        """Some filter needs nothing but the row: no model, and no other row."""
        return any(not one.costly and not isinstance(one, MemoryFilter) for one in self.filters.values())

    async def judge_instruction(self, row: Candidate, view: int | None, send: Send) -> Verdict | None:
        """Return the first rejecting verdict on the instruction, or None; filters that ask a model come last."""
        verdict = self.check_instruction(row, view)
        verdict = await self._ask(row, verdict, self._checks(row.task).costly.instruction, send, view)
        return verdict and replace(verdict, stage="instruction")

    async def judge_response(self, row: Candidate, send: Send) -> Verdict | None:
        """Return the first rejecting verdict on the response, or None; filters that ask a model come last."""
        costly = self._checks(row.task).costly
        verdict = await self._ask(row, self.check_response(row), costly.response, send)
        await self._prepare(row, verdict, [check for check in costly.final if check.stage == "response"], send)
        return verdict

    def check_instruction(self, row: Candidate, view: int | None) -> Verdict | None:
        """Return the first rejecting verdict on the instruction of the filters that ask no model, or None.

        Duplicates are looked for among what was there at commit `view`.
        """
        verdict = first_of(row, self._checks(row.task).cheap.instruction, self.every, view)
        return verdict and replace(verdict, stage="instruction")

    def check_response(self, row: Candidate) -> Verdict | None:
        """Return the first rejecting verdict on the response of the filters that ask no model, or None."""
        return first_of(row, self._checks(row.task).cheap.response, self.every)

    def check_given(self, row: Candidate) -> Verdict | None:
        """Return the first rejecting verdict on a candidate that is complete, or None.

        The filters with a memory and those that ask a model are left out.
        """
        own = self._checks(row.task).cheap.instruction
        verdict = first_of(row, [check for check in own if not check.viewing], self.every)
        verdict = verdict and replace(verdict, stage="instruction")
        late = self.check_response(row) if verdict is None or self.every else None
        return verdict or late

    async def ask_given(self, row: Candidate, verdict: Verdict | None, send: Send) -> Verdict | None:
        """Go on from `check_given` with the filters that ask a model; those with a memory only prepare."""
        costly = self._checks(row.task).costly
        own = [check for check in costly.instruction if not check.viewing]
        verdict = await self._ask(row, verdict, (*own, *costly.response), send)
        await self._prepare(row, verdict, costly.final, send)
        return verdict

    def asks(self, task: str) -> bool:
        """Tell whether some filter of the task asks a model."""
        costly = self._checks(task).costly
        return bool(costly.instruction or costly.response or costly.final)

    def final(self, row: Candidate) -> Verdict | None:
        """Return the first rejecting verdict of the filters with memory, against everything they remember, or None."""
        return first_of(row, self._checks(row.task).final, self.every)

    def reset(self) -> None:
        """Begin to count anew what the filters took."""
        for one in self.spent.values():
            one.checks, one.seconds = 0, 0.0

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        """Tell the filters with memory of a seed (position 0) or an accepted row (index + 1)."""
        for one in self.filters.values():
            if isinstance(one, MemoryFilter):
                one.remember(pair, position, template)

    async def _ask(
        self, row: Candidate, verdict: Verdict | None, checks: Sequence[Check], send: Send, view: int | None = None
    ) -> Verdict | None:
        """Go on from a verdict with checks that ask a model, one after the other."""
        for check in checks if verdict is None or self.every else ():
            if not await _asked(row, verdict, check, send):
                continue
            found = first_of(row, (check,), self.every, view)
            verdict = verdict or found
            if verdict is not None and not self.every:
                break
        return verdict

    async def _prepare(self, row: Candidate, verdict: Verdict | None, checks: Sequence[Check], send: Send) -> None:
        """Get what the filters with a memory need from a model for their check at the commit."""
        for check in checks if verdict is None or self.every else ():
            await _asked(row, verdict, check, send)

    def _as_judged(self, row: Candidate) -> Candidate:
        """Let the filters that change texts change those of a row."""
        own = self.overrides.get(row.task, {})
        for name, base in self.filters.items():
            one = own.get(name, base)
            if one.changes_texts and (name in own or not one.opt_in):
                one.check_instruction(row)
                one.check(row)
        return row

    def _checks(self, task: str) -> "_OfTask":
        """Return the checks of a task, which are sorted out once."""
        found = self._by_task.get(task)
        if found is None:
            own = self.overrides.get(task, {})
            named = [own.get(name, one) for name, one in self.filters.items() if name in own or not one.opt_in]
            cheap, costly = (
                Checks.of([one for one in named if one.costly is asks], self._spent_by) for asks in (False, True)
            )
            every = Checks.of(named, self._spent_by)
            found = self._by_task[task] = _OfTask(cheap, costly, every.final)
        return found

    def _spent_by(self, name: str) -> Spent:
        return self.spent.setdefault(name, Spent())


@dataclass(frozen=True, slots=True)
class _OfTask:
    """The checks of a task: those that ask no model, those that do, and those at the commit."""

    cheap: Checks
    costly: Checks
    final: tuple[Check, ...]


async def _asked(row: Candidate, verdict: Verdict | None, check: Check, send: Send) -> bool:
    """Ask for a check. A call that fails matters only to a row that is not rejected: else its verdict stands."""
    try:
        await check.filter.ask(row, check.stage, send)
    except CallFailed:
        if verdict is None:
            raise
        return False
    return True


def _surveys(one: Filter) -> bool:
    return isinstance(one, MemoryFilter) and type(one).survey is not MemoryFilter.survey
