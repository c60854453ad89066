"""Which question of a benchmark a text shares words with: an index of runs of words, compact and exact."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from iftgen.filters.decontamination.grams import Hashes, gram_hashes, word_hashes
from iftgen.filters.text import STOP_WORDS, ngrams, sentences, words

# Runs of words in more questions than this are the template of a benchmark, as in the overlap study of GPT-3.
COMMON = 10
_BLOCK = 1 << 20  # words hashed at once
_TRIED = 32  # questions that are compared word by word with one text, those with the most in common
_TELLING = ((3, 3), (2, 5))  # words that are no stop words, and words at least, of a question found inside a text


class Text(NamedTuple):
    """A text of the question with that number; a `part` says too little for a short text to betray it."""

    question: int
    text: str
    part: bool = False


class Match(NamedTuple):
    """What a text shares with a question: the share of its runs, and the run or sentence that is reason enough."""

    question: int
    share: float
    shared: str = ""
    equal: bool = False


class Index:
    """Texts of questions by the hashes of their runs of words.

    A text matches a question by a run of `ngram` words, or all words of a question with fewer, or by the share of its
    runs of `share_ngram` words; a question too short for these by a sentence of its own, half of a text, or the whole.
    """

    def __init__(self, texts: Sequence[Text], ngram: int, share_ngram: int) -> None:
        self._ngram, self._share_ngram = ngram, share_ngram
        self._base = min(ngram, share_ngram)
        self._whole: dict[bytes, Text] = {}
        self._texts: dict[int, list[Text]] = {}
        self._short: dict[tuple[str, ...], int] = {}
        kept = [one for one in texts if self._add(one)]
        self._sizes = sorted({len(key) for key in self._short})
        self._hashes, self._starts, self._questions = _sorted(kept, self._base)

    def best(self, parts: Sequence[str]) -> Match | None:
        """Return the best match of a text that is made of some parts, or None where it shares nothing."""
        tokens = words("\n".join(part for part in parts if part))
        return self._equal(tokens) or self._brief(parts, tokens) or self._longer(tokens)

    def _add(self, one: Text) -> bool:
        """Take in a text unless it is known; what is too short for the index of runs is kept apart."""
        tokens = words(one.text)
        if not tokens or _key(tokens) in self._whole:
            return False
        self._whole[_key(tokens)] = one
        if len(tokens) < self._base:
            if not one.part and _telling(tokens):
                self._short[tokens] = one.question
            return False
        self._texts.setdefault(one.question, []).append(one)
        return True

    def _equal(self, tokens: tuple[str, ...]) -> Match | None:
        found = self._whole.get(_key(tokens))
        if found is None or words(found.text) != tokens:
            return None
        return Match(found.question, 1.0, " ".join(tokens), True)

    def _brief(self, parts: Sequence[str], tokens: tuple[str, ...]) -> Match | None:
        """Look for a short question: it is a sentence of the text, or at least half of its words."""
        if not self._short:
            return None
        for tried in self._runs(tokens) if len(tokens) <= 2 * self._sizes[-1] else _sentences(parts, self._sizes[-1]):
            if tried in self._short:
                return Match(self._short[tried], 1.0, " ".join(tried))
        return None

    def _runs(self, tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for size in self._sizes:
            if 2 * size >= len(tokens):
                yield from ngrams(tokens, size)

    def _longer(self, tokens: tuple[str, ...]) -> Match | None:
        """Look for the question that the text shares most with; one with a shared run that is long enough wins."""
        if len(tokens) < self._base or not len(self._hashes):
            return None
        hashes = gram_hashes(word_hashes(tokens), self._base)
        places = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        fresh = self._hashes[places] == hashes
        if not fresh.any():
            return None
        hits = fresh.tolist()
        best: Match | None = None
        for one in self._candidates(places[fresh]):
            match = self._compare(tokens, hits, one)
            if match.shared:
                return match
            best = match if best is None or match.share > best.share else best
        return best

    def _candidates(self, places: npt.NDArray[np.intp]) -> Iterator[Text]:
        """Yield the texts of the questions with the most runs in common."""
        unique = np.unique(places)
        hits = np.concatenate([self._questions[self._starts[place] : self._starts[place + 1]] for place in unique])
        numbers, counts = np.unique(hits, return_counts=True)
        for number in numbers[np.argsort(-counts, kind="stable")][:_TRIED]:
            yield from self._texts[int(number)]

    def _compare(self, tokens: tuple[str, ...], fresh: list[bool], one: Text) -> Match:
        """Compare word by word; `fresh` tells which runs of the text are no template."""
        theirs = words(one.text)
        run = self._ngram if one.part else min(self._ngram, len(theirs))
        long = next(self._shared(tokens, fresh, theirs, run), ())
        whole = len(tokens) - self._share_ngram + 1
        if long or whole <= 0:
            return Match(one.question, 1.0 if long else 0.0, " ".join(long))
        return Match(one.question, sum(1 for _ in self._shared(tokens, fresh, theirs, self._share_ngram)) / whole)

    def _shared(
        self, tokens: tuple[str, ...], fresh: list[bool], theirs: tuple[str, ...], size: int
    ) -> Iterator[tuple[str, ...]]:
        known, reach = set(ngrams(theirs, size)), size - self._base + 1
        for place, gram in enumerate(ngrams(tokens, size)):
            if gram in known and any(fresh[place : place + reach]):
                yield gram


def _sentences(parts: Sequence[str], longest: int) -> Iterator[tuple[str, ...]]:
    for sentence in (found for part in parts for found in sentences(part)):
        if len(sentence) <= 40 * longest:  # no use to split what is long
            yield words(sentence)


def _telling(tokens: tuple[str, ...]) -> bool:
    """Tell whether a short question says enough to be recognised by a sentence, or by half of a text."""
    content = sum(word not in STOP_WORDS for word in tokens)
    return any(content >= least and len(tokens) >= size for least, size in _TELLING)


def _key(tokens: tuple[str, ...]) -> bytes:
    return blake2b(" ".join(tokens).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _sorted(texts: Sequence[Text], size: int) -> tuple[Hashes, npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """Return the hashes in order, where the questions of each begin, and these; runs of too many are left out."""
    blocks = list(_blocks(texts, size))
    hashes = np.concatenate([block[0] for block in blocks] or [np.empty(0, np.uint64)])
    questions = np.concatenate([block[1] for block in blocks] or [np.empty(0, np.uint32)])
    del blocks
    order = np.argsort(hashes, kind="stable")  # the questions of one hash stay in order
    hashes, questions = hashes[order], questions[order]
    new = np.ones(len(hashes), bool)
    new[1:] = (hashes[1:] != hashes[:-1]) | (questions[1:] != questions[:-1])
    hashes, questions = hashes[new], questions[new]
    firsts = np.flatnonzero(np.concatenate((np.ones(min(1, len(hashes)), bool), hashes[1:] != hashes[:-1])))
    counts = np.diff(firsts, append=len(hashes))
    rare = counts <= COMMON
    starts = np.concatenate(([0], np.cumsum(counts[rare])))
    return hashes[firsts[rare]], starts, questions[np.repeat(rare, counts)]


def _blocks(texts: Sequence[Text], size: int) -> Iterator[tuple[Hashes, npt.NDArray[np.uint32]]]:
    """Yield the hashes of all runs of blocks of texts, each with the number of its question."""
    tokens: list[str] = []
    ends: list[int] = []
    numbers: list[int] = []
    for place, one in enumerate(texts, 1):
        tokens += words(one.text)
        ends.append(len(tokens))
        numbers.append(one.question)
        if len(tokens) >= _BLOCK or place == len(texts):
            yield _block(tokens, ends, numbers, size)
            tokens, ends, numbers = [], [], []


def _block(tokens: list[str], ends: list[int], numbers: list[int], size: int) -> tuple[Hashes, npt.NDArray[np.uint32]]:
    hashes = gram_hashes(word_hashes(tokens), size)
    owner = np.repeat(np.arange(len(ends)), np.diff([0, *ends]))
    inside = owner[: len(hashes)] == owner[size - 1 :]  # runs that end in the text where they begin
    return hashes[inside], np.array(numbers, np.uint32)[owner[: len(hashes)][inside]]
