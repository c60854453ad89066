"""Words in quotes that an instruction asks for: first and last words, words that must or must not be there."""

import re

from iftgen.filters.constraints.in_words.request import Request
from iftgen.filters.constraints.model import Constraint

_Q = r"[\"“”]"
_TEXT = rf"{_Q}(?P<text>[^\"“”\n]{{1,200}}){_Q}"
_WHOLE = (
    r"(?:(?:your|the|this|that|a|an|with|entire|whole|very|short) ){0,3}(?:response|answer|reply|story|essay|poem|"
    r"letter|email|paragraph|text|article|post|blog post|speech|message|it|sentence|tale|output|song|rant|review)"
)
_SAYING = r"(?:the )?(?:exact |following |same )?(?:words?|phrase|sentence|line|statement|opening|text)?(?: of)?:? ?"
_STARTS = re.compile(
    rf"\b(?:(?:start|begin)(?: {_WHOLE})?|{_WHOLE} (?:that |which |should |must )*(?:starts?|begins?|starting|"
    rf"beginning))"
    rf"(?: off)? (?:with|by saying) {_SAYING}{_TEXT}",
    re.I,
)
_ENDS = re.compile(
    rf"\b(?:(?:end|finish|conclude|close)(?: {_WHOLE})?|"
    rf"{_WHOLE} (?:that |which |should |must )*(?:ends?|finish(?:es)?|concludes?|ending|finishing))"
    rf"(?: off)? (?:with|by saying) {_SAYING}{_TEXT}",
    re.I,
)
_LIST = rf"(?P<texts>{_Q}[^\"“”\n]{{1,60}}{_Q}(?:(?:, and|, or|,| and| or) {_Q}[^\"“”\n]{{1,60}}{_Q}){{0,5}})"
_WORDS = r"(?:the )?(?:following )?(?:key ?words?|words?|phrases?|terms?):? "
_INCLUDES = re.compile(
    rf"\b(?:includ(?:es?|ing)|us(?:es?|ing)|mention|contain(?:s|ing)?|incorporat(?:e|ing)) {_WORDS}{_LIST}",
    re.I,
)
_EXCLUDES = re.compile(
    rf"\b(?:without|do not|don['’]t|avoid|never|not)(?: (?:us(?:e|ing)|includ(?:e|ing)|mention(?:ing)?|say(?:ing)?|"
    rf"contain))? {_WORDS}{_LIST}",
    re.I,
)
_EXCLUDES_BARE = re.compile(
    r"(?:^|[.!?,;\n]\s?)(?:but |and |please )?(?:do not|don['’]t|never|without|avoid) (?:us(?:e|ing)|say(?:ing)?) "
    r"the word (?P<word>[A-Za-z]{2,20})(?=\s*(?:[.!;\n]|$))",
    re.I,
)
# Single quotes are read as double ones of the same length, so that places stay what they are.
_SINGLE = re.compile(r"(?<!\w)['‘]([^'’\"\n]{1,60})['’](?!\w)")
_NOT = re.compile(
    r"(?:\b(?:not|without|avoid|never|instead of|stop|doesn|don|replace|how to)\b|n['’]t)[^.!?\n]{0,30}$", re.I
)
# Parts that begin or end so, or things that do.
_PART = re.compile(
    r"\b(?:each|every|lines?|paragraphs?|words?|names?|sentences? (?:that|which)|stanzas?|questions?|all|sections?|"
    r"chapters?|titles?|items?|bullet|points?|list|songs|movies|examples?|cities|countries|animals)\b[^.!?\n]{0,40}$",
    re.I,
)
# The sentence is the whole response here.
_ONE_SENTENCE = re.compile(
    r"^\W*(?:please )?(?:write|create|make|compose|generate|give me) (?:an?|one) (?:[\w-]+ ){0,2}sentence "
    r"(?:that|which) $",
    re.I,
)
_ONE = re.compile(rf"{_Q}([^\"“”\n]{{1,60}}){_Q}")


def wording(request: Request) -> list[Constraint]:
    """Return the words that an instruction asks for or forbids; read in the text with its quotes."""
    text = request.whole
    if request.code or not any(mark in text for mark in "\"“”'‘"):
        return _unquoted(request)
    if "'" in text or "‘" in text:
        text = _SINGLE.sub(r'"\1"', text)
    found = []
    for pattern, kind in ((_STARTS, "starts_with"), (_ENDS, "ends_with")):
        hit = pattern.search(text)
        if hit and not request.several and not _foreign(text, hit, request) and not hit["text"].isspace():
            found.append(Constraint(kind, {"value": hit["text"], "lenient": True}, " ".join(hit[0].split())))
    for pattern, kind in ((_INCLUDES, "contains"), (_EXCLUDES, "excludes")):
        hit = pattern.search(text)
        if hit and not _foreign(text, hit, request) and "\0" not in request.text[hit.start() : hit.start("texts")]:
            found.append(Constraint(kind, {"value": _ONE.findall(hit["texts"])}, " ".join(hit[0].split())))
    return found or _unquoted(request)


def _unquoted(request: Request) -> list[Constraint]:
    """Return a single word that must not be there, without quotes."""
    hit = None if request.code or "word" not in request.tokens else _EXCLUDES_BARE.search(request.text)
    return [Constraint("excludes", {"value": [hit["word"]]}, " ".join(hit[0].split()))] if hit else []


def _foreign(text: str, hit: re.Match[str], request: Request) -> bool:
    before = text[: hit.start()]
    if _ONE_SENTENCE.match(before):
        return False
    return bool(_NOT.search(before) or _PART.search(before) or request.text[hit.start()] == "\0")
