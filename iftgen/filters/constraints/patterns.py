"""Regular expressions that come with a row: they are data, so that they must not be able to hang a run.

Python's engine tries one way after the other, which takes for ever on patterns such as `(a+)+$`. These run in the
engine of Polars (Rust's `regex`), whose time grows with the length of the text only; it knows neither look-around nor
back references. What would still be costly, a long pattern or high repeat counts, is refused.
"""

import re
from functools import lru_cache
from typing import Any

from iftgen.filters.constraints.model import Key

LONGEST = 1000
_MOST_REPEATS = 1000
_REPEATS = re.compile(r"\{(\d{0,9})(?:,(\d{0,9}))?\}")


@lru_cache(256)
def _valid(pattern: str) -> bool:
    product = 1
    for low, high in _REPEATS.findall(pattern):
        product *= max(1, int(low or 0), int(high or 0))
    return len(pattern) <= LONGEST and product <= _MOST_REPEATS and _search(pattern, "") is not None


def _is_pattern(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and _valid(value)


PATTERN = Key(
    _is_pattern,
    f"a regular expression of at most {LONGEST} characters, without look-around, back references and repeats over"
    f" {_MOST_REPEATS}",
)


def finds(pattern: str, text: str) -> bool:
    """Tell whether the pattern matches anywhere in the text."""
    return bool(_search(pattern, text))


def _search(pattern: str, text: str) -> bool | None:
    """Search; None where the pattern is none."""
    import polars

    try:
        return bool(polars.Series([text]).str.contains(pattern)[0])
    except polars.exceptions.PolarsError:
        return None
