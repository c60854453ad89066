"""Words and sentences of short English texts, as the methods count and compare them."""

import re
from collections import Counter

_FUNCTION_WORDS = """
a about also am an and are as at be been but by can could did do does for from had has have he her here him his how
i if in into is it its me more my no not of on one or other our out over she should so some than that the their them
then there these they this those to too up us was we were what when where which who why will with would you your
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_SILENT_H = re.compile(r"(?:hour|honest|honou?r|heir)", re.I)
_CONSONANT_SOUND = re.compile(r"(?:uni(?!n)|use|usual|euro|one\b|once)", re.I)
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]?\s+(?=[A-Z\"'(])")


def article_of(word: str) -> str:
    """Return the indefinite article before a word, by its sound: `an hour`, `a uniform`."""
    vowel = word[:1].lower() in "aeiou" and not _CONSONANT_SOUND.match(word)
    return "an" if vowel or _SILENT_H.match(word) else "a"


def words(text: str) -> list[str]:
    """Return the words in lower case, in order."""
    return _WORD.findall(text.lower().replace("’", "'"))


def content_words(text: str) -> Counter[str]:
    """Count the words that carry content: all but function words."""
    return Counter(word for word in words(text) if word not in FUNCTION_WORDS)


def overlap(left: str, right: str) -> float:
    """Return the F1 of the sets of content words: 1 for the same words, 0 for none in common."""
    a, b = set(content_words(left)), set(content_words(right))
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else float(left == right)


def said_twice(text: str) -> str | None:
    """Return a content word that comes more than once, singular and plural taken together, or None."""
    counts: dict[str, int] = {}
    for word, n in content_words(text).items():
        stem = word[:-1] if word.endswith("s") and len(word) > 3 else word
        counts[stem] = counts.get(stem, 0) + n
    return next((stem for stem, n in counts.items() if n > 1), None)


def sentences(text: str) -> list[str]:
    """Split at a full stop, question or exclamation mark that a capital letter follows."""
    return [part for part in _SENTENCE_END.split(text.strip()) if part]


def shares_phrase(text: str, others: list[str], length: int) -> bool:
    """Tell whether `text` has `length` words in a row that one of the others has too."""
    own = _phrases(text, length)
    return any(own & _phrases(other, length) for other in others)


def _phrases(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}
