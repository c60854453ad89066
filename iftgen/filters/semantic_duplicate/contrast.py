"""Texts that an embedder finds near although they ask for different things: other numbers, one word for another."""

import hashlib
import re
from difflib import SequenceMatcher
from functools import lru_cache

from iftgen.filters.text import words
from iftgen.types import Candidate, Pair

Asked = Candidate | Pair

_NUMBER = re.compile(r"\d{1,30}(?:[.,]\d{1,30}){0,8}")
_WORDS = "two three four five six seven eight nine ten eleven twelve"  # "one" is seldom a number
_NUMBER_WORDS = {word: str(value) for value, word in enumerate(_WORDS.split(), start=2)}
# Longer texts are not compared word by word; so many words in one place are one thing for another.
MOST_WORDS, SLOT = 60, 3
# The least share of words that two texts have in common, in the same order, to be one frame around different things.
FRAME = 0.6


@lru_cache(8192)
def numbers_of(text: str) -> int:
    """Return a number that stands for the set of the numbers in a text, 0 where there is none."""
    found = numbers_in(text)
    if not found:
        return 0
    digest = hashlib.blake2b(" ".join(sorted(found)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def numbers_in(text: str) -> set[str]:
    """Return the numbers in a text, in digits."""
    found = {hit.replace(",", "") for hit in _NUMBER.findall(text)}
    return found | {_NUMBER_WORDS[word] for word in words(text) if word in _NUMBER_WORDS}


def turned_round(one: str, other: str) -> bool:
    """Tell whether two texts are the same words in another order: miles to kilometres, kilometres to miles."""
    left, right = words(one), words(other)
    return left != right and len(left) <= MOST_WORDS and sorted(left) == sorted(right)


def bound_of(one: Asked, other: Asked, threshold: float, swap_threshold: float) -> float:
    """Return the cosine above which two rows ask for the same."""
    pieces = [(one.instruction, other.instruction)]
    if one.input.strip() and other.input.strip():
        pieces.append((one.input, other.input))
    if any(turned_round(*piece) for piece in pieces):
        return 1.0
    return max(threshold, swap_threshold if any(swapped(*piece) for piece in pieces) else 0.0)


def swapped(one: str, other: str) -> bool:
    """Tell whether two texts are one frame around different words: a poem about spring, a poem about autumn.

    The first word is no part of it: a verb for another verb (write, compose) asks for the same.
    """
    left, right = words(one), words(other)
    if not 0 < min(len(left), len(right)) <= max(len(left), len(right)) <= MOST_WORDS:
        return False
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < FRAME:
        return False
    return any(
        kind == "replace" and (start or begin) and end - start <= SLOT and stop - begin <= SLOT
        for kind, start, end, begin, stop in matcher.get_opcodes()
    )
