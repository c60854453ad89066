"""Word salad: English words in an order that no sentence has."""

import re
from collections.abc import Sequence
from itertools import pairwise

from iftgen.filters.readability.prose import prose
from iftgen.filters.readability.vocabulary import vocabulary
from iftgen.filters.text import STOP_WORDS, words

_ARTICLES = "the an my your our their every"
_AFTER_ARTICLE = """of and is are was were the a an be been has have had would could should they she we him than because
which from with into at for my your their our does did am"""
# `a` may be the name of a variable.
_AFTER_A = "the a an are were has have had would could should from with into at my your our their"
_OBJECTLESS = "of from with into"
_AFTER_OBJECTLESS = "of from into has would should they she we he"
_AUXILIARIES = "is are was were"
_AFTER_AUXILIARY = "is are was were have has had would could should did be than does am"
_AFTER_TO = "of is are was were has had would could been am than she he"
_SUBJECTS = "they she he"
_AFTER_SUBJECT = "the a an of than from into"
_PAIRS = (
    (_ARTICLES, _AFTER_ARTICLE),
    ("a", _AFTER_A),
    (_OBJECTLESS, _AFTER_OBJECTLESS),
    (_AUXILIARIES, _AFTER_AUXILIARY),
    ("to", _AFTER_TO),
    (_SUBJECTS, _AFTER_SUBJECT),
)
# Two function words, one after the other, that hardly ever follow each other inside a clause.
IMPOSSIBLE = frozenset((one, two) for left, right in _PAIRS for one in left.split() for two in right.split())
_CLAUSE = re.compile(r"[.,;:!?()\[\]{}\"“”*/|–—\n]|['‘’](?!\w)|(?<!\w)['‘’]| - ")
_SMALL_START = re.compile(r"[a-z]{3}[.!?] [a-z]")
_CAPITALS = "The This These It They There We You He She However When If In For With And But"
_OPENERS = frozenset(_CAPITALS.split())
_SHORTEST_RUN = 15
_FEW_STOPS = 2
_MOSTLY_ENGLISH = 0.7


def may_be_disorder(tokens: Sequence[str]) -> bool:
    """Tell in little time whether impossible pairs occur at all, wherever clauses end."""
    return not IMPOSSIBLE.isdisjoint(pairwise(tokens))


def disorder(text: str) -> tuple[int, str]:
    """Count the signs that words were shuffled, and return the first impossible pair; without such a pair 0.

    The other signs are a small letter after a full stop, and a capital function word after a content word.
    """
    rest = prose(text)
    clauses = [clause.split() for clause in _CLAUSE.split(rest)]
    pairs = [pair for clause in clauses for pair in pairwise(clause)]
    found = [pair for pair in pairs if (_lower(pair[0]), _lower(pair[1])) in IMPOSSIBLE]
    if not found:
        return 0, ""
    capitals = sum(two in _OPENERS and one.islower() and one not in STOP_WORDS for one, two in pairs)
    return len(found) + capitals + len(_SMALL_START.findall(rest)), " ".join(found[0])


def may_be_bare(tokens: Sequence[str]) -> bool:
    """Tell in little time whether a text has hardly any function words."""
    return len(tokens) >= _SHORTEST_RUN and len(STOP_WORDS.intersection(tokens)) <= _FEW_STOPS


def bare_run(text: str) -> str:
    """Return a clause of many words without a single function word, in small letters: no list, but no sentence."""
    for clause in _CLAUSE.split(prose(text)):
        chunks = clause.split()
        plain = [chunk for chunk in chunks if chunk.isalpha() and chunk.islower() and chunk.isascii()]
        if len(plain) < max(_SHORTEST_RUN, 0.9 * len(chunks)) or STOP_WORDS.intersection(words(clause)):
            continue
        if sum(map(vocabulary().knows, plain)) > _MOSTLY_ENGLISH * len(plain):
            return " ".join(chunks)
    return ""


def _lower(word: str) -> str:
    """Fold case, but for a single capital, which names a thing: `A is the father of B`."""
    return word.lower() if len(word) > 1 else word
