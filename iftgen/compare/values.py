"""What a comparison says; values without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % bootstrap interval; None where there is nothing to measure, or no bound."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


NOTHING = Estimate()


@dataclass(frozen=True, slots=True)
class Lengths:
    """Words (runs of characters without white space) of one text of the accepted rows."""

    mean: Estimate = NOTHING
    median: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class Diversity:
    """How much the accepted instructions of a run differ from each other.

    `distinct_n` is different n-grams of words / all n-grams (Li et al. 2016). `nearest` is the ROUGE-L F of an
    instruction with the one most like it in the run: its mean and 95th percentile over `compared` instructions. Both
    depend on the number of examples. `cosine` is the same by the vectors of an embedder, where the run has stored them.
    """

    distinct_1: float | None = None
    distinct_2: Estimate = NOTHING
    distinct_3: float | None = None
    nearest: Estimate = NOTHING
    nearest_p95: float | None = None
    cosine: Estimate = NOTHING
    cosine_p95: float | None = None
    compared: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One row of a comparison.

    `status` is that of the manifest; `running`, `killed` (no process works in the folder), or `waiting` (announced by a
    sweep, not begun). `config` holds the settings that differ between the runs, by their full keys; "–" where a run has
    none. Tokens and dollars are those of the rows' replies, whoever paid for them: the jobs of a sweep share replies.
    Dollars are None where a price is unknown. `seconds` are those the run worked, None before it has ended.
    `difference` holds figures minus those of the first run, with paired intervals, where both have the same seed and
    method and so made the same draws: acceptance, tokens_each, nearest and distinct_2.
    """

    name: str
    folder: Path
    status: str
    config: Mapping[str, str] = field(default_factory=dict)
    target: int | None = None
    candidates: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    rejected_by: Mapping[str, int] = field(default_factory=dict)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    seconds: float | None = None
    acceptance: Estimate = NOTHING
    cost_each: Estimate = NOTHING
    tokens_each: Estimate = NOTHING
    instruction: Lengths = Lengths()
    response: Lengths = Lengths()
    diversity: Diversity = Diversity()
    judge: Estimate = NOTHING
    difference: Mapping[str, Estimate] = field(default_factory=dict)
    on_front: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side, in the order they were named.

    `keys` are the settings that differ: the short name by the full one. `axes` are what the Pareto front is over, as
    names of figures: cost (low is good), diversity and quality (high is good).
    """

    runs: tuple[Run, ...]
    keys: Mapping[str, str]
    axes: tuple[str, str, str]
