"""Pieces whose form is fixed: a haiku, a limerick and a sonnet have so many lines, a tweet so many characters."""

import re

from iftgen.filters.constraints.in_words.request import Request
from iftgen.filters.constraints.model import Constraint

_LINES = {"haiku": 3, "limerick": 5, "sonnet": 14}
_TWEET = 280
_WORDS_OF_HAIKU = 24  # seventeen syllables, and perhaps a title
_ASKED = re.compile(
    r"^\W*(?:(?:please|can you|could you|would you|will you) )*(?:write|compose|create|generate|make|give|pen|craft|"
    r"draft)(?: (?:me|us))? (?:an?|one)(?: (?!(?:about|on|of|for|to|with|in|from|by|like)\b)[\w'-]+){0,3}? "
    r"(?P<piece>haiku|limerick|sonnet|tweet)\b"
    r"(?!-| (?:thread|storm|series|sequence|cycle|generator|contest|template|analysis|prompt|bot|form|style)\b)",
    re.I,
)
WORDS = frozenset((*_LINES, "tweet"))


def pieces(request: Request) -> list[Constraint]:
    """Return what the form of a piece asks for."""
    hit = None if request.code or request.several or request.each else _ASKED.match(request.text)
    if hit is None:
        return []
    piece, phrase = hit["piece"].lower(), " ".join(hit[0].split())
    if piece == "tweet":
        return [Constraint("max_characters", {"value": _TWEET, "lenient": True, "spaces": True}, phrase)]
    found = [Constraint("exact_lines", {"value": _LINES[piece], "lenient": True, "verse": True}, phrase)]
    if piece == "haiku":
        found.append(Constraint("max_words", {"value": _WORDS_OF_HAIKU, "lenient": True}, phrase))
    return found
