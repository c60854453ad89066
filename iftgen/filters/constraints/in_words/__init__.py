"""What an instruction plainly asks for in words: lengths, lists and forms that can be verified. English.

Precision comes first. Each request is read where it can mean nothing but the whole response; what stands in quotes or
in an input, belongs to a part of the response, or can be read in two ways is left alone.
"""

from functools import lru_cache

from iftgen.filters.constraints.in_words.forms import forms
from iftgen.filters.constraints.in_words.lengths import lengths
from iftgen.filters.constraints.in_words.looks import looks
from iftgen.filters.constraints.in_words.pieces import WORDS, pieces
from iftgen.filters.constraints.in_words.request import Request
from iftgen.filters.constraints.in_words.wording import wording
from iftgen.filters.constraints.model import Constraint

__all__ = ["forms", "recognise"]


@lru_cache(64)
def recognise(instruction: str, tolerance: float) -> tuple[Constraint, ...]:
    """Return the constraints that an instruction asks for in words; `tolerance` is for what is asked for roughly."""
    request = Request(instruction)
    found = (*lengths(request, tolerance), *looks(request), *wording(request))
    return found if WORDS.isdisjoint(request.tokens) else (*found, *pieces(request))
