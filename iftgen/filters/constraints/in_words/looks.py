"""Forms that are asked for: capitals, JSON, a table, bullets, no commas, quotation marks, yes or no, a language."""

import re
from collections.abc import Callable

from iftgen.filters.constraints.in_words.numbers import NUMBER, number
from iftgen.filters.constraints.in_words.request import Request
from iftgen.filters.constraints.model import Constraint
from iftgen.filters.languages import CODES

_RESPONSE = r"(?:response|answer|reply|output)"
_TELL = (
    r"(?:respond|answer|reply|write|return|format|present|output|provide|give|put|express|organi[sz]e|display|show|"
    r"structure)"
)
_LETTERS = r"(?:capital(?:s| letters)?|upper ?-?case(?: letters)?|caps)"
# The beginning of a sentence that asks for the response itself.
_IMPERATIVE = r"(?:^|[.!?\n]\s?)(?:please |now )?(?:write|answer|reply|respond|say|give|print|tell|describe|explain)\b"
_CAPS = re.compile(
    rf"\bin (?:all|only)[ -]?{_LETTERS}\b|\b(?:use|using) (?:only |all )+{_LETTERS}\b"
    rf"|\b(?:respond|answer|reply)\b[^.!?\n]{{0,40}}\bin {_LETTERS}\b|\b{_RESPONSE} (?:should|must) be in {_LETTERS}\b"
    r"|\bno lower ?-?case letters\b"
    rf"|{_IMPERATIVE}[^.!?\n]{{0,80}}\bin {_LETTERS}(?=\s*(?:[.,;:!?\n]|$))",
    re.I,
)
_LOWER = re.compile(
    r"\b(?:in|use|using) (?:all|only)[ -]?lower ?-?case(?: letters)?\b"
    r"|\b(?:no|without|do not use|don['’]t use|avoid)(?: using)?(?: any)? (?:capital|upper ?-?case) letters\b"
    r"|\b(?:respond|answer|reply)\b[^.!?\n]{0,40}\bin lower ?-?case\b"
    rf"|{_IMPERATIVE}[^.!?\n]{{0,80}}\bin lower ?-?case(?: letters)?(?=\s*(?:[.,;:!?\n]|$))",
    re.I,
)
# Some words, a title or the name of a thing in capitals is not the whole response.
_SOME_WORDS = re.compile(
    r"\b(?:words?|names?|titles?|headings?|headlines?|keywords?|acronyms?|sections?|parts?|first letters?|some|"
    r"highlight|emphasi[sz]e|convert\w*|chang\w*|capitali[sz]\w*|line|sentence)\b",
    re.I,
)
_COMMAS = re.compile(
    r"\b(?:without|avoid|do not|don['’]t|never|refrain from)(?: the)?(?: use| using| usage| include| including)?"
    r"(?: of)?(?: any)? commas?\b(?!-)(?! (?:splice|separated|unnecessar))"
    r"|\b(?:use|using|with|contain|include|includes|contains) no commas?\b|\bno commas? (?:is|are|should)\b"
    r"|\b(?:cannot|can not|should not|must not|shouldn['’]t) (?:contain|use|include|have)(?: any)? commas?\b",
    re.I,
)
_QUOTES = re.compile(
    r"\b(?:wrap|put|enclose|surround)\b[^.!?\n]{0,20}\b(?:entire|whole|full)\b[^.!?\n]{0,30}\b(?:in|with|inside)"
    r" double quot(?:e|ation) ?(?:s|marks)?",
    re.I,
)
_JSON = re.compile(
    r"\b(?:respond|answer|reply) (?:only )?with (?:only )?(?:a |valid )*JSON\b|"
    rf"\b(?:{_TELL}\b[^.!?\n]{{0,60}}\b)?(?:in|as|into|using|to|with only) (?:a |an )?"
    r"(?:valid |single |well-formed |nested |simple ){0,3}"
    r"JSON(?: (?:format|object|array|list|structure|document|string|form))?\b"
    r"(?!,? (?:file|schema|lines|parser|api|data (?:is|to)))"
    r"|(?:^|[.!?\n]\s?)(?:please )?(?:return|output|respond with|reply with|answer with|give(?: me)?|provide|produce|"
    r"generate|create|write) (?:(?:only|an?|valid|single|well-formed|simple|small) ){0,4}JSON(?: object| array|"
    r" document)?(?= (?:with|that has|having|containing)\b|\s*[.:!]|$)",
    re.I,
)
_KEYS = re.compile(
    r"\s(?:with|that has|having|containing) (?:only |exactly )?(?:the |a )?(?:\w+ )?(?:keys?|fields?|propert(?:y|ies)) "
    r"(?P<keys>[\"“'‘`][\w -]{1,40}[\"”'’`](?:(?:, and|,| and) [\"“'‘`][\w -]{1,40}[\"”'’`]){0,9})",
    re.I,
)
_KEY = re.compile(r"[\"“'‘`]([\w -]{1,40})[\"”'’`]")
_TABLE = re.compile(
    rf"\b{_TELL}\b[^.!?\n]{{0,60}}\b(?:in|as|into) (?:a |the form of a |the form of |an? \w+ )?(?:markdown )?"
    r"(?:table|tabular)(?: (?:format|form))?(?=[.,;!?]|$| with| of| showing| that| comparing| to| where|\n)"
    r"|^(?:please |can you |could you )?(?:create|make|generate|draw up|produce|prepare|build) (?:me )?(?:a|an) "
    r"(?:[\w-]+ ){0,2}table (?:comparing|showing|listing|summari[sz]ing|that (?:compares|shows|lists))"
    rf"|^(?:please )?(?:create|make|generate|produce|prepare|build|write|give me) an? (?:[\w-]+ ){{0,2}}table "
    rf"with {NUMBER} (?:columns?|rows?)\b",
    re.I,
)
_COLUMNS = re.compile(rf"\btable (?:with|of) (?P<number>{NUMBER}) columns?\b(?! (?:each|per))", re.I)
_NO_TABLE = re.compile(
    r"\b(?:dinner|coffee tables?|periodic|times|time|wood\w*|furniture|database|postgres\w*|mysql|html|latex|"
    r"multiplication|kitchen|from (?:a|the) table)\b",
    re.I,
)
_BULLETS = re.compile(
    r"\b(?:in|as|using|with|into) (?:a )?(?:list of |short |concise |clear |simple |markdown ){0,3}"
    r"(?:bullet(?:ed)?[ -]?(?:points?|list|form|format)|bullets)\b"
    r"|^(?:please )?(?:write|give|make|create|provide|produce|prepare)(?: me| us)? a (?:short |simple |concise )?"
    r"bullet(?:ed)?(?:[ -]point)?[ -]list\b",
    re.I,
)
_OPTIONS = r"[\"'“”‘’\0]?(?P<one>yes|true) ?[\"'”’\0]? ?(?:,? or|/|,) ?[\"'“‘\0]?(?P<two>no|false)\b"
_YES_NO = re.compile(
    rf"\b(?:answer|respond|reply|output|return|state)(?: (?:the|this|each|my) (?:following )?questions?)?"
    r"(?: (?P<only>only|simply|just))?"
    rf"(?: (?:with|by|in))?(?: (?P<only2>only|just|a simple|a))? ?{_OPTIONS}(?! (?:questions?|and|with an? explan))",
    re.I,
)
_MORE_OPTIONS = re.compile(r"[\"'”’]?(?:,| or\b|/)")
_LANGUAGE = re.compile(
    rf"\b(?i:(?:respond|reply|answer)(?: (?:only|to me|entirely))?|{_RESPONSE} (?:should|"
    rf"must) be(?: written)?(?: entirely| only)?)"
    r" in (?P<name>[A-Z][a-z]+)(?= language|[.,:;!?\n]|$| only)"
    r"|(?:^|[.!?\n]\s?)(?i:(?:please )?(?:write|compose|draft) (?:me |us )?(?:about|an?|some|one|two|three)\b)"
    r"(?![^.!?\n]*\b(?:words?|verbs?|tense|grammar|phrases?|nouns?|translat\w+|alphabet|lesson|exercise|class|course)\b)"
    r"[^.!?\n]{0,80} in (?P<other>[A-Z][a-z]+)(?=\s*(?:[.!?\n]|$))"
)


