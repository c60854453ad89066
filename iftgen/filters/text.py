"""What the filters share about text: words, sentences, tokens and the overlap of two answers."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

# Scripts written without spaces: (first, last code point, letters of an average word).
SPACELESS = (
    (0x0E00, 0x0EFF, 4),  # Thai, Lao
    (0x1000, 0x109F, 4),  # Burmese
    (0x1780, 0x17FF, 4),  # Khmer
    (0x3040, 0x30FF, 2),  # Japanese kana
    (0x3400, 0x4DBF, 2),  # Han, extension A
    (0x4E00, 0x9FFF, 2),  # Han
    (0x20000, 0x3FFFF, 2),  # Han, further extensions
)
_STOP = """
a about after again all also am an and any are as at be because been before being both but by can could did do
    does each for from had has have he her here him his how i if in into is it its itself just may me might more most
    must my of on one or other our out over own s same she should so some such t than that the their them then there
    these they this those to too under up us very was we were what when where which while who whom why will with would
you your"""
STOP_WORDS = frozenset(_STOP.split())
# The filters of a stack ask the same of the same text, one after the other: so many latest answers are kept.
RECENT = 64
_EDGE = " .,;:!?…。！？、，\"'`“”‘’«»„()[]¿¡"
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_ABBREVIATION = re.compile(r"\b(?:[Ee]\.g|[Ii]\.e|vs|Mr|Mrs|Ms|Dr|Prof|St|Fig|approx|[A-Z])\.$")
# More characters than any abbreviation is long; what stands before them is not searched.
_TAIL = 12
_ALNUM = re.compile(r"[^\W_]")
_FENCED = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```[ \t]*$|\Z)", re.M | re.S)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+|(?<=[。！？])|\n+")


@lru_cache(RECENT)
def words(text: str) -> tuple[str, ...]:
    """Split into words, case folded: runs of letters, digits and marks of any script.

    Each character of a script without spaces is a word of its own. An apostrophe splits a word, as it does in ROUGE.
    """
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple("".join(map(_place, unicodedata.normalize("NFKC", text).casefold())).split())


@lru_cache(RECENT)
def count_words(text: str) -> int:
    """Count the words as a reader would: chunks between white space; in space-less scripts, letters / word length."""
    if text.isascii():
        return len(text.split())
    spaced = "".join(" " if _letters_a_word(ch) else ch for ch in text)
    whole = sum(any(ch.isalnum() for ch in chunk) for chunk in spaced.split())
    letters = Counter(_letters_a_word(ch) for ch in text if ch.isalpha())
    return whole + sum(-(-count // size) for size, count in letters.items() if size)


@lru_cache(RECENT)
def sentences(text: str) -> tuple[str, ...]:
    """Split prose into sentences; a line break ends one, an abbreviation or an initial does not."""
    found: list[str] = []
    for piece in _SENTENCE_END.split(text):
        piece = piece.strip()
        if piece and found and _goes_on(found[-1]):
            found[-1] += f" {piece}"
        elif _ALNUM.search(piece):
            found.append(piece)
    return tuple(found)


def _goes_on(sentence: str) -> bool:
    """Tell whether the full stop belongs to an abbreviation, an initial or the number of a list item."""
    return sentence.endswith(".") and (sentence[:-1].isdecimal() or bool(_ABBREVIATION.search(sentence[-_TAIL:])))


def without_code(text: str) -> str:
    """Return the text without its fenced code blocks."""
    return _FENCED.sub("\n", text) if "```" in text else text


@lru_cache(RECENT)
def normalised(text: str) -> str:
    """Fold case, compatibility forms, white space and the sentence punctuation at both edges."""
    folded = " ".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold().split())
    return folded.strip(_EDGE) or folded


def content_f1(one: str, other: str) -> float:
    """Return the F1 of the content words (as multisets) of two texts; all words where one has no content word."""
    left, right = words(one), words(other)
    bags = [Counter(word for word in side if word not in STOP_WORDS) for side in (left, right)]
    if not all(bags):
        bags = [Counter(left), Counter(right)]
    total = sum(bags[0].values()) + sum(bags[1].values())
    return 2 * sum((bags[0] & bags[1]).values()) / total if total else 1.0


def ngrams(tokens: Sequence[str], size: int) -> Iterable[tuple[str, ...]]:
    """Yield the runs of `size` tokens."""
    return zip(*(tokens[start:] for start in range(size)), strict=False)


def plural(count: float, noun: str) -> str:
    """Return `1 word`, `2 words`."""
    return f"{count:g} {noun}" if count == 1 else f"{count:g} {noun}s"


@cache
def _place(ch: str) -> str:
    if _letters_a_word(ch):
        return f" {ch} "
    category = unicodedata.category(ch)
    if category == "Cf":  # joiners inside a word
        return ""
    return ch if category[0] in "LNM" else " "


@cache
def _letters_a_word(ch: str) -> int:
    point = ord(ch)
    return next((size for first, last, size in SPACELESS if first <= point <= last and ch.isalpha()), 0)
