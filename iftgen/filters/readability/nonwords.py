"""How much of a text is words that are none: keyboard mash, random letters, broken tokens, the noise of OCR."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from iftgen.filters.language import Language
from iftgen.filters.readability.prose import prose
from iftgen.filters.readability.vocabulary import Vocabulary, vocabulary
from iftgen.filters.text import STOP_WORDS
from iftgen.types import Candidate

_EDGE = ".,;:!?…\"'“”‘’()[]{}*_~#-–—/\\<>|&"
_PLAIN = re.compile(r"[A-Za-z]+(?:[’'-][A-Za-z]+)*")
# A digit or a mark where a letter should be: `qu1ck`, `br@wn`.
_MARKS = r"[0-9@$!|~^%&*;?<>{}\[\]]+"
_MIXED = re.compile(rf"[a-z]+{_MARKS}[a-z]+(?:{_MARKS}[a-z]+)*(?:{_MARKS})?")
_SHORTEST = 4
# A list has a separator for so few words, or lines as short as that.
_TERM, _SHORT_LINE = 4, 2
# How surely such a word is none.
_UNKNOWN_WORD, _WILD_NAME, _NOISY = 0.6, 0.5, 0.8
_RARE = 0.2
# Below this mean log-probability of its letters a word is none; nineteen of twenty foreign words lie above.
# Names have more freedom.
_WILD, _WILDEST = -3.4, -4.2
# The share of English function words below which a text may be in another language, whose words are not known here.
_ENGLISH = 0.1
_SURE, _LIKELY = 0.9, 0.5
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Of so few words nearly all must be none, of more words at least three.
_FEW, _ALL, _LEAST = 5, 0.95, 3


@dataclass(frozen=True)
class NonWords:
    """The share of non-words among the different words of a text, and what they are."""

    share: float
    found: tuple[str, ...]


def suspicious(tokens: Sequence[str]) -> bool:
    """Tell in little time whether a text has so many words that are not frequent that it is worth a closer look."""
    seen = set(tokens)
    known = vocabulary()
    strange = seen - known.words
    if len(strange) <= _RARE * len(seen):
        return False
    return sum(not (word.isdigit() or known.knows(word)) for word in strange) > _RARE * len(seen)


def nonwords(text: str, most: float = 0.0) -> NonWords:
    """Weigh the words of four letters or more: in full what is no word in any language, in part what is not English.

    Whether a text is English is found out only where its share of non-words would else be above `most`.
    """
    chunks = list(dict.fromkeys(chunk.strip(_EDGE) for chunk in prose(text).split()))
    plain = [chunk for chunk in chunks if _PLAIN.fullmatch(chunk)]
    judged = [chunk for chunk in plain if len(chunk) >= _SHORTEST and not (chunk.isupper() and not text.isupper())]
    weights = [(_weight(chunk, vocabulary()), chunk) for chunk in judged]
    weights += [(_NOISY, chunk) for chunk in chunks if _MIXED.fullmatch(chunk)]
    result = _summed(weights)
    terms = _is_list(text, chunks)
    if result.share <= most or (not terms and _is_english(plain)):
        return result
    latin = " ".join(plain)
    if not _is_english(plain) and _other_language(latin, _SURE):
        return NonWords(0.0, ())
    doubtful = terms or _other_language(latin, _LIKELY)
    return _summed([(0.0 if doubtful and weight == _UNKNOWN_WORD else weight, chunk) for weight, chunk in weights])


def _is_english(chunks: Sequence[str]) -> bool:
    """Tell whether the function words show that a text is English."""
    return sum(chunk.lower() in STOP_WORDS for chunk in chunks) >= _ENGLISH * len(chunks)


def _is_list(text: str, chunks: Sequence[str]) -> bool:
    """Tell whether a text lists things, which may well be terms that nobody knows."""
    short = sum(len(line.split()) <= _SHORT_LINE for line in text.splitlines())
    return _TERM * (text.count(",") + text.count(";") + short) >= len(chunks)


def _other_language(text: str, confidence: float) -> bool:
    """Tell whether a text is in another language than English, at least so probably; no language at all is none."""
    return not _language(confidence).check(Candidate(0, instruction=text, output=text)).keep


@cache
def _language(confidence: float) -> Language:
    return Language(language="English", min_probability=1 - confidence, confidence=confidence)


def _summed(weights: Sequence[tuple[float, str]]) -> NonWords:
    """A few words are enough only where none of them is one."""
    total = sum(weight for weight, _ in weights)
    found = tuple(chunk for weight, chunk in weights if weight)
    enough = _LEAST if len(weights) >= _FEW else len(weights)
    if len(found) < max(enough, 2) or (len(weights) < _FEW and total < _ALL * len(weights)):
        return NonWords(0.0, ())
    return NonWords(total / len(weights), found)


def _weight(chunk: str, known: Vocabulary) -> float:
    """Return how surely a word is none, from 0 to 1; names, which begin with a capital, have the benefit of doubt."""
    parts = [part for part in re.split(r"[’'-]", chunk.lower()) if len(part) >= _SHORTEST]
    strange = [part for part in parts if not known.knows(part)]
    if not strange:
        return 0.0
    wild = any(known.likelihood(part) < _WILD or _is_mash(part) for part in strange)
    if chunk[0].isupper() and not chunk.isupper():
        return _WILD_NAME if min(map(known.likelihood, strange)) < _WILDEST else 0.0
    return 1.0 if wild else _UNKNOWN_WORD


def _is_mash(word: str) -> bool:
    """Tell whether a word that nobody knows lies on one row of the keyboard."""
    return any(not word.strip(row) for row in _ROWS)
