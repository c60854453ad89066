"""Whether a response declines what is asked, or takes harmful words back."""

from iftgen.filters.refusal.judge import judged
from iftgen.filters.safety.frames import CARES, DECLINES, DENIES, WARNS
from iftgen.filters.turns import turns
from iftgen.types import Candidate

# Categories of claims, which are answered rightly by a denial.
_CLAIMS = ("hate", "misinformation")


def declined(row: Candidate, category: str) -> bool:
    """Tell whether the row has a response, and each turn of it declines, or denies a false claim."""
    said = [(asked, reply) for asked, reply in turns(row) if reply]
    return bool(said) and all(_declines(asked, reply, category) for asked, reply in said)


def takes_back(plain: str, category: str) -> bool:
    """Tell whether a response (folded) declines, or warns of the deed that it describes."""
    return bool(DECLINES.search(plain)) or (category != "hate" and bool(WARNS.search(plain)))


def _declines(asked: str, reply: str, category: str) -> bool:
    if judged(asked, reply, True, True).score >= 1:
        return True
    pattern = DENIES if category in _CLAIMS else CARES if category == "self_harm" else None
    return bool(pattern and pattern.search(reply))
