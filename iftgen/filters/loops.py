"""Loops that word n-grams do not see: syllables, short sentences, list items and lines of code."""

import re
from collections.abc import Sequence
from itertools import groupby

from iftgen.filters.text import normalised, words

_QUOTED = re.compile(r"\"[^\"\n]{1,80}\"|“[^”\n]{1,80}”|`[^`\n]{1,80}`|(?<!\w)'[^'\n]{1,80}'(?!\w)")
# A token of this length may be "hahaha"; one with so many equal syllables is.
_LONG_TOKEN = 40
_SYLLABLE = re.compile(r"([^\W\d_]{1,8}?)\1{19,}", re.I)
_ITEM = re.compile(r"^\s*(?:\d{1,3}[.):]?|[-*•+])\s+")
_WANTS_ITEMS = re.compile(
    r"\b(?:list|name|give|suggest|provide|generate|recommend|propose|brainstorm|write|tell|create|what|which|how)\b",
    re.I,
)
_LABELS = re.compile(
    r"\b(?:classif\w*|categor\w*|label\w*|tag|sentiment|true|false|whether|each|yes|for (?:every|these|"
    r"the following))\b|\n",
    re.I,
)
# So often may a sentence of 3 words or more, or a list item, follow itself.
_SENTENCES = 2
_ITEMS = 4
_WORDS = 3


def unquoted(text: str) -> str:
    """Return the text without short quotations: what they repeat is an example."""
    return _QUOTED.sub(" ", text) if any(mark in text for mark in "\"'`“") else text


def stretched(text: str, tokens: Sequence[str]) -> tuple[str, float, float] | None:
    """Find a syllable that one word repeats without end."""
    if max(map(len, tokens), default=0) < _LONG_TOKEN:
        return None
    hit = next((hit for token in words(unquoted(text)) if (hit := _SYLLABLE.search(token))), None)
    if not hit:
        return None
    count = len(hit[0]) // len(hit[1])
    return f"{hit[1]!r} stands {count} times in a row, at most 19 are allowed", count, 19


def same_sentence(folded: Sequence[str]) -> tuple[str, float, float] | None:
    """Find a short sentence that stands three times in a row."""
    return _run(folded, _SENTENCES, _WORDS)


def same_item(asked: str, text: str) -> tuple[str, float, float] | None:
    """Find an item that a list repeats five times in a row; labels of given things may do so."""
    items = [normalised(line[hit.end() :]) for line in text.splitlines() if (hit := _ITEM.match(line))]
    found = _run(items, _ITEMS, 1) if len(items) > _ITEMS else None
    return found if found and _WANTS_ITEMS.search(asked) and not _LABELS.search(asked) else None


def _run(parts: Sequence[str], allowed: int, least: int) -> tuple[str, float, float] | None:
    for part, group in groupby(parts):
        count = len(list(group))
        if count > allowed and len(words(part)) >= least:
            return f"{part!r} stands {count} times in a row, at most {allowed} are allowed", count, allowed
    return None


def copied_lines(text: str, allowed: int | None) -> tuple[str, float, float] | None:
    """Find a line of code of two words or more that follows itself more often than allowed."""
    if allowed is None:
        return None
    for line, group in groupby(line.strip() for line in text.splitlines() if line.strip()):
        count = len(list(group))
        if count > allowed and len(words(line)) > 1:
            return (
                f"the line {line[:60]!r} stands {count} times in a row, at most {allowed} are allowed",
                count,
                allowed,
            )
    return None
