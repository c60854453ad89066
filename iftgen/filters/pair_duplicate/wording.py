"""What a question is about: its words, without those that ask, in one form for all their forms."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from iftgen.filters.answers import NUMBERS
from iftgen.filters.text import RECENT, STOP_WORDS, words

_HERE = Path(__file__).parent
# What a question is asked of: the text behind a colon, a question mark or a line break.
_PAYLOAD = re.compile(r"[:：?？][ \t]+(?=\S)|\n")
_NAME = re.compile(r"(?<![.!?:\n\"“])(?<=[\s(\"“'‘])[^\W\d_a-z]\w*|[\"“‘`]([^\"”’`]{1,80})[\"”’`]")
_OR_NOT = re.compile(r"\bor not\b", re.I)
_CAPITALS = re.compile(r"(?:^|\s)[^\W\d_]")

_ABOUT_WORDS = frozenset(
    {"synonym", "synonyms", "antonym", "antonyms", "opposite", "rhyme", "rhymes", "spell", "spelling", "plural", "word"}
    | {
        "tense",
        "letter",
        "letters",
        "syllables",
        "translate",
        "participle",
        "prefix",
        "suffix",
        "verb",
        "noun",
        "adjective",
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """The content words of a question, and those of the text that it is asked of, which are among them."""

    words: frozenset[str]
    payload: frozenset[str]


@lru_cache(RECENT)
def question_of(instruction: str, input: str) -> Question:
    """Return what counts of a question."""
    asked, given = _OR_NOT.sub("", instruction) if "or not" in instruction.lower() else instruction, input
    cut = None if input else _PAYLOAD.search(asked)
    if cut and len(words(asked[cut.end() :])) > 1:
        asked, given = asked[: cut.start()], asked[cut.end() :]
    payload = _content(words(given))
    return Question(_content(words(asked)) | payload, payload)


def _content(tokens: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, map(form, tokens)))


@lru_cache(1 << 16)
def form(word: str) -> str:
    """Return the form that stands for a word, "" where it says nothing about the subject."""
    if word in STOP_WORDS and word not in _synonyms():
        return ""
    if word in NUMBERS:
        return NUMBERS[word]
    stemmed = stem(word)
    if word in _asking() or stemmed in _asking():
        return ""
    known = _synonyms()
    return known.get(word) or known.get(stemmed) or known.get(word.removesuffix("est")) or stemmed


def stem(word: str) -> str:
    """Return an English word without the endings of number and time; a small stemmer after Porter (1980)."""
    if not word.isascii() or len(word) < 4 or word.isdecimal():
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y" if len(word) > 4 else word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
                word = word[:-1]
            break
    return word.removesuffix("e") if len(word) > 3 else word


@lru_cache(RECENT)
def names(text: str) -> frozenset[str]:
    """Return the words with a capital inside a sentence, and what stands in quotes; none where most words have one."""
    starts = _CAPITALS.findall(text)
    if sum(start[-1].isupper() for start in starts) > 0.6 * len(starts) and len(starts) > 3:
        return frozenset()
    found = (hit[1] or hit[0] for hit in _NAME.finditer(text))
    return _content(tuple(word for name in found for word in words(name)))


@lru_cache(RECENT)
def literal(text: str) -> frozenset[str] | None:
    """Return the words of a question about words themselves, in which synonyms are no synonyms; None for another."""
    tokens = frozenset(words(text)) - STOP_WORDS
    return None if tokens.isdisjoint(_ABOUT_WORDS) else frozenset(map(stem, tokens)) - _asking()


@cache
def opposites() -> frozenset[frozenset[str]]:
    """Return pairs of words, in the form in which they stand in a question, that make it another one."""
    pairs = (line.split() for line in _lines("opposites.txt"))
    return frozenset(frozenset(map(form, pair)) for pair in pairs)


@cache
def _asking() -> frozenset[str]:
    found = [word for line in _lines("asking.txt") for word in line.split()]
    return frozenset((*found, *map(stem, found)))


@cache
def _synonyms() -> dict[str, str]:
    groups = [line.split() for name in ("irregular.txt", "synonyms.txt") for line in _lines(name)]
    return {form: stem(group[0]) for group in groups for word in group for form in (word, stem(word))}


def _lines(name: str) -> list[str]:
    text = (_HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
