"""ROUGE-L of two texts (the metric: Lin 2004).

F = 2PR / (P + R) with P = L/m and R = L/n, L the longest common subsequence of m and n tokens, and the floats rounded
as the package `rouge_score` rounds them: 2L / (m + n) = 0.7 is above 0.7 for some m and n.
"""

import re
from collections.abc import Sequence

from iftgen.filters.text import words

_TOKEN = re.compile(r"[a-z0-9]+")


def tokens(text: str, unicode: bool = True) -> Sequence[str]:
    """Split into tokens: those of `rouge_score` where all letters are ASCII, else (`unicode`) words of any script."""
    if text.isascii() or (unicode and any(ch.isalpha() and ch > "\x7f" for ch in text)):
        return words(text)
    return _TOKEN.findall(text.lower())


def f_measure(common: int, one: int, other: int) -> float:
    """Return ROUGE-L F from the lengths of the common subsequence and of both texts, in tokens."""
    precision, recall = common / one, common / other
    return 2 * precision * recall / (precision + recall) if common else 0.0


def rouge_l(one: str, other: str, unicode: bool = True) -> float:
    """Return ROUGE-L F of two texts; 0 where one has no tokens."""
    from rapidfuzz.distance import LCSseq

    left, right = tokens(one, unicode), tokens(other, unicode)
    return f_measure(LCSseq.similarity(left, right), len(left), len(right)) if left and right else 0.0
