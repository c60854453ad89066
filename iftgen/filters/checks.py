"""The checks of a filter stack, sorted by the moment when they are made, and what one of them finds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from iftgen.errors import IftgenError, UserError
from iftgen.filters.base import Filter, MemoryFilter
from iftgen.filters.loading import loaded
from iftgen.types import Candidate, Stage, Verdict


@dataclass(slots=True)
class Spent:
    """What a filter took: its checks, and their time in seconds.

    What several filters share, such as the words of a text, is counted for the one that asked first; what is loaded
    once for all rows (see `loading`) for none.
    """

    checks: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """One way to ask a filter: `judge` is called with the row, and with the view where the filter has a memory.

    `key` is the name of the score and of the verdict: that of the filter, or `<name>_<stage>` for a check before its
    own stage.
    """

    filter: Filter
    judge: Callable[..., object]
    stage: Stage
    key: str
    spent: Spent
    viewing: bool = False

    @classmethod
    def of(
        cls, one: Filter, judge: Callable[..., object], stage: Stage, spent: Spent, viewing: bool = False
    ) -> "Check":
        """Name the check of a filter."""
        return cls(one, judge, stage, one.label if stage == one.stage else f"{one.label}_{stage}", spent, viewing)


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of some filters by the moment when they are made; what only keeps is left out.

    `final` are those of the filters with a memory, against all that was accepted before.
    """

    instruction: tuple[Check, ...]
    response: tuple[Check, ...]
    final: tuple[Check, ...]

    @classmethod
    def of(cls, filters: Sequence[Filter], spent: Callable[[str], Spent]) -> "Checks":
        """Sort the checks of some filters; `spent` returns where the time of a filter is added up."""
        early: list[Check] = []
        for one in filters:
            time = spent(one.label)
            if isinstance(one, MemoryFilter):
                if one.stage == "instruction":
                    early.append(Check.of(one, one.check_at, "instruction", time, True))
                continue
            if type(one).check_instruction is not Filter.check_instruction:
                early.append(Check.of(one, one.check_instruction, "instruction", time))
            if one.stage == "instruction":
                early.append(Check.of(one, one.check, "instruction", time))
        plain = [one for one in filters if not isinstance(one, MemoryFilter)]
        late = [Check.of(one, one.check, "response", spent(one.label)) for one in plain if one.stage == "response"]
        memory = [one for one in filters if isinstance(one, MemoryFilter)]
        return cls(
            tuple(early),
            tuple(late),
            tuple(Check.of(one, one.check, one.stage, spent(one.label)) for one in memory),
        )


def first_of(row: Candidate, checks: Sequence[Check], every: bool, view: int | None = None) -> Verdict | None:
    """Return the first verdict that rejects, or None; with `every` all checks are made, and all verdicts kept."""
    first = None
    for check in checks:
        verdict = judged(check, row, view)
        if every:
            row.verdicts[check.key] = verdict
        if not verdict.keep:
            if not every:
                return verdict
            first = first or verdict
    return first


def judged(check: Check, row: Candidate, view: int | None) -> Verdict:
    """Return the verdict of one check; its score goes into the row.

    Raises UserError that names the filter where the check raises or returns no verdict.
    """
    start = perf_counter() - loaded()
    try:
        verdict = check.judge(row, view) if check.viewing else check.judge(row)
    except IftgenError:
        raise
    except Exception as error:
        raise UserError(f"{_name(check)} raised {type(error).__name__}: {error}, on candidate {row.index}.") from error
    if not isinstance(verdict, Verdict):
        raise UserError(f"{_name(check)}: check() returned {verdict!r}. Return self.keep(...) or self.reject(...).")
    check.spent.checks += 1
    check.spent.seconds += perf_counter() - loaded() - start
    if verdict.score is not None:
        row.scores[check.key] = round(verdict.score, 6)
    return verdict


def _name(check: Check) -> str:
    kind = type(check.filter)
    return f"filters.{check.filter.label} ({kind.__module__}.{kind.__qualname__})"