def looks(request: Request) -> list[Constraint]:
    """Return the forms that an instruction asks for."""
    readers = [reader for triggers, reader in _READERS if not triggers.isdisjoint(request.tokens)]
    return [one for reader in readers if (one := reader(request))] if readers and not request.code else []


def _caps(request: Request) -> Constraint | None:
    return _letters(request, _CAPS, "all_caps") or _letters(request, _LOWER, "all_lowercase")


def _letters(request: Request, pattern: re.Pattern[str], kind: str) -> Constraint | None:
    hit = pattern.search(request.text)
    if hit is None or _SOME_WORDS.search(_sentence(request.text, hit)):
        return None
    return Constraint(kind, {"lenient": True}, hit[0])


def _sentence(text: str, hit: re.Match[str]) -> str:
    """Return what stands in the same sentence before a hit, and shortly after."""
    start = max((text.rfind(mark, 0, hit.start()) for mark in ".!?\n"), default=-1)
    return text[start + 1 : hit.end()]


def _simple(pattern: re.Pattern[str], kind: str, **arguments: object) -> Callable[[Request], Constraint | None]:
    def reader(request: Request) -> Constraint | None:
        hit = pattern.search(request.text)
        return Constraint(kind, arguments, " ".join(hit[0].split())) if hit else None

    return reader


