"""Responses that say nothing: what a script writes where a value is missing, and what one types to try a form."""

import re

_SHORT = 40
_MISSING = re.compile(r"\W*(?:nan|null|nil|undefined|not applicable)\W*", re.I)
# Where such a value may be right.
_VALUES = re.compile(
    r"divid|/|\bdivi|code|program|python|java|\bc\+\+|\bgo\b|rust|ruby|sql|json|csv|value|return|print|type|math|\btan|"
    r"limit|slope|\blog|zero|\b0\b|evaluat|output|express|variable|function|result|calculat|comput|field|databas|"
    r"\bterm|"
    r"word|call|applicable|if (?:any|there)|otherwise|number|equation|solve|pandas|numpy|classif|identif|extract|"
    r"letters",
    re.I,
)
_TRIED = re.compile(
    r"\W*(?:test(?:ing)?(?:[ ,]+test(?:ing)?)*(?:[ ,]*(?:123|1,? 2,? 3))?|foo(?: ?bar(?: ?baz)?)?|"
    r"(?:test|sample|dummy|example) (?:text|response|answer|output|data))\W*",
    re.I,
)
_WORDS = re.compile(
    r"test|exam|words?|translat|synonym|anagram|quiz|\bterm|call|rhym|spell|letter|check|\btr(?:y|ial)|experiment|"
    r"assess|"
    r"classif|categor|identif|extract|variable|name|label|title|echo|repeat|say|metasyntactic|placeholder|complete|"
    r"method|stage|phase|step|python|code|what (?:kind|type|sort)",
    re.I,
)
_MARKS = re.compile(r"\?+|\.{2,}|…|-{2,}|_+")
_ABOUT_MARKS = re.compile(
    r"punctuat|\bmarks?\b|symbol|character|missing|regex|sign\b|emoji|emoticon|ascii|morse|operator|repeat|echo|only|"
    r"unicode|glyph|silen|wildcard|separator|bullet|braille|draw|rock|smiley|fill|replace|sequence|pattern|code|next|"
    r"complete|compar|bracket|quote|logic|chess|notation|[\"'`“‘]\W[\"'`”’]",
    re.I,
)


def nothing(asked: str, text: str) -> str:
    """Return a response that stands for a missing one, or nothing."""
    text = text.strip()
    if not text or len(text) > _SHORT:
        return ""
    if _MARKS.fullmatch(text) and not _ABOUT_MARKS.search(asked):
        return text
    if text.lower().strip(" .!") in asked.lower():
        return ""
    return text if _is_missing(asked, text) or (_TRIED.fullmatch(text) and not _WORDS.search(asked)) else ""


def _is_missing(asked: str, text: str) -> bool:
    return bool(_MISSING.fullmatch(text)) and not _VALUES.search(asked)
