"""What a transform yields."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """A text's exercise: the input that is shown, the output that is right for it, and words for the instruction."""

    input: str
    output: str
    values: Mapping[str, Any] = field(default_factory=dict)


Transform = Callable[..., Change | None]
"""(text, rng, **options) -> the change, or None where the text does not lend itself to it."""

Rng = random.Random
