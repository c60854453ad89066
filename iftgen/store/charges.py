"""What calls use, what a budget allows, and whether the one fits into the other.

Dollars are kept as whole picodollars (1e-12 dollars), so that sums are exact in any order.
"""

from dataclasses import dataclass
from typing import TypedDict

from iftgen.errors import BudgetSpent, UserError

PICO = 10**12
# A cap on time is acted on a little early, as timers come late and calls take a moment to end: by this share of it, but
# by no more than these seconds.
EARLY_SHARE, EARLY_SECONDS = 0.05, 2.0


@dataclass(frozen=True, slots=True)
class Charge:
    """What one attempt uses, or may use at worst; `picodollars` is None where the price is unknown.

    `paced` are the tokens that count for a limit of tokens a minute: an estimate, and not the worst case.
    """

    calls: int = 0
    tokens: int = 0
    picodollars: int | None = 0
    paced: int = 0


NOTHING = Charge()


class Sum(TypedDict):
    """Charges added up; `unpriced` counts those of unknown price, which `picodollars` leaves out."""

    calls: int
    tokens: int
    picodollars: int
    unpriced: int


def empty_sum() -> Sum:
    """Return a sum of nothing."""
    return {"calls": 0, "tokens": 0, "picodollars": 0, "unpriced": 0}


def add(total: Sum, charge: Charge, sign: int = 1) -> None:
    """Add a charge to a sum, or take it away (`sign` -1)."""
    total["calls"] += sign * charge.calls
    total["tokens"] += sign * charge.tokens
    if charge.picodollars is None:
        total["unpriced"] += sign * charge.calls
    else:
        total["picodollars"] += sign * charge.picodollars


def merge(total: Sum, other: Sum) -> None:
    """Add a sum to a sum."""
    total["calls"] += other["calls"]
    total["tokens"] += other["tokens"]
    total["picodollars"] += other["picodollars"]
    total["unpriced"] += other["unpriced"]


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used so far, over all jobs and resumes, and what calls in flight may still use.

    A call is an attempt that was answered or may have been billed: one that was cut, timed out or killed counts, one
    that was refused, told to wait (429) or not connected does not. `usd` is None when a price is unknown; `seconds` is
    the time during which at least one job ran.
    """

    calls: int
    tokens: int
    usd: float | None
    seconds: float
    reserved_calls: int
    reserved_tokens: int
    reserved_usd: float


@dataclass(frozen=True, slots=True)
class Caps:
    """What a budget allows, None where it sets no limit; `minutes` is time during which at least one job runs."""

    usd: float | None = None
    tokens: int | None = None
    calls: int | None = None
    minutes: float | None = None

    def over(self, used: Sum, need: Charge) -> str | None:
        """Return the first cap that `used` and one more call would exceed; raises UserError where it has no price."""
        if self.usd is not None:
            if need.picodollars is None:
                raise UserError("budget.usd: the price of a model is unknown. Set `price` of its backend.")
            if used["picodollars"] + need.picodollars > self.usd * PICO:
                return "usd"
        if self.tokens is not None and used["tokens"] + need.tokens > self.tokens:
            return "tokens"
        if self.calls is not None and used["calls"] + need.calls > self.calls:
            return "calls"
        return None

    def refusal(self, spent: Sum, need: Charge) -> BudgetSpent | None:
        """Return the error of a call that cannot fit any more, whatever those in flight give back."""
        cap = self.over(spent, need)
        return None if cap is None else BudgetSpent(_said(cap, self, need), cap)

    @property
    def deadline(self) -> float | None:
        """The seconds of running after which no call may be in flight, None without a cap on time."""
        if self.minutes is None:
            return None
        return self.minutes * 60 - min(EARLY_SECONDS, EARLY_SHARE * self.minutes * 60)

    def late(self, seconds: float, longest: float = 0.0) -> BudgetSpent | None:
        """Return the error of a call that may end after the cap on time; `longest` is how long it may take (s)."""
        if self.deadline is None or seconds + longest < self.deadline:
            return None
        more = f" and the next call may take {longest:.0f} s" if longest >= 0.5 else ""
        return BudgetSpent(f"budget.minutes: {seconds / 60:,.1f} of {self.minutes:,g} are over{more}.", "minutes")


def _said(cap: str, caps: Caps, need: Charge) -> str:
    """Say what does not fit; not what is spent, which changes while calls in flight end."""
    if cap == "usd":
        dollars = (need.picodollars or 0) / PICO
        return f"budget.usd: the next call may cost up to ${dollars:,.4g}, more than is left of ${caps.usd:,g}."
    if cap == "tokens":
        return f"budget.tokens: the next call may need up to {need.tokens:,}, more than are left of {caps.tokens:,}."
    return f"budget.calls: all {caps.calls:,} are made."
