"""Filter `pair_duplicate`: the same question in other words with the same answer."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from iftgen.filters.answers import said
from iftgen.filters.base import MemoryFilter, light
from iftgen.filters.pair_duplicate.near import NOTHING, Brief, alike, brief
from iftgen.filters.pair_duplicate.wording import Question, form, literal, names, opposites, question_of
from iftgen.filters.text import RECENT, STOP_WORDS, words
from iftgen.filters.turns import several_turns
from iftgen.filters.word_hash import word_hash
from iftgen.types import Candidate, Pair, Verdict

# Answers that many questions have: they say nothing about what was asked.
_LABEL_WORDS = """
yes no true false positive negative neutral mixed none unknown both neither correct incorrect right wrong valid invalid
spam ham relevant irrelevant related unrelated objective subjective fact opinion formal informal toxic entailment
contradiction"""
_LABELS = frozenset(_LABEL_WORDS.split())
_FEW = 3  # content words that an answer adds to the question: with fewer, the questions must have the same words
_ALIKE = 0.8  # the overlap of questions with one more word in one of them
_LESS = 0.1  # what the overlap must be higher by where the answers are not quite the same
_CANNED = 2  # different questions with one answer, which is a stock phrase where there are more
_SKETCH, _PHRASE = 6, 3  # phrases of a telling answer by which others like it are found, and their words
_SCANNED = 32  # rows with one answer or one phrase that are compared: the earliest
_NEGATION = frozenset({"no", "not", "never", "without", "except", "cannot"})


class PairDuplicate(MemoryFilter):
    """The row is not an earlier question in other words with the same answer.

    Answers are the same where they say the same (see `conflict`), or share most of their words; the more an answer says
    beyond the question, the less the questions must be alike. Where it adds few words ("Yes", "Paris", a label), the
    questions must have the same content words, or all but one. Word forms, common synonyms and words that only ask
    ("name", "what is") make no difference; other names, other numbers and, where both rows have one, another input do.
    Forms and synonyms are known of English. Rows of several turns are not judged. Score: the overlap of the questions,
    the F1 of their content words.

    threshold: questions with this overlap are one where the answer is too, and tells much; with less telling answers
        more is asked for.
    answer: the overlap from which two answers that tell much are one; 1 takes only those that say the same.
    telling: content words that an answer must add to the question to tell much about it.
    """

    name = "pair_duplicate"
    stage = "response"

    def __init__(self, *, threshold: float = 0.4, answer: float = 0.85, telling: int = 8) -> None:
        self.require(0 < threshold <= 1, "threshold", threshold, "a number above 0, at most 1")
        self.require(0 < answer <= 1, "answer", answer, "a number above 0, at most 1")
        self.require(telling >= _FEW, "telling", telling, f"a whole number from {_FEW} on")
        self.threshold, self.answer, self.telling = threshold, answer, telling
        self._rows: list[_Row] = []
        self._same = _Shelf()  # by what the answer says
        self._equal = _Shelf(1)  # by that and the words of the question
        self._near = _Shelf()  # by some phrases of a telling answer
        self._briefs: list[Brief] = []

    def check_at(self, row: Candidate, view: int | None) -> Verdict:
        """Compare with what was remembered at a position <= `view`."""
        if not row.output.strip() or several_turns(row):
            return self.keep()
        one = _read(row.instruction, row.input, row.output)
        known = [self._rows[number] for number in sorted(self._candidates(one))]
        known = [other for other in known if view is None or other.position <= view]
        canned = len(known) > _CANNED and self._canned(one, known)
        scores = ((self._alike(one, row, other, canned), other) for other in known)
        score, best = max(scores, key=lambda hit: hit[0], default=(0.0, None))  # the earliest of equals
        if best is None or not score:
            return self.keep(threshold=self.threshold)
        whose = "a seed" if best.pair.origin == "seed" else "an accepted row"
        reason = f"asks in other words what {whose} asks, with the same answer: {_quoted(best.pair)}"
        return self.reject(reason, score, self.threshold, best.pair)

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        """Index question and answer for the comparisons to come."""
        if not pair.output.strip():
            return
        one, number = _read(pair.instruction, pair.input, pair.output), len(self._rows)
        bag = one.bag if self._tells(one) else ()
        words, payload = tuple(one.question.words), tuple(one.question.payload)
        self._briefs.append(one.brief if bag else NOTHING)
        self._rows.append(_Row(position, light(pair), one.said, one.added, one.whole, words, payload, bag))
        self._same.add(one.said, number)
        if one.added < _FEW:
            self._equal.add(one.key, number)
        for phrase in self._sketch(one):
            self._near.add(phrase, number)

    def _tells(self, one: "_Read") -> bool:
        return self.answer < 1 and one.added >= self.telling

    def _sketch(self, one: "_Read") -> Sequence[str]:
        return one.phrases if self._tells(one) else ()

    def _candidates(self, one: "_Read") -> set[int]:
        found = set(self._equal.get(one.key)) if one.added < _FEW else set()
        same = self._same.get(one.said) if one.added >= _FEW or one.whole else ()
        found.update(same)
        near = set().union(*map(self._near.get, self._sketch(one))) - found
        found.update(alike(one.brief, near, self._briefs, self.answer))
        if len(same) >= _SCANNED:  # only then may some that say the same be missing there
            found.update(number for number in near if self._rows[number].said == one.said)
        return found

    def _canned(self, one: "_Read", known: Sequence["_Row"]) -> bool:
        """Tell whether the answer is one that quite different questions get: then it says little about them."""
        same = (frozenset(other.words) for other in known if other.said == one.said)
        return sum(_f1(one.question.words, words) < self.threshold for words in same) > _CANNED

    def _alike(self, one: "_Read", row: Candidate, other: "_Row", canned: bool) -> float:
        """Return the overlap of two questions if they are one with the same answer, else 0."""
        added = min(one.added, other.added)
        if added < _FEW and abs(len(one.question.words) - len(other.words)) > 1:  # as of most, so this is asked first
            return 0.0
        words = one.question.words, frozenset(other.words)
        score, same = _f1(*words), one.said == other.said
        if score < self.threshold or (not same and (added < self.telling or not other.bag)):
            return 0.0
        if added < _FEW:
            fits = self._close(one, row, other, score)
        else:
            bound = min(1.0, self.threshold + _LESS * ((not same) + 2 * (added < self.telling)))
            bound = max(bound, _ALIKE) if canned else bound
            payloads = one.question.payload, frozenset(other.payload)
            alike = score >= bound and (not all(payloads) or _f1(*payloads) >= bound)
            fits = alike and not _clash(*map(_numbers, words))
        fits = fits and (same or _much_alike(one, row, other, *words, self.answer))
        return score if fits and not _differ(row, other.pair, *words) else 0.0

    def _close(self, one: "_Read", row: Candidate, other: "_Row", score: float) -> bool:
        """Tell whether questions whose answer says little by itself have the same words, or all but one."""
        mine, theirs = one.question.words, frozenset(other.words)
        if literal(_text(row)) != literal(_text(other.pair)):
            return False
        if mine == theirs:
            return one.question.payload == frozenset(other.payload)
        apart = mine ^ theirs
        return one.whole and other.whole and score >= _ALIKE and len(apart) == 1 and not _numbers(apart)


class _Read(NamedTuple):
    """What is compared of a row.

    `key` is of what the answer says and the words of the question; `added` counts the content words of the answer that
    are not in the question; `whole` says that the answer is no label and the question is not asked of a given text.
    """

    question: Question
    said: int
    key: int
    added: int
    whole: bool
    bag: tuple[int, ...]
    phrases: tuple[str, ...]
    brief: Brief


class _Row(NamedTuple):
    """What stays of a remembered row; tuples take less memory than sets."""

    position: int
    pair: Pair
    said: int
    added: int
    whole: bool
    words: tuple[str, ...]
    payload: tuple[str, ...]
    bag: tuple[int, ...]


class _Shelf:
    """The earliest row numbers by key; most keys have one."""

    def __init__(self, most: int = _SCANNED) -> None:
        self._first: dict[int | str, int] = {}
        self._more: dict[int | str, list[int]] = {}
        self._most = most

    def add(self, key: int | str, number: int) -> None:
        if self._first.setdefault(key, number) != number and self._most > 1:
            more = self._more.setdefault(key, [])
            if len(more) < self._most - 1:
                more.append(number)

    def get(self, key: int | str) -> Sequence[int]:
        first = self._first.get(key)
        return () if first is None else (first, *self._more.get(key, ()))


@lru_cache(RECENT)
def _read(instruction: str, input: str, output: str) -> _Read:
    question = question_of(instruction, input)
    asked = {*words(instruction), *words(input)}
    content = set(words(output)) - STOP_WORDS
    added = len(content - asked)
    answer = said(output, f"{instruction}\n{input}")
    # A word that the question offers ("positive or negative?") or a single letter is a choice.
    label = answer in _LABELS or answer in asked or len(answer) == 1
    key = f"{answer}\0{' '.join(sorted(question.words))}\0{' '.join(sorted(question.payload))}" if added < _FEW else ""
    bag = tuple(map(word_hash, content)) if added >= _FEW else ()
    phrases, whole = tuple(_phrases(output, bag)) if bag else (), not label and not question.payload
    return _Read(question, _digest(answer), _digest(key), added, whole, bag, phrases, brief(bag) if bag else NOTHING)


def _phrases(output: str, bag: Sequence[int]) -> Iterator[str]:
    """Yield a few phrases of an answer that begin with chosen words: an answer much like it has one of them.

    The words with the lowest hashes are mostly those of the other answer too (bottom-k sketches; Broder 1997).
    """
    tokens, chosen = words(output), frozenset(sorted(bag)[:_SKETCH])
    hashes = list(map(word_hash, tokens))
    for place in map(hashes.index, chosen):
        yield " ".join(tokens[place : place + _PHRASE])


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _f1(one: frozenset[Any], other: frozenset[Any]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _much_alike(
    one: _Read, row: Candidate, other: _Row, mine: frozenset[str], theirs: frozenset[str], least: float
) -> bool:
    """Tell whether two answers share most of their words, and not just all but what each question is about."""
    own, known = frozenset(one.bag), frozenset(other.bag)
    if _f1(own, known) < least:
        return False
    apart = _tells_of(_text(row), mine - theirs, own - known)
    return not (apart and _tells_of(_text(other.pair), theirs - mine, known - own))


def _tells_of(text: str, forms: frozenset[str], hashes: frozenset[int]) -> bool:
    """Tell whether a word that only this question has is one that only its answer has."""
    return any(form(word) in forms and word_hash(word) in hashes for word in words(text))


def _numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word[0].isdecimal())


def _clash(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether each of two sets has what the other lacks."""
    return bool(one - other and other - one)


def _differ(row: Candidate, pair: Pair, mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Tell whether the questions are opposites, or each names something that the other does not."""
    if (mine ^ theirs) & _NEGATION or not opposites().isdisjoint(_crossed(mine - theirs, theirs - mine)):
        return True
    named = names(row.instruction) | names(row.input), names(pair.instruction) | names(pair.input)
    return bool(named[0] - theirs and named[1] - mine)


def _crossed(mine: frozenset[str], theirs: frozenset[str]) -> Iterator[frozenset[str]]:
    return (frozenset((one, other)) for one in mine for other in theirs if len(mine) * len(theirs) <= _SCANNED)


def _text(row: Candidate | Pair) -> str:
    return f"{row.instruction}\n{row.input}"


def _quoted(pair: Pair) -> str:
    shown = pair.instruction if len(pair.instruction) <= 120 else f"{pair.instruction[:117]}..."
    return f'"{shown}"'
