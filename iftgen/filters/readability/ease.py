"""Flesch's reading ease (1948) and the grade level of Kincaid et al. (1975), with syllables counted by rule."""

import re
from dataclasses import dataclass

from iftgen.filters.readability.prose import prose
from iftgen.filters.text import sentences

_WORD = re.compile(r"[A-Za-z]+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^td]ed|[^sxzcg]es)$")


@dataclass(frozen=True)
class Ease:
    """Reading ease (100: very easy, 0: very hard) and grade (years at an American school)."""

    ease: float
    grade: float


def reading_ease(text: str) -> Ease | None:
    """Return both measures of the prose of a text, or None where it has no English word."""
    rest = prose(text)
    words = _WORD.findall(rest)
    if not words:
        return None
    length = len(words) / max(len(sentences(rest)), 1)
    weight = sum(map(syllables, words)) / len(words)
    return Ease(206.835 - 1.015 * length - 84.6 * weight, 0.39 * length + 11.8 * weight - 15.59)


def syllables(word: str) -> int:
    """Count the groups of vowels of an English word, without a silent e at its end; at least one."""
    lower = word.lower()
    return max(1, len(_VOWELS.findall(lower)) - bool(_SILENT.search(lower)))