def _json(request: Request) -> Constraint | None:
    hit = _JSON.search(request.text)
    if hit is None:
        return None
    named = _KEYS.match(request.whole, hit.end())
    keys = {"keys": _KEY.findall(named["keys"])} if named else {}
    return Constraint("json", {"lenient": True, **keys}, " ".join(hit[0].split()))


def _table(request: Request) -> Constraint | None:
    hit = None if _NO_TABLE.search(request.text) else _TABLE.search(request.text)
    if hit is None:
        return None
    wide = None if request.several else _COLUMNS.search(request.text)
    size = {"columns": number(wide["number"])} if wide else {}
    return Constraint("table", {"lenient": True, **size}, " ".join(hit[0].split()))


def _bullets(request: Request) -> Constraint | None:
    hit = None if request.several else _BULLETS.search(request.text)
    if hit is None or re.search(r"\d\s*$", request.text[: hit.start()]):
        return None
    return Constraint("min_list_items", {"value": 1, "lenient": True, "bulleted": True}, hit[0])


def _yes_no(request: Request) -> Constraint | None:
    hit = _YES_NO.search(request.whole)
    if hit is None or request.text[hit.start()] == "\0" or _MORE_OPTIONS.match(request.whole, hit.end()):
        return None
    options = ["yes", "no"] if hit["one"].lower() == "yes" else ["true", "false"]
    kind = "one_of" if hit["only"] or hit["only2"] in ("only", "just") else "has_word"
    return Constraint(kind, {"value": options}, hit[0])


def _language(request: Request) -> Constraint | None:
    hit = _LANGUAGE.search(request.text)
    name = CODES.get((hit["name"] or hit["other"]).lower()) if hit else None
    if hit is None or name is None or (hit["other"] and request.several):
        return None
    return Constraint("language", {"value": name}, hit[0].strip(" .!?\n"))


_READERS: tuple[tuple[frozenset[str], Callable[[Request], Constraint | None]], ...] = (
    (frozenset(("caps", "capital", "capitals", "case", "uppercase", "lowercase")), _caps),
    (frozenset(("comma", "commas")), _simple(_COMMAS, "no_commas")),
    (frozenset(("quotation", "quotes", "quote")), _simple(_QUOTES, "quoted", lenient=True)),
    (frozenset(("json",)), _json),
    (frozenset(("table", "tabular")), _table),
    (frozenset(("bullet", "bullets", "bulleted")), _bullets),
    (frozenset(("yes", "true")), _yes_no),
    (frozenset(CODES), _language),
)
