"""What a response says in its own voice, as the patterns read it."""

import re

from iftgen.filters.text import without_code

QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|‘[^’]*’|`[^`]*`|「[^」]*」|『[^』]*』")
_MARKS = '"“«‘`「『'
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.S)
_LABEL = re.compile(r"^(?:\W{0,4}(?:assistant|ai|answer|response|output|chatgpt|bot)\s?:\s*|[\s*_#>~-]+)", re.I)
_HEAD, _TAIL = 4_000, 1_000  # characters at both ends of a long response that are looked at


def ends(text: str) -> str:
    """Return the beginning and the end of a long text."""
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"


def spoken(said: str) -> str:
    """Return what the response says in its own voice: without code, quotes, hidden thoughts and labels."""
    text = without_code(_THOUGHT.sub("", said) if "<think>" in said else said).strip()
    if any(mark in text for mark in _MARKS):
        text = text[1:-1] if QUOTED.fullmatch(text) else QUOTED.sub(" ", text)
    return _LABEL.sub("", text.strip()).replace("**", "")


def plain(text: str) -> str:
    """Return a text in lower case with plain apostrophes."""
    return text.lower().replace("’", "'")
