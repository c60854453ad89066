"""What a user may choose of a merge."""

from dataclasses import dataclass
from typing import Literal, get_args

from iftgen.errors import UserError, choices

Near = Literal["auto", "exact", "minhash", "off"]
NEAR: tuple[Near, ...] = get_args(Near)
# Rows up to which `auto` compares exactly: the time of that grows nearly with the square of their number.
EXACT_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices; `num_examples` of None keeps all, `threshold` is in ROUGE-L F, `reviews` applies human reviews."""

    num_examples: int | None = None
    near: Near = "auto"
    threshold: float = 0.7
    reviews: bool = True
    partial: bool = False

    def __post_init__(self) -> None:
        """Check the values; raises UserError."""
        if self.num_examples is not None and self.num_examples < 1:
            raise UserError(f"--num-examples: {self.num_examples} is not a number of 1 or more.")
        if not 0 < self.threshold <= 1:
            raise UserError(f"--threshold: {self.threshold:g} does not fit. Give a number above 0, up to 1.")
        if self.near not in NEAR:
            raise UserError(f"--near: there is no {self.near!r}.{choices(self.near, NEAR)}")

    def comparing(self, rows: int) -> Near:
        """Return how so many rows are compared: exact, minhash or off."""
        return ("exact" if rows <= EXACT_MOST else "minhash") if self.near == "auto" else self.near
