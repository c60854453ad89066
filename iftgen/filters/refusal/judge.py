"""Whether one response refuses what was asked: in full, in part, or not at all."""

import re
from functools import cached_property
from typing import NamedTuple

from iftgen.filters.refusal import asked as asked_for
from iftgen.filters.refusal import declines, english, languages
from iftgen.filters.refusal.quick import may_refuse
from iftgen.filters.text import count_words, sentences, without_code

_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|‘[^’]*’|`[^`]*`|「[^」]*」|『[^』]*』")
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.S)
_LABEL = re.compile(r"^(?:\W{0,4}(?:assistant|ai|answer|response|output|chatgpt|bot)\s?:\s*|[\s*_#>~-]+)", re.I)
_GREETING = re.compile(
    r"^(?:hello|hi|hey|thank|thanks|i appreciate|i understand|i'm glad|great|sure|i'm happy|i'd be happy)\b"
)
_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s", re.M)
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
_HEAD, _TAIL = 4_000, 1_000  # characters at both ends of a long response that are looked at
_LINE = 300  # characters in which a refusal in another language shows
_OPENING = 3  # sentences that count as the opening of a response
_SHORT = 60  # words: a longer response answers something beside a question back or a referral

_ADVICE = re.compile(
    r"(?:please|consult|talk|speak|ask|see|i (?:would |strongly |highly )?(?:recommend|suggest|advise)|"
    r"you (?:should|may)|"
    r"it(?:'s| is) (?:best|important|recommended|always))\b"
)
_NEGATION = re.compile(
    r"n't\b|\b(?:not|cannot|unable|only|against|illegal|inappropriate|impossible|never|beyond|outside)\b"
)
_TO_ME = re.compile(r"\?|\b(?:i|me|so that|to proceed|you)\b")


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
    "programmed",
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
    asked, said = _ends(asked), _ends(said)
    foreign = languages.OPENING.match(_plain(said[:_LINE])) if opening else None
    if not foreign and not may_refuse(said):
        return NONE
    text = _plain(spoken(said))
    if foreign and (hit := languages.OPENING.match(text)):
        return _foreign(_plain(asked), text, hit)
    return _Reading(_plain(asked), text, opening, anywhere).finding()


def _found(score: float, said: str, model: bool = False) -> Finding:
    does = "talks about being a model" if model else "refuses" if score == 1 else "refuses in part"
    return Finding(score, said, does)


def _ends(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"


def spoken(said: str) -> str:
    """Return what the response says in its own voice: without code, quotes, hidden thoughts and labels."""
    text = without_code(_THOUGHT.sub("", said) if "<think>" in said else said).strip()
    text = text[1:-1] if _QUOTED.fullmatch(text) else _QUOTED.sub(" ", text)
    return _LABEL.sub("", text.strip()).replace("**", "")


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


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
        self.asked, self.text = asked, text
        self.opening, self.anywhere = opening, anywhere
        self.parts = sentences(text)

    @cached_property
    def voice(self) -> bool:
        """Whether a text in somebody's words was asked for."""
        return bool(asked_for.VOICE.search(self.asked))

    @cached_property
    def regret(self) -> bool:
        """Whether that text, or a quoted one, is about declining or being sorry."""
        about = self.asked if self.voice else " ".join(_QUOTED.findall(self.asked))
        return bool(asked_for.REGRET.search(about))

    @cached_property
    def robot(self) -> bool:
        """Whether a machine was to speak."""
        named = english.MODEL.search(self.asked)
        return bool(named) or (bool(asked_for.ABOUT_MODELS.search(self.asked)) and self.voice)

    def finding(self) -> Finding:
        """Return what the sentences show together."""
        hits = {place: said for place, part in enumerate(self.parts) if (said := self._said(place, part))}
        if not hits and self.opening and self.parts and (said := self._evasion()) and not self.voice:
            return self._evades(said)
        if not hits:
            return NONE
        first = min(hits)
        score = 0.5 if first >= _OPENING or self._helps(hits) else 1.0
        return _found(score, hits[first], not any(self._declines(self.parts[place]) for place in hits) and score < 1)

    def _said(self, place: int, part: str) -> str:
        """Return the words of a sentence that decline, or nothing."""
        opens = self.opening and place < _OPENING
        speaks = (self.anywhere or opens) and any(word in part for word in _MODEL)
        if speaks and (hit := english.MODEL.search(part)) and not self.robot:
            return hit[0]
        late = place >= _OPENING and not any(word in part for word in _UNABLE)
        if late or not (opens or self.anywhere) or not self._declines(part) or self.regret:
            return ""
        if opens and not self.voice:
            return part
        ends = place < _OPENING or place >= len(self.parts) - 2
        if self.voice and not ends:
            return ""
        strict = declines.ASSISTANT.search(part) or (declines.META.search(part) if opens else None)
        return strict[0] if strict else ""

    def _declines(self, part: str) -> bool:
        if not part.startswith(_BEGINS) and not any(word in part for word in _SELF):
            return False
        until = declines.declined(part)
        return bool(until) and not _SAYING.search(until)

    def _evasion(self) -> str:
        """Return the opening sentence that apologises, moralises, changes the subject, or asks back, or nothing."""
        start = self.parts[:2] if _GREETING.match(self.parts[0]) else self.parts[:1]
        checks = (self._sorry, self._deflects, self._moral, self._refers, self._asks_back)
        return next((part for part in start if any(check(part) for check in checks)), "")

    def _deflects(self, first: str) -> bool:
        return bool(english.DEFLECT.match(first))

    def _sorry(self, first: str) -> bool:
        """Tell whether it begins with an apology for itself; a mere "I'm sorry" before an answer is none."""
        hit = english.APOLOGY.match(first)
        if not hit or "fictional" in self.text:
            return False
        return " for " in hit[0] or bool(_NEGATION.search(first[hit.end() - 2 :]))

    def _evades(self, said: str) -> Finding:
        score = 0.5 if self._helps({0: said}) else 1.0
        does = "asks back" if self._asks_back(said) else "apologises, evades or moralises"
        return Finding(score, said, does if score == 1 else f"{does} before it answers")

    def _moral(self, first: str) -> bool:
        why = "why" in self.asked
        strong = english.PREMISE.search(first) or (not why and english.MORAL.search(first))
        if not strong and (why or not english.GRAVE.search(first)):
            return False
        if asked_for.ALLOWED.search(self.asked) or _ITEM.search(self.text) or not asked_for.WANTS.search(self.asked):
            return False
        fillers = 1 + sum(bool(english.FILLER.search(part)) for part in self.parts if part != first)
        return 2 * fillers >= len(self.parts) if strong else fillers == len(self.parts)

    def _refers(self, first: str) -> bool:
        """Tell whether the whole response sends the user to somebody else."""
        about = re.search(r"\bwho\b|doctor|lawyer|professional|consult", self.asked)
        advises = english.CONSULT.search(first) and _ADVICE.match(first)
        return bool(advises and not about) and all(english.FILLER.search(part) for part in self.parts)

    def _asks_back(self, first: str) -> bool:
        hit = english.ASK_BACK.search(first)
        return bool(hit) and len(self.text.split()) <= _SHORT and bool(_TO_ME.search(self.text))

    def _helps(self, hits: dict[int, str]) -> bool:
        """Tell whether the response answers something beside what it declines."""
        if len(_ITEM.findall(self.text)) > 1:
            return True
        parts = enumerate(self.parts)
        rest = [part for place, part in parts if place not in hits or not self._declines(part)]
        rest += [clause for place in hits for clause in _after(self.parts[place])]
        real = [part for part in rest if not english.FILLER.search(part) and not declines.declined(part)]
        words = sum(len(part.split()) for part in real)
        return words >= 20 or (words >= 10 and any(english.PIVOT.search(part) for part in real))
