"""Stock phrases: the list in `stock_phrases.txt`, and phrases of one's own in the same notation."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from iftgen.filters.text import STOP_WORDS, without_code

_LIST = Path(__file__).parent / "stock_phrases.txt"
_GAP = "..."
# Bounded, so that a row of marks takes no longer than another text.
_BETWEEN = r"[\s,-]{1,5}"
_UP_TO_THREE = r"(?:[\w']{1,30}[\s,-]{1,5}){0,3}?"
# What is quoted is somebody else's prose.
_QUOTED = re.compile(r"\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”|`[^`\n]{1,300}`")


@dataclass(frozen=True)
class StockPhrases:
    """Phrases as one regular expression; `strong` are those that count twice.

    `anchors` are words of which a text with a phrase has at least one; most texts have none.
    """

    pattern: re.Pattern[str]
    strong: re.Pattern[str] | None
    anchors: frozenset[str]

    @classmethod
    def of(cls, lines: Iterable[str]) -> "StockPhrases":
        """Read phrases, one a line; lines that begin with # and empty lines say nothing."""
        told = [line.strip().lower() for line in lines]
        phrases = [line for line in told if line and not line.startswith("#")]
        plain = [phrase.lstrip("+") for phrase in phrases]
        strong = [phrase[1:] for phrase in phrases if phrase.startswith("+")]
        anchors = frozenset(word for phrase in plain for word in _anchors(phrase))
        return cls(_pattern(plain), _pattern(strong) if strong else None, anchors)

    def found(self, text: str) -> list[str]:
        """Return the phrases of a text in order, those that count twice twice."""
        rest = _QUOTED.sub(" ", without_code(text).lower().replace("’", "'"))
        hits = [" ".join(hit.split()) for hit in self.pattern.findall(rest)]
        return [hit for hit in hits for _ in range(2 if self.strong and self.strong.fullmatch(hit) else 1)]


@cache
def stock_phrases(own: tuple[str, ...] = ()) -> StockPhrases:
    """Return the phrases of the list and some more; the list is read once."""
    return StockPhrases.of([*_LIST.read_text(encoding="utf-8").splitlines(), *own])


def _pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    """Longer phrases come first, so that none is hidden by one that it begins with."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(_expression, longest_first))})(?!\w)")


def _expression(phrase: str) -> str:
    parts = phrase.split()
    slots = [_UP_TO_THREE if part == _GAP else _choice(part) + _BETWEEN for part in parts[:-1]]
    return "".join(slots) + _choice(parts[-1])


def _choice(part: str) -> str:
    words = [re.escape(word) for word in part.split("/")]
    return words[0] if len(words) == 1 else f"(?:{'|'.join(words)})"


def _anchors(phrase: str) -> set[str]:
    """Return the forms of the rarest word of a phrase, as `text.words` would split them: the longest content word."""
    parts = [part.split("/") for part in phrase.split() if part != _GAP]
    scored = [(all(set(_split(form)) - STOP_WORDS for form in forms), min(map(len, forms)), forms) for forms in parts]
    forms = max(scored)[2]
    return {max(_split(form), key=lambda word: (word not in STOP_WORDS, len(word))) for form in forms}


def _split(word: str) -> list[str]:
    return re.findall(r"[^\W_]+", word) or [word]
