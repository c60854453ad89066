"""What a filter is: a class with keyword arguments and one method, `check`, perhaps two."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, get_args

from iftgen.errors import ConfigError
from iftgen.types import Candidate, Pair, Reply, Request, Role, Stage, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Send = Callable[[Request], Awaitable[Reply]]
# What a reason quotes of a word without spaces: a table of reasons has no room for a page of Base64.
MOST_TOKEN = 80
_LONG = re.compile(rf"\S{{{MOST_TOKEN + 20},}}")


class Embedder(Protocol):
    """What a filter may ask of the embedder of the run."""

    async def prepare(self, texts: Sequence[str]) -> None:
        """Embed the texts that are not known yet; calls at the same time are joined into batches."""
        ...

    def of(self, text: str) -> "NDArray[np.float32]":
        """Return the vector of a text, of unit length; one that was not prepared is embedded now."""
        ...


class Filter:
    """One check. Subclass it, give it keyword arguments with defaults, and write `check`.

    `check` is called at its `stage`: `instruction` for what can be judged before a response is paid for, or `response`.
    A filter of stage `response` that can say something about the instruction alone overrides `check_instruction` too.
    `opt_in` filters judge only the tasks of the taxonomy that name them under `verify`.
    A filter is a pure function of its arguments and the candidate: no clock, no randomness, no network. One that needs
    a model for it is `costly`: what it needs it asks for in `ask`, which is awaited before the check, and not before
    all filters that cost nothing have kept the candidate (with `filters_all`: have judged it), and changed its texts.
    """

    name: ClassVar[str] = ""
    stage: ClassVar[Stage] = "response"
    opt_in: ClassVar[bool] = False
    # These two may depend on the arguments: then `__init__` sets them.
    costly: bool = False
    # True: `embedder` is set before the run, and a run without an embedder is refused.
    uses_embedder: bool = False
    embedder: Embedder | None = None
    # True: a check may change the texts of the row that it judges, as a mask does.
    changes_texts: bool = False
    # The role that it asks, if any, and what the backend of that must be able to do (see BackendSpec.features).
    role: Role | None = None
    features: ClassVar[frozenset[str]] = frozenset()

    def check(self, row: Candidate) -> Verdict:
        """Judge one candidate."""
        raise NotImplementedError(f"{type(self).__name__} has no check()")

    def foreknown(self) -> Iterable[str]:
        """Return the texts that every check compares with: an embedder gets them in batches before the run."""
        return ()

    def warm(self) -> None:
        """Load what the first check would have to wait for; called in a thread of its own when a run starts."""
        return

    async def ask(self, row: Candidate, stage: Stage, send: Send) -> None:
        """Get what the check at this stage needs from a model: into `row.evidence`, or ready in the embedder."""
        return

    def content_digest(self) -> str:
        """Return a digest of the files that the verdicts depend on, "" where there are none: part of a run's plan."""
        return ""

    def tell_all(self) -> None:
        """Give a score to kept rows too, even where that costs more; called before the first check."""
        return

    def check_instruction(self, row: Candidate) -> Verdict:
        """Judge what is known before the response is paid for: instruction, input, attributes."""
        return self.keep(stage="instruction")

    @classmethod
    def imports(cls, arguments: Mapping[str, Any]) -> Sequence[str]:
        """Return the import paths among the arguments; the filter stack lets only trusted packages be imported."""
        return ()

    def keep(self, score: float | None = None, threshold: float | None = None, stage: Stage | None = None) -> Verdict:
        """Return the verdict `keep`, with the score if there is one."""
        if score is None and threshold is None:
            return self._kept[stage or self.stage]
        return Verdict(True, self.label, stage or self.stage, "", score, threshold)

    @cached_property
    def _kept(self) -> Mapping[Stage, Verdict]:
        """The verdicts without a score, by stage: nearly all are one of them."""
        return {stage: Verdict(True, self.label, stage) for stage in get_args(Stage)}

    def reject(
        self,
        reason: str,
        score: float | None = None,
        threshold: float | None = None,
        neighbour: Pair | None = None,
        stage: Stage | None = None,
    ) -> Verdict:
        """Return the verdict `reject` with a reason that a person understands."""
        return Verdict(
            False,
            self.label,
            stage or self.stage,
            _LONG.sub(lambda found: f"{found[0][:MOST_TOKEN]}...", reason),
            score,
            threshold,
            neighbour.id if neighbour else None,
            _text(neighbour) if neighbour else None,
        )

    def require(self, fits: bool, key: str, value: object, wanted: str) -> None:
        """Raise a ConfigError unless the value of an argument fits; `wanted` says what would."""
        if not fits:
            raise ConfigError(f"filters.{self.label}.{key}: {value!r} does not fit. Give {wanted}.")

    @property
    def label(self) -> str:
        """The name that verdicts carry: the name in the stack, else the class's own."""
        return getattr(self, "_label", "") or self.name or type(self).__name__

    @label.setter
    def label(self, value: str) -> None:
        self._label = value


class MemoryFilter(Filter):
    """A filter that remembers accepted rows, such as the duplicate filters.

    The engine calls `remember` once for each seed (position 0) and each accepted row (position index + 1), in order.
    `check_at` must see only what was remembered at a position <= `view`, so that a verdict never depends on timing.
    """

    def check(self, row: Candidate) -> Verdict:
        """Judge against everything that is remembered."""
        return self.check_at(row, None)

    def check_at(self, row: Candidate, view: int | None) -> Verdict:
        """Judge against what was remembered at a position <= `view` (None: everything)."""
        raise NotImplementedError(f"{type(self).__name__} has no check_at()")

    def anticipate(self, rows: Sequence[Candidate]) -> None:
        """Prepare for the checks of these rows; a hint to work on many at once, which changes no verdict."""

    def for_task(self, **settings: object) -> "MemoryFilter":
        """Return a filter with other settings that shares this one's memory; raises ConfigError where it cannot."""
        raise ConfigError(f"filters.{self.label}: this filter has one setting for all tasks. Set it in the stack.")

    def survey(self, rows: Iterable[Candidate]) -> None:
        """See all rows of a file before the first of them is judged; override it only where one pass cannot decide.

        Their texts are those that the checks will see, masked where a filter of the stack masks. Rows that cannot be
        used or that a response is asked for are left out.
        """
        raise NotImplementedError(f"{type(self).__name__} has no survey()")

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        """Remember an accepted row or a seed; positions never decrease."""
        raise NotImplementedError(f"{type(self).__name__} has no remember()")


def light(pair: Pair) -> Pair:
    """Return what a verdict tells of a neighbour: the pair without its response, which need not stay in memory."""
    return Pair(pair.id, pair.instruction, "", pair.input, "", pair.task, pair.topic, pair.origin)


def _text(pair: Pair) -> str:
    return f"{pair.instruction}\n{pair.input}" if pair.input else pair.instruction
