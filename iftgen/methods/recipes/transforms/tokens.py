"""Questions about the words of a sentence, and changes of case: all of it counted by code."""

import re

from iftgen.methods.recipes.transforms.base import Change, Rng

_PLACES = ("first", "second", "third", "fourth", "fifth")


def count_words(text: str, rng: Rng) -> Change | None:
    """Count the words of a sentence that has no hyphen, apostrophe or number."""
    if re.search(r"[^A-Za-z ,.!?]", text):
        return None
    number = len(_plain(text))
    return Change(text, str(number), {"number": number})


def longest_word(text: str, rng: Rng) -> Change | None:
    """Find the longest word where there is only one."""
    found = sorted(set(_plain(text)), key=len)
    if len(found) < 4 or len(found[-1]) == len(found[-2]) or "'" in text or "-" in text:
        return None
    return Change(text, found[-1], {"length": len(found[-1])})


def nth_word(text: str, rng: Rng) -> Change | None:
    """Find the first, second, ... or last word."""
    found = _plain(text)
    if len(found) < 6 or "-" in text:
        return None
    place = rng.choice([*range(5), -1])
    return Change(text, found[place], {"place": "last" if place < 0 else _PLACES[place]})


def upper(text: str, rng: Rng) -> Change | None:
    """Write everything in capital letters."""
    return Change(text, text.upper())


def title(text: str, rng: Rng) -> Change | None:
    """Begin every word with a capital letter."""
    if "'" in text:
        return None
    return Change(text, " ".join(part[:1].upper() + part[1:] for part in text.rstrip(".").split()))


def count_letter(text: str, rng: Rng) -> Change | None:
    """Count how often a letter occurs in one word of the sentence."""
    fit = sorted(set(re.findall(r"\b[a-z]{6,}\b", text)))
    if not fit:
        return None
    word = rng.choice(fit)
    letter = rng.choice(sorted(set(word)))
    return Change(word, str(word.count(letter)), {"letter": letter, "word": word})


def sort_words(text: str, rng: Rng, most: int = 9) -> Change | None:
    """Put the words of a sentence in alphabetical order, in lower case."""
    found = [word.lower() for word in _plain(text)]
    if not 5 <= len(found) <= most or len(set(found)) < len(found) or "'" in text or "-" in text:
        return None
    return Change(text, ", ".join(sorted(found)))


def _plain(text: str) -> list[str]:
    return re.findall(r"[A-Za-z']+", text)
