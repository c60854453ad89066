"""Whether one response refuses what was asked: in full, in part, or not at all."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from iftgen.filters.refusal import asked as asked_for
from iftgen.filters.refusal import declines, english, languages
from iftgen.filters.refusal.evades import ITEM, LONG, asks_back, evasion, real
from iftgen.filters.refusal.quick import may_refuse
from iftgen.filters.refusal.spoken import QUOTED, ends, plain, spoken
from iftgen.filters.text import count_words, sentences

_CLAUSE = re.compile(r"(?:[,;–—]|\s-)\s*(?=(?:but|however|though|although|here|still|yet|instead)\b)|;\s")
_SAYING = re.compile(
    r"\b(?:say|says|said|saying|write|wrote|reply|replied|respond|tell (?:him|her|them)|text)\b[^:]{0,40}:"
    r"|(?<!note):\s*i\b"
)
# One of these stands in what `declines.declined` finds, or it begins with one of the second.
_SELF = (
    *("i ", "i'", " me", "my ", "our ", "we ", "request", "possible", "appropriate", "guideline", "polic", "something"),
    *("against", "private", "personal", "confidential", "classified"),
)
_BEGINS = ("it ", "it's", "sorry", "no", "can't", "cannot", "won't", "unable", "not ")
_LINE = 300  # characters in which a refusal in another language shows
_OPENING = 3  # sentences that count as the opening of a response
_ANSWER = 12  # words before a decline that answer already

# One of these stands in what `declines.ASSISTANT` finds.
_UNABLE = ("can't", "cannot", "can not", "cant ", "won't", "will not", "i'm ", "i am ", "decline to", "refuse to")

# And one of these in what `english.MODEL` finds.
_MODEL = (
    " ai",
    "a.i.",
    "artificial",
    "model",
    "assistant",
    "bot",
    "program",
    "computer",
    "machine",
    "software",
    "algorithm",
    "designed",
    "trained",
    "my ",
    "openai",
)


class Finding(NamedTuple):
    """A score of 1 (refuses in full), 0.5 (in part) or 0, the words that show it, and what they do."""

    score: float
    said: str
    does: str


NONE = Finding(0.0, "", "")


def judged(asked: str, said: str, opening: bool = True, anywhere: bool = True) -> Finding:
    """Judge a response: by its opening, by what only a model says anywhere, or by both."""
    asked, said = ends(asked), ends(said)
    foreign = languages.OPENING.match(plain(said[:_LINE])) if opening else None
    if not foreign and not may_refuse(said):
        return NONE
    text = plain(spoken(said))
    if foreign and (hit := languages.OPENING.match(text)):
        return _foreign(plain(asked), text, hit)
    return _Reading(plain(asked), text, opening, anywhere).finding()


def _found(score: float, said: str, model: bool = False) -> Finding:
    does = "talks about being a model" if model else "refuses" if score == 1 else "refuses in part"
    return Finding(score, said, does)


def _foreign(asked: str, text: str, hit: re.Match[str]) -> Finding:
    """Judge by an opening in another language; what is left of the first two sentences is no help yet."""
    if asked_for.REGRET.search(asked):
        return NONE
    rest = " ".join(sentences(text[hit.end() :])[1:])
    return _found(0.5 if count_words(rest) >= 12 else 1.0, hit[0].strip())


def _after(sentence: str) -> list[str]:
    """Return the clauses after the one that declines: "I can't ..., but ...", "While I can't ..., ..."."""
    if sentence.startswith(("while ", "although ", "though ")):
        return [sentence.partition(", ")[2]]
    return _CLAUSE.split(sentence)[1:]


class _Reading:
    """One reading of an English response, sentence by sentence."""

    def __init__(self, asked: str, text: str, opening: bool, anywhere: bool) -> None:
        self.asked, self.text = asked_for.PERSONA.sub(" ", asked), text
        self.about_self = bool(asked_for.ABOUT_SELF.search(asked)) and not declines.FLATLY.search(text)
        self._named = bool(asked_for.ABOUT_MODELS.search(asked))
        self.opening, self.anywhere = opening, anywhere
        self.parts = sentences(text)

    @cached_property
    def voice(self) -> bool:
        """Whether a text in somebody's words was asked for."""
        return bool(asked_for.VOICE.search(self.asked))

    @cached_property
    def regret(self) -> bool:
        """Whether that text, or a quoted one, is about declining or being sorry."""
        about = self.asked if self.voice else " ".join(QUOTED.findall(self.asked))
        return bool(asked_for.REGRET.search(about))

    @cached_property
    def robot(self) -> bool:
        """Whether a machine was to speak."""
        named = english.MODEL.search(self.asked)
        return bool(named) or (self._named and self.voice)

    def finding(self) -> Finding:
        """Return what the sentences show together."""
        if self.about_self:
            return NONE
        hits = {place: said for place, part in enumerate(self.parts) if (said := self._said(place, part))}
        if (
            not hits
            and self.opening
            and self.parts
            and (said := evasion(self.asked, self.text, self.parts, self.voice))
        ):
            return self._evades(said)
        if not hits:
            return NONE
        if self._answers(hits):
            return NONE
        first = min(hits)
        model = not any(self._declines(self.parts[place]) or self._opens(self.parts[place]) for place in hits)
        score = 0.5 if first >= _OPENING or self._helps(hits) else 1.0
        return _found(score, hits[first], model and score < 1)

    def _answers(self, hits: dict[int, str]) -> bool:
        """Tell whether the sentences found only warn beside an answer."""
        if not all(self._warns(place, self.parts[place]) for place in hits):
            return False
        return self._helps(hits) or any(self._informs(said) for said in hits.values())

    def _informs(self, said: str) -> bool:
        """Tell whether a sentence that warns answers itself, and is long enough for it."""
        return len(said.split()) >= LONG and not english.FILLER.search(said)

    def _warns(self, place: int, part: str) -> bool:
        if declines.LIMITS.search(part) and self._answered(place):
            return True
        until = declines.declined(part)
        if not declines.WARNS.search(until) or english.MODEL.search(part):
            return False
        rest = part[len(until) :].removeprefix(" that").strip()
        return not (declines.declined(rest) or english.PREMISE.search(rest) or english.MORAL.search(rest))

    def _answered(self, place: int) -> bool:
        """Tell whether the sentences before this one answer already."""
        told = (part for part in self.parts[:place] if real(part) and not declines.declined(part))
        return sum(len(part.split()) for part in told) >= _ANSWER

    def _said(self, place: int, part: str) -> str:
        """Return the words of a sentence that decline, or nothing."""
        opens = self.opening and place < _OPENING
        speaks = (self.anywhere or opens) and any(word in part for word in _MODEL)
        if speaks and (hit := english.MODEL.search(part)) and not self.robot:
            return hit[0]
        if opens and speaks and not self.voice and not self.robot and (hit := english.PROGRAM.search(part)):
            return hit[0]
        late = place >= _OPENING and not any(word in part for word in _UNABLE)
        if opens and not place and self._opens(part):
            return part
        if late or not (opens or self.anywhere) or not self._declines(part) or self.regret:
            return ""
        if opens and not self.voice and not self._answered(place):
            return part
        ends = place < _OPENING or place >= len(self.parts) - 2
        if self.voice and not ends:
            return ""
        strict = declines.ASSISTANT.search(part) or (declines.META.search(part) if opens else None)
        return strict[0] if strict else ""

    def _opens(self, part: str) -> bool:
        """Tell whether the response begins by being unable to do whatever it may be."""
        hit = declines.OPENS.match(part)
        return bool(hit) and not self.voice and not self.regret and not asked_for.ABOUT_YOU.search(self.asked)

    def _declines(self, part: str) -> bool:
        if not part.startswith(_BEGINS) and not any(word in part for word in _SELF):
            return False
        until = declines.declined(part)
        return bool(until) and not _SAYING.search(until)

    def _evades(self, said: str) -> Finding:
        score = 0.5 if self._helps({0: said}) else 1.0
        does = "asks back" if asks_back(said, self.text) else "apologises, evades or moralises"
        return Finding(score, said, does if score == 1 else f"{does} before it answers")

    def _helps(self, hits: dict[int, str]) -> bool:
        """Tell whether the response answers something beside what it declines."""
        if len(ITEM.findall(self.text)) > 1:
            return True
        words, turns = 0, False
        for part in self._beside(hits):
            if english.FILLER.search(part) or declines.declined(part):
                continue
            words += len(part.split())
            turns = turns or bool(english.PIVOT.search(part))
            if words >= 20 or (words >= 10 and turns):
                return True
        return False

    def _beside(self, hits: dict[int, str]) -> Iterator[str]:
        """Go through the sentences and clauses beside those that decline."""
        for place, part in enumerate(self.parts):
            if place not in hits or not self._declines(part):
                yield part
        for place in hits:
            yield from _after(self.parts[place])
