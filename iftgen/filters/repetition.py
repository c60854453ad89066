"""Filter `repetition`: loops and things said twice."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from iftgen.filters.base import Filter
from iftgen.filters.code import is_code
from iftgen.filters.loops import copied_lines, same_item, same_sentence, stretched, unquoted
from iftgen.filters.text import STOP_WORDS, ngrams, normalised, sentences, without_code, words
from iftgen.types import Candidate, Stage, Verdict

T = TypeVar("T")
Finding = tuple[str, float, float] | None  # what repeats, the score, the bound

# Two sentences of 7 words, the least that counts as said twice, have more words than this.
SHORT = 14
_RUN = re.compile(r"\b(\w+)(?:[\s,.]+\1\b){3,}", re.I)
_SONG = re.compile(r"\b(?:song|lyrics|poem|chorus|refrain|verse|chant|rhyme|repeat\w*|times)\b", re.I)


class Repetition(Filter):
    """The text does not go round in circles.

    Code blocks are left out; code without a fence is only searched for a line that stands there again and again. A row
    about songs, poems or repeating is only judged by the word n-grams.

    ngram: length of the word n-grams that are counted.
    max_ngram: an n-gram may occur that often; one more and the text is rejected (null: off).
    max_sentence: a sentence of 7 words or more may occur that often (null: off).
    max_word_share: a content word may be that share of a response of 30 words or more (null: off).
    max_line_share: that share of the lines of a response of 4 lines or more may be copies of earlier ones (null: off).
    same_start: also reject two neighbouring sentences that share their first three words; suits short plain answers.
    """

    name = "repetition"

    def __init__(
        self,
        *,
        ngram: int = 6,
        max_ngram: int | None = 5,
        max_sentence: int | None = 1,
        max_word_share: float | None = 0.25,
        max_line_share: float | None = 0.3,
        same_start: bool = False,
    ) -> None:
        self.require(ngram >= 2, "ngram", ngram, "2 or more")
        self.ngram = ngram
        self.max_ngram = max_ngram
        self.max_sentence = max_sentence
        self.max_word_share = max_word_share
        self.max_line_share = max_line_share
        self.same_start = same_start

    def check_instruction(self, row: Candidate) -> Verdict:
        """Judge the instruction."""
        return self._judge(row, row.instruction, "instruction")

    def check(self, row: Candidate) -> Verdict:
        """Judge the response."""
        return self._judge(row, row.output, "response")

    def _judge(self, row: Candidate, text: str, stage: Stage) -> Verdict:
        prose = without_code(text)
        found = copied_lines(prose, self.max_ngram) if is_code(prose) else self._looks(row, prose, stage)
        if not found:
            return self.keep(stage=stage)
        reason, score, bound = found
        return self.reject(f"the {stage} repeats itself: {reason}", score, bound, stage=stage)

    def _looks(self, row: Candidate, prose: str, stage: Stage) -> Finding:
        """Look at what is no code."""
        tokens = words(prose)
        found = self._loop(tokens)
        if not found and stage == "response" and self.max_line_share is not None and not row.input:
            found = same_item(row.instruction, prose)
        if not found and (found := self._prose(prose, tokens, stage)) and _SONG.search(row.instruction):
            return None
        return found

    def _prose(self, prose: str, tokens: Sequence[str], stage: Stage) -> Finding:
        """Look for what songs may do and other texts may not."""
        found = _run(prose) if _in_a_row(tokens) or "_" in prose else None
        found = found or stretched(prose, tokens)
        if len(tokens) >= SHORT or self.same_start:
            found = self._twice(prose) or found
        if stage == "response":
            found = found or self._word(tokens) or self._lines(prose)
        return found

    def _loop(self, tokens: Sequence[str]) -> Finding:
        if self.max_ngram is None or not self._may_loop(tokens):
            return None
        gram, count = _most(ngrams(tokens, self.ngram))
        if count <= self.max_ngram:
            return None
        reason = f"{' '.join(gram or ())!r} occurs {count} times, at most {self.max_ngram} are allowed"
        return reason, count, self.max_ngram

    def _may_loop(self, tokens: Sequence[str]) -> bool:
        """Tell whether `ngram` tokens in a row are each frequent enough to be part of a loop; few texts have that."""
        counts, row = Counter(tokens), 0
        if max(counts.values(), default=0) <= (self.max_ngram or 0):
            return False
        for token in tokens:
            row = row + 1 if counts[token] > (self.max_ngram or 0) else 0
            if row == self.ngram:
                return True
        return False

    def _twice(self, prose: str) -> Finding:
        parts = sentences(prose)
        if len(parts) < 2:
            return None
        folded = list(map(normalised, parts))
        said = [one for one in folded if len(words(one)) >= 7] if len(set(folded)) < len(folded) else []
        sentence, count = _most(said)
        if self.max_sentence is not None and count > self.max_sentence:
            reason = f"the sentence {sentence!r} occurs {count} times, at most {self.max_sentence} are allowed"
            return reason, count, self.max_sentence
        if self.max_sentence is not None and len(set(folded)) < len(folded) and (found := same_sentence(folded)):
            return found
        starts = [words(one)[:3] for one in parts] if self.same_start else []
        same = next((one for one, after in pairwise(starts) if one == after and len(one) == 3), None)
        return (f"two sentences begin with {' '.join(same)!r}", 2, 1) if same else None

    def _word(self, tokens: Sequence[str]) -> Finding:
        if self.max_word_share is None or len(tokens) < 30:
            return None
        word, count = _most(token for token in tokens if token not in STOP_WORDS and not token.isdigit())
        share = count / max(len(tokens), 1)
        if share <= self.max_word_share:
            return None
        reason = f"{share:.0%} of the words are {word!r}, at most {self.max_word_share:.0%} are allowed"
        return reason, share, self.max_word_share

    def _lines(self, prose: str) -> Finding:
        whole = prose.splitlines()
        if self.max_line_share is None or len(whole) < 4:
            return None
        lines = [line.strip() for line in whole if len(words(line)) >= 2]
        share = 1 - len(set(lines)) / max(len(lines), 1)
        if len(lines) < 4 or share <= self.max_line_share:
            return None
        reason = f"{share:.0%} of the lines are copies, at most {self.max_line_share:.0%} are allowed"
        return reason, share, self.max_line_share


def _in_a_row(tokens: Sequence[str]) -> bool:
    """Tell whether a word stands four times in a row: what `_run` looks for, at a fraction of the cost."""
    return any(a == b == c == d for a, b, c, d in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))


def _run(prose: str) -> Finding:
    """Find a word that stands more than three times in a row."""
    hit = next((hit for hit in _RUN.finditer(unquoted(prose)) if not hit[1].isdigit()), None)
    count = len(words(hit[0])) if hit else 0
    return (f"the word {hit[1]!r} stands {count} times in a row, at most 3 are allowed", count, 3) if hit else None


def _most(things: Iterable[T]) -> tuple[T | None, int]:
    """Return the commonest thing, the first on ties, and how often it occurs."""
    counts = Counter(things)
    return max(counts.items(), key=lambda item: item[1], default=(None, 0))
