"""Filter `conflict`: the same instruction and input with another answer."""

import re
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Literal, get_args

from iftgen.filters.answers import said
from iftgen.filters.base import MemoryFilter, light
from iftgen.filters.exact_duplicate import content_key
from iftgen.filters.turns import several_turns
from iftgen.types import Candidate, Pair, Verdict

Keep = Literal["first", "report", "none", "longest", "majority"]
_WHOLE_FILE = ("none", "longest", "majority")
_NOBODY = (0, -1, 0)  # the answer that is kept where none is
# What has as many right answers as writers: a piece of one's own, a suggestion, one of several.
_LEAD = r"^\W*(?:(?:please|now|can you|could you|would you|will you|help me|i want you to|i need you to|let's) )*"
_OPEN = re.compile(
    rf"{_LEAD}(?:compose|create|generate|invent|make up|imagine|suggest|propose|recommend|brainstorm|come up with|"
    r"think of|design|draft|craft|role-?play|(?:name|give|tell|share|provide|offer|show|pick|choose)(?: (?:me|us))? "
    r"(?:an?|some|any|another)(?! [^.?!\n]{0,40}\b(?:answer|yes|true|definition|translation|label|rating|score|"
    r"number of|category|class\w*)\b))\b"
    r"|\b(?:an?|another) (?:[\w-]+ ){0,2}(?:poem|haiku|limerick|sonnet|song|story|tale|fable|joke|riddle|essay|"
    r"speech)\b(?! (?:by|of|from|called|named|titled|in which)\b)",
    re.I,
)
_WRITTEN = re.compile(rf"{_LEAD}(?:(?:re)?write|paraphrase|rephrase|reword|summari[sz]e)\b", re.I)
_LOOKED = 400  # characters of an instruction that tell its kind
_SHORT = 3  # words: "write the number" has one answer
_YES_NO = re.compile(r"\W{0,3}(yes|no)\b\W{0,2}(?:[,.;:!–—-]|$)", re.I)


class Conflict(MemoryFilter):
    """The same instruction and input have no other answer elsewhere in the dataset.

    Two answers are the same where they differ in case, punctuation, white space or words around the answer only (`4`,
    `The answer is 4.`), or where one explains the Yes or No of the other: such rows are left to `exact_duplicate`,
    which must come after this filter, as it rejects all repetitions. Rows of several turns are not judged. A run that
    generates keeps the first whatever is asked for, as it cannot take back what it accepted.

    keep: which of the rows that contradict each other stay: the `first`, the `longest`, those with the answer of the
        `majority` (the first of equals), or `none`; `report` keeps all, gives the later ones the score 1 and names in
        their `history` the row that they contradict (`neighbour_id`).
        The `longest`, the `majority` and `none` are found out in the whole file before any other filter has judged a
        row, and hold for the responses of method=file; of those that a model writes the first is kept.
    open_ended: keep the answers to what has many right ones ("write a poem", "suggest ...", "name a river"), or judge
        them like all others.
    """

    name = "conflict"
    stage = "response"

    def __init__(self, *, keep: str = "first", open_ended: Literal["keep", "judge"] = "keep") -> None:
        self.require(keep in get_args(Keep), "keep", keep, f"one of {', '.join(get_args(Keep))}")
        self.require(open_ended in ("keep", "judge"), "open_ended", open_ended, "keep or judge")
        self.which = keep
        self.open_ended = open_ended
        self._first: dict[bytes, tuple[int, int, Pair]] = {}
        self._chosen: Mapping[int, tuple[int, int, int]] = {}

    def survey(self, rows: Iterable[Candidate]) -> None:
        """Decide for each question of a file with several answers which one is kept; 28 bytes a row."""
        if self.which not in _WHOLE_FILE:
            return
        book = _Book()
        for row in rows:
            if self._judged(row):
                book.add(_short(_key(row)), _answer(row), len(row.output), row.index)
        self._chosen = book.decide(self.which)

    def check_at(self, row: Candidate, view: int | None) -> Verdict:
        """Compare with what was surveyed, else with what was remembered at a position <= `view`."""
        if not self._judged(row):
            return self.keep()
        key = _key(row)
        kept = self._chosen.get(_short(key))
        if kept is not None:
            return self._surveyed(row, kept)
        position, answer, pair = self._first.get(key, (0, 0, None))
        if pair is None or (view is not None and position > view) or _answer(row) == answer:
            return self.keep(0.0) if self.which == "report" else self.keep()
        whose = "a seed" if pair.origin == "seed" else "an accepted row"
        verdict = self.reject(f"the instruction and input are those of {whose}, with another answer", neighbour=pair)
        return self._reported(row, verdict) if self.which == "report" else verdict

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        """Remember the answer of the pair unless its question came earlier."""
        if self._judged(pair):
            key = _key(pair)
            if key not in self._first and _short(key) not in self._chosen:
                self._first[key] = (position, _answer(pair), light(pair))

    def _judged(self, row: Candidate | Pair) -> bool:
        """Tell whether another answer would contradict that of the row."""
        if not row.output.strip() or (isinstance(row, Candidate) and several_turns(row)):
            return False
        return self.open_ended == "judge" or not _is_open(row.instruction[:_LOOKED], row.output)

    def _reported(self, row: Candidate, verdict: Verdict) -> Verdict:
        """Keep the row, and say in its history what it contradicts."""
        told = {"filter": self.label, "neighbour_id": verdict.neighbour_id, "reason": verdict.reason}
        if told not in row.history:
            row.history.append(told)
        return replace(verdict, keep=True, score=1.0)

    def _surveyed(self, row: Candidate, kept: tuple[int, int, int]) -> Verdict:
        """Judge a row of a file whose conflicts are known."""
        if kept != _NOBODY and kept[0] == _answer(row) and len(row.output) >= kept[2]:
            return self.keep()
        if kept == _NOBODY:
            return self.reject("the file has several answers to this instruction and input, and none of them is kept")
        neighbour = Pair(f"row {kept[1]}", row.instruction, "", row.input)
        whose = "the longest" if self.which == "longest" else "that of most rows"
        return self.reject(
            f"the file has several answers to this instruction and input; {whose} is kept", None, None, neighbour
        )


