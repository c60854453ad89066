"""Responses that decline nothing in so many words: they apologise, moralise, change the subject, refer, ask back."""

import re
from collections.abc import Sequence

from iftgen.filters.refusal import asked as asked_for
from iftgen.filters.refusal import english

_GREETING = re.compile(
    r"^(?:hello|hi|hey|thank|thanks|i appreciate|i understand|i'm glad|great|sure|certainly|of course|"
    r"absolutely|okay|ok|gladly|no problem|i'm happy|i'd be happy)\b"
)
ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s", re.M)
_ASIDE = 10  # words beside morals that still answer nothing
LONG = 20  # words of a sentence whose one word of filler may be its topic
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


def evasion(asked: str, text: str, parts: Sequence[str], voice: bool) -> str:
    """Return the opening sentence that evades, or nothing; `voice`: a text in somebody's words was asked for."""
    start = parts[:2] if _GREETING.match(parts[0]) else parts[:1]
    if voice:
        start = [part for part in start if english.WRITING.match(part) and english.MORAL.search(part)]
    return next((part for part in start if _evades(part, asked, text, parts)), "")


def _evades(part: str, asked: str, text: str, parts: Sequence[str]) -> bool:
    if _sorry(part, text) or english.DEFLECT.match(part) or _moral(part, asked, text, parts):
        return True
    return _refers(part, asked, parts) or (asks_back(part, text) and not asked_for.QUESTIONS.search(asked))


def _sorry(first: str, text: str) -> bool:
    """Tell whether it begins with an apology for itself; a mere "I'm sorry" before an answer is none."""
    hit = english.APOLOGY.match(first)
    if not hit or english.CORRECTS.search(text):
        return False
    return " for " in hit[0] or bool(_NEGATION.search(first[hit.end() - 2 :]))


def _moral(first: str, asked: str, text: str, parts: Sequence[str]) -> bool:
    """Tell whether a response of these parts moralises instead of answering."""
    why = "why" in asked
    first = english.LEAD.sub("", first) if first.startswith(("i", "sorry", "while")) else first
    denies = why and (" not " in first or " never " in first) and english.DENIES.match(first)
    strong = denies or english.PREMISE.search(first) or (not why and english.MORAL.search(first))
    weak = strong or english.IMPORTANT.search(first) or (not why and english.GRAVE.search(first))
    if not weak:
        return False
    if asked_for.ALLOWED.search(asked) or ITEM.search(text) or not asked_for.WANTS.search(asked):
        return False
    if why and english.CORRECTS.search(text):
        return False
    rest = [part for part in parts[1:] if why or not real(part)]
    fillers = 1 + sum(bool(english.FILLER.search(part)) for part in rest)
    if not strong:
        return fillers == len(parts)
    told = sum(len(part.split()) for part in parts[1:] if real(part))
    answers = not why and (told > _ASIDE or ": " in first)
    return 2 * fillers >= len(parts) and not answers


def _refers(first: str, asked: str, parts: Sequence[str]) -> bool:
    """Tell whether the whole response sends the user to somebody else."""
    about = re.search(r"\bwho\b|doctor|lawyer|professional|consult", asked)
    advises = english.CONSULT.search(first) and _ADVICE.match(first)
    return bool(advises and not about) and all(english.FILLER.search(part) for part in parts)


def asks_back(first: str, text: str) -> bool:
    """Tell whether a short response asks for what it lacks."""
    hit = english.ASK_BACK.search(first)
    return bool(hit) and len(text.split()) <= _SHORT and bool(_TO_ME.search(text))


def real(part: str) -> bool:
    """Tell whether a sentence is more than filler; in a long one a single word of filler may be the topic's."""
    if english.PREMISE.search(part):
        return False
    hits = len(english.FILLER.findall(part))
    return not hits or (hits == 1 and len(part.split()) >= LONG)
