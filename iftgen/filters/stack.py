"""The filter stack: the ordered checks of a run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from iftgen.errors import ConfigError, IftgenError, UserError, choices
from iftgen.filters import FILTERS
from iftgen.filters.arguments import check_arguments
from iftgen.filters.base import Filter, MemoryFilter
from iftgen.types import Candidate, Pair, Stage, Verdict

TARGET = "_target_"
_OWN = ("iftgen",)
_TRUSTED_IMPORTS = ("iftgen", "guardrails", "guardrails_ai")


@dataclass(frozen=True)
class FilterStack:
    """Filters by name in the order of the stack, and those that a task replaces by its own settings."""

    filters: Mapping[str, Filter]
    overrides: Mapping[str, Mapping[str, Filter]] = field(default_factory=dict)
    _by_task: dict[str, "_Checks"] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def build(
        cls,
        specs: Mapping[str, Mapping[str, Any]],
        order: Sequence[str] | None = None,
        verify: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
        plugins: Sequence[str] = (),
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
        filters = {name: _build(name, specs[name], plugins) for name in names}
        cache: dict[tuple[str, str], Filter] = {}
        overrides = {
            task: {
                name: _override(task, name, settings, filters, specs, plugins, cache)
                for name, settings in wishes.items()
                if _known(task, name, specs) and name in filters
            }
            for task, wishes in (verify or {}).items()
        }
        return cls(filters, overrides)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the filters, in order."""
        return tuple(self.filters)

    def warm(self) -> None:
        """Load what the filters need; meant for a thread that works while the first calls are under way."""
        for one in self.filters.values():
            one.warm()

    def anticipate(self, rows: Sequence[Candidate]) -> None:
        """Show the filters with memory a block of candidates to come, which they may compare all at once."""
        for one in self.filters.values():
            if isinstance(one, MemoryFilter):
                one.anticipate(rows)

    def check_instruction(self, row: Candidate, view: int | None) -> Verdict | None:
        """Return the first rejecting verdict on the instruction, or None; duplicates as of commit `view`."""
        for one, check in self._checks(row.task).instruction:
            verdict = _judged(one, row, check, "instruction", view)
            if verdict is not None:
                return replace(verdict, stage="instruction")
        return None

    def check_given(self, row: Candidate) -> Verdict | None:
        """Return the first rejecting verdict of the filters without memory on a candidate that is complete, or None."""
        for one, check in self._checks(row.task).instruction:
            if not isinstance(one, MemoryFilter):
                verdict = _judged(one, row, check, "instruction")
                if verdict is not None:
                    return replace(verdict, stage="instruction")
        return self.check_response(row)

    def check_response(self, row: Candidate) -> Verdict | None:
        """Return the first rejecting verdict on the response, or None."""
        return _first(row, self._checks(row.task).response)

    def final(self, row: Candidate) -> Verdict | None:
        """Return the first rejecting verdict of the filters with memory, against everything they remember, or None."""
        return _first(row, self._checks(row.task).final)

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        """Tell the filters with memory of a seed (position 0) or an accepted row (index + 1)."""
        for one in self.filters.values():
            if isinstance(one, MemoryFilter):
                one.remember(pair, position, template)

    def _checks(self, task: str) -> "_Checks":
        """Return the checks of a task, which are sorted out once."""
        found = self._by_task.get(task)
        if found is None:
            own = self.overrides.get(task, {})
            named = [name for name, one in self.filters.items() if name in own or not one.opt_in]
            found = _Checks.of([own.get(name, self.filters[name]) for name in named])
            self._by_task[task] = found
        return found


Check = Callable[..., object]


@dataclass(frozen=True, slots=True)
class _Checks:
    """The checks of a task by the moment when they are made, each with its filter; what only keeps is left out."""

    instruction: tuple[tuple[Filter, Check], ...]
    response: tuple[tuple[Filter, Check], ...]
    final: tuple[tuple[Filter, Check], ...]

    @classmethod
    def of(cls, filters: Sequence[Filter]) -> "_Checks":
        """Sort the checks of some filters."""
        early: list[tuple[Filter, Check]] = []
        for one in filters:
            if isinstance(one, MemoryFilter):
                early.append((one, one.check_at))
                continue
            if type(one).check_instruction is not Filter.check_instruction:
                early.append((one, one.check_instruction))
            if one.stage == "instruction":
                early.append((one, one.check))
        late = [one for one in filters if one.stage == "response" and not isinstance(one, MemoryFilter)]
        memory = [one for one in filters if isinstance(one, MemoryFilter)]
        return cls(tuple(early), tuple((one, one.check) for one in late), tuple((one, one.check) for one in memory))


