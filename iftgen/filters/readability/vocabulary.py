"""Which words are none: a vocabulary and letter trigrams, both read from a tokenizer that litellm brings along.

A byte-pair vocabulary (Sennrich et al. 2016) has an entry of its own for each frequent word of the text that it was
made from: some 28,000 words and names. A word that is not among them and whose letters follow each other as they
do in no word (mean log-probability of its letter trigrams) is none in any language written in Latin letters.
"""

import re
from base64 import b64decode
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from math import log
from pathlib import Path

from iftgen.errors import UserError
from iftgen.filters.loading import loading

# cl100k_base, as litellm ships it beside the code that counts tokens.
_FILE = "litellm_core_utils/tokenizers/9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
# A space before the letters marks the beginning of a word; capitals inside are names of code.
_WORD = re.compile(rb" [A-Za-z]?[a-z]+")
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "r", "rs", "ion", "ions", "al", "ness", "able", "y", "ies")
_SHORTEST_STEM = 3
_SMOOTH, _LETTERS = 0.1, 28
_CACHED = 50_000
_LONGEST = 40


@dataclass(frozen=True)
class Vocabulary:
    """Frequent words, and how likely a letter is after two others; `^` and `$` stand for the edges of a word."""

    words: frozenset[str]
    trigrams: Counter[str]
    bigrams: Counter[str]
    _scores: dict[str, float] = field(default_factory=dict, repr=False)

    def knows(self, word: str) -> bool:
        """Tell whether a word in lower case is one of the frequent ones, or one with an English ending."""
        return word in self.words or any(
            stem in self.words or f"{stem}e" in self.words or f"{stem}y" in self.words or _undoubled(stem) in self.words
            for ending in _ENDINGS
            if word.endswith(ending) and len(stem := word[: -len(ending)]) >= _SHORTEST_STEM
        )

    def likelihood(self, word: str) -> float:
        """Return the mean natural log-probability of the first letters of a word in lower case."""
        word = word[:_LONGEST]
        found = self._scores.get(word)
        if found is None:
            if len(self._scores) >= _CACHED:
                self._scores.clear()
            found = self._scores[word] = self._likelihood(f"^^{word}$")
        return found

    def _likelihood(self, letters: str) -> float:
        steps = len(letters) - 2
        chances = (
            (self.trigrams[letters[at : at + 3]] + _SMOOTH) / (self.bigrams[letters[at : at + 2]] + _SMOOTH * _LETTERS)
            for at in range(steps)
        )
        return sum(map(log, chances)) / steps


@cache
@loading()
def vocabulary() -> Vocabulary:
    """Read the vocabulary once; takes a fifth of a second."""
    entries = (b64decode(line.split()[0]) for line in _path().read_bytes().splitlines() if line)
    known = frozenset(entry[1:].decode().lower() for entry in entries if _WORD.fullmatch(entry))
    trigrams: Counter[str] = Counter()
    bigrams: Counter[str] = Counter()
    for word in known:
        if len(word) > 2:
            letters = f"^^{word}$"
            trigrams.update(letters[at : at + 3] for at in range(len(letters) - 2))
            bigrams.update(letters[at : at + 2] for at in range(len(letters) - 2))
    return Vocabulary(known, trigrams, bigrams)


def _path() -> Path:
    """Return the path of the vocabulary, without the seconds that an import of litellm takes."""
    found = find_spec("litellm")
    path = Path(found.origin).parent / _FILE if found and found.origin else Path(_FILE)
    if not path.is_file():
        raise UserError(
            f"filters.readability: there is no {path}, from which the vocabulary is read."
            " Install a litellm from 1.100 on and below 1.107, or set filters.readability.max_nonwords=null."
        )
    return path


def _undoubled(stem: str) -> str:
    """`runn` becomes `run`, as in `running`."""
    return stem[:-1] if stem[-1] == stem[-2] else stem