class _Book:
    """The rows of a file as numbers: question, answer, length, index."""

    def __init__(self) -> None:
        self._questions, self._answers = array("Q"), array("Q")
        self._lengths, self._indices = array("I"), array("Q")

    def add(self, question: int, answer: int, length: int, index: int) -> None:
        self._questions.append(question)
        self._answers.append(answer)
        self._lengths.append(min(length, 0xFFFFFFFF))
        self._indices.append(index)

    def decide(self, which: str) -> dict[int, tuple[int, int, int]]:
        """Return, for each question with several answers, the answer that is kept, its row and the least length."""
        import numpy as np

        questions = np.frombuffer(self._questions, np.uint64)
        order = np.argsort(questions, kind="stable")
        ends = np.flatnonzero(np.diff(questions[order])) + 1
        # Most questions come once: only the groups of several are looked at.
        bounds = np.concatenate(([0], ends, [len(order)]))
        several = np.flatnonzero(np.diff(bounds) > 1)
        groups = (order[bounds[place] : bounds[place + 1]].tolist() for place in several)
        return {self._questions[rows[0]]: self._choose(rows, which) for rows in groups if self._differ(rows)}

    def _differ(self, rows: list[int]) -> bool:
        return len({self._answers[row] for row in rows}) > 1

    def _choose(self, rows: list[int], which: str) -> tuple[int, int, int]:
        if which == "none":
            return _NOBODY
        counts: dict[int, int] = {}
        for row in rows:
            counts[self._answers[row]] = counts.get(self._answers[row], 0) + 1
        # max() takes the first of equals, and the rows are in the order of the file
        best = max(rows, key=lambda row: self._lengths[row] if which == "longest" else counts[self._answers[row]])
        return self._answers[best], self._indices[best], self._lengths[best] if which == "longest" else 0


def _is_open(asked: str, said: str) -> bool:
    """Tell whether many answers are right."""
    return bool(_OPEN.search(asked) or (_WRITTEN.match(asked) and len(said.split(maxsplit=_SHORT)) > _SHORT))


def _key(row: Candidate | Pair) -> bytes:
    return content_key(row.instruction, row.input)


def _short(key: bytes) -> int:
    return int.from_bytes(key[:8], "little")


def _answer(row: Candidate | Pair) -> int:
    start = _YES_NO.match(row.output)
    # Numbers in the explanation may contradict each other.
    bare = start[1].lower() if start and not any(map(str.isdigit, row.output)) else ""
    text = bare or said(row.output, f"{row.instruction}\n{row.input}")
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