def _first(row: Candidate, checks: Sequence[tuple[Filter, Check]]) -> Verdict | None:
    for one, check in checks:
        verdict = _judged(one, row, check, one.stage)
        if verdict is not None:
            return verdict
    return None


def _judged(one: Filter, row: Candidate, check: Check, stage: Stage, *view: int | None) -> Verdict | None:
    """Return a verdict that rejects, or None; the score goes into the row, as the filter's name or, where `check` has
    another one, as `<name>_instruction`.

    Raises UserError that names the filter where the check raises or returns no verdict.
    """
    try:
        verdict = check(row, *view) if isinstance(one, MemoryFilter) else check(row)
    except IftgenError:
        raise
    except Exception as error:
        raise UserError(f"{_name(one)} raised {type(error).__name__}: {error}, on candidate {row.index}.") from error
    if not isinstance(verdict, Verdict):
        raise UserError(f"{_name(one)}: check() returned {verdict!r}. Return self.keep(...) or self.reject(...).")
    if verdict.score is not None:
        row.scores[one.label if stage == one.stage else f"{one.label}_{stage}"] = round(verdict.score, 6)
    return None if verdict.keep else verdict


def _name(one: Filter) -> str:
    return f"filters.{one.label} ({type(one).__module__}.{type(one).__qualname__})"


def _build(name: str, spec: Mapping[str, Any], plugins: Sequence[str]) -> Filter:
    target = str(spec.get(TARGET, ""))
    arguments = {str(key): value for key, value in spec.items() if key != TARGET}
    _trust(f"filters.{name}.{TARGET}", target, (*_OWN, *plugins))
    kind = _load(name, target)
    check_arguments(kind, arguments, name)
    for path in kind.imports(arguments):
        _trust(f"filters.{name}", path, (*_TRUSTED_IMPORTS, *plugins))
    try:
        one = kind(**arguments)
    except ConfigError as error:
        raise ConfigError(str(error).replace(f"filters.{kind.name}.", f"filters.{name}.", 1)) from None
    one.label = name
    return one


def _trust(place: str, target: str, packages: Sequence[str]) -> None:
    if not any(target.startswith(f"{package}.") for package in packages):
        root = target.split(".")[0] or "PACKAGE"
        raise ConfigError(
            f"{place}: {target!r} is not below a trusted package ({', '.join(packages)})."
            f" If you trust the package, name it: plugins=[{root}]."
        )


def _load(name: str, target: str) -> type[Filter]:
    module, _, attribute = target.rpartition(".")
    try:
        found = getattr(import_module(module), attribute, None)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise ConfigError(f"filters.{name}: {target} needs the package {error.name}: install it.") from None
        if not module.startswith("iftgen."):
            raise ConfigError(
                f"filters.{name}.{TARGET}: there is no module {module!r}. Install it, or set PYTHONPATH to its folder."
            ) from None
        found, known = None, list(FILTERS.values())
    else:
        here = vars(import_module(module)).items()
        known = [f"{module}.{key}" for key, kind in here if isinstance(kind, type) and issubclass(kind, Filter)]
    if not (isinstance(found, type) and issubclass(found, Filter)):
        raise ConfigError(f"filters.{name}.{TARGET}: {target!r} is no filter class.{choices(target, known)}")
    return found


def _known(task: str, name: str, specs: Mapping[str, Any]) -> bool:
    """Tell whether a task may name the filter: one of the stack, or one that could be in it."""
    if name in specs or name in FILTERS:
        return True
    raise UserError(f"task {task!r}: verify: there is no filter {name!r}.{choices(name, {*FILTERS, *specs})}")


def _override(
    task: str,
    name: str,
    settings: Mapping[str, Any],
    filters: Mapping[str, Filter],
    specs: Mapping[str, Mapping[str, Any]],
    plugins: Sequence[str],
    cache: dict[tuple[str, str], Filter],
) -> Filter:
    if not settings:
        return filters[name]
    key = (name, repr(sorted(settings.items())))
    if key not in cache:
        try:
            base = filters[name]
            if isinstance(base, MemoryFilter):
                cache[key] = base.for_task(**settings)
            else:
                cache[key] = _build(name, {**specs[name], **settings}, plugins)
        except ConfigError as error:
            raise UserError(f"task {task!r}: verify: {error}") from None
    return cache[key]
