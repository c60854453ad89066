"""Types about the form of a response: letters, quotes, title, dividers, tables, language."""

import re
from collections.abc import Callable
from functools import cache

from iftgen.filters.constraints.model import COUNT, Arguments, Key, Kind, optional
from iftgen.filters.language import Language
from iftgen.filters.languages import CODES, code
from iftgen.types import Candidate

_DIVIDER = re.compile(r"\s?\*\*\*\s?")
_RULE = re.compile(r":?-+:?$")
_FEWEST_WORDS = 3
# So many characters tell the language of a text.
_ENOUGH = 2000
_NOT_LATIN = "am ar be bg bn el fa gu he hi hy ja ka km kn ko lo mk ml mr my ne pa ps ru ta te th uk ur zh"
_OTHER_SCRIPTS = frozenset(_NOT_LATIN.split())
_NAMES = {short: name.title() for name, short in reversed(CODES.items())}
# What a request in words forgives: a name, a unit, an acronym.
_STRAY_LOWER, _STRAY_UPPER = 0.1, 0.01
# Any text with columns will do where only "a table" is asked for.
_LAID_OUT = re.compile(r"\||\t|\S {2,}\S|,|:|;")
_MARKUP = ("<table", "\\begin{tab", "\\begin{array")


def _all_caps(response: str, arguments: Arguments) -> str:
    found = next((word for word in response.split() if any(map(str.islower, word))), "")
    if arguments.get("lenient"):
        return f"is not in capitals: {found!r}" if _share(response, str.islower) > _STRAY_LOWER else ""
    if not response.isupper():
        return f"is not in capitals throughout: {found!r}" if found else "has no capital letter"
    return _language(response.lower(), arguments, "language")


def _all_lowercase(response: str, arguments: Arguments) -> str:
    found = next((word for word in response.split() if any(map(str.isupper, word))), "")
    if arguments.get("lenient"):
        return f"is not in lowercase: {found!r}" if _share(response, str.isupper) > _STRAY_UPPER else ""
    if not response.islower():
        return f"is not in lowercase throughout: {found!r}" if found else "has no lowercase letter"
    return _language(response, arguments, "language")


def _share(text: str, test: Callable[[str], bool]) -> float:
    """Return the share of the cased letters that pass a test."""
    cased = sum(ch.isupper() or ch.islower() for ch in text)
    return sum(map(test, text)) / cased if cased else 0.0


def _in_language(response: str, arguments: Arguments) -> str:
    # Capitals confuse the identifier.
    return _language(response.lower() if response.isupper() else response, arguments, "value")


def _language(response: str, arguments: Arguments, key: str) -> str:
    """As the filter `language` says, which lets pass what it is not sure of."""
    wanted = code(arguments.get(key) or "")
    if not wanted:
        return ""
    if wanted in _OTHER_SCRIPTS and _latin(response):
        return f"is in Latin letters, but {_NAMES[wanted]} is asked for"
    verdict = _filter(wanted).check(Candidate(index=0, output=response[:_ENOUGH]))
    return "" if verdict.keep else verdict.reason.removeprefix("the response ")


def _latin(text: str) -> bool:
    """Tell whether most letters are ASCII."""
    letters = sum(map(str.isalpha, text))
    return 2 * sum(ch.isalpha() and ch.isascii() for ch in text) > letters


@cache
def _filter(language: str) -> Language:
    return Language(language=language, min_words=_FEWEST_WORDS, confidence=0.5, min_probability=0.3)


def _no_commas(response: str, _: Arguments) -> str:
    if "," not in response:
        return ""
    place = response.index(",")
    return f"has a comma: {' '.join(response[max(0, place - 30) : place + 1].split())!r}"


def _quoted(response: str, arguments: Arguments) -> str:
    text = response.strip()
    opening, closing = ('"“', '"”') if arguments.get("lenient") else ('"', '"')
    whole = len(text) > 1 and text[0] in opening and text[-1] in closing
    return "" if whole else "is not wrapped in double quotation marks"


def _title(response: str, _: Arguments) -> str:
    lines = response.split("\n") if "<<" in response else []
    if any(line[line.find("<<") : line.rfind(">>")].strip("<> \t") for line in lines if "<<" in line and ">>" in line):
        return ""
    return "has no title in double angular brackets, such as <<title>>"


def _two_responses(response: str, _: Arguments) -> str:
    parts = [part.strip() for part in response.split("******")]
    if not all(parts[1:-1]):
        return "has nothing between two dividers ******"
    answers = [part for part in parts if part]
    if len(answers) != 2:
        return f"has {len(answers)} responses divided by ******, 2 are asked for"
    return "" if answers[0] != answers[1] else "gives the same response twice"


def _divided(response: str, arguments: Arguments) -> str:
    parts = [part.strip() for part in _DIVIDER.split(response)]
    if not all(parts[1:-1]):
        return "has nothing between two dividers ***"
    found, wanted = sum(map(bool, parts)), int(arguments["value"])
    return "" if found == wanted else f"has {found} parts divided by ***, {wanted} are asked for"


def _table(response: str, arguments: Arguments) -> str:
    """A Markdown table: a header, a rule and rows; `rows` counts those below the header."""
    lines = response.splitlines()
    tables = _tables(lines)
    if not tables and arguments.get("lenient") and _laid_out(response, lines):
        return ""
    if not tables:
        return "has no Markdown table"
    columns, rows = arguments.get("columns"), arguments.get("rows")
    if any(columns in (None, wide) and rows in (None, long) for wide, long in tables):
        return ""
    wanted = " and ".join(
        f"{value:g} {noun}" for value, noun in ((columns, "columns"), (rows, "rows")) if value is not None
    )
    return f"has a table of {tables[0][0]} columns and {tables[0][1]} rows, {wanted} are asked for"


def _tables(lines: list[str]) -> list[tuple[int, int]]:
    """Return columns and rows of each Markdown table."""
    found = []
    for place in range(1, len(lines)):
        if "|" in lines[place - 1] and "-" in lines[place] and all(map(_is_rule, _cells(lines[place]))):
            width = len(_cells(lines[place]))
            if len(_cells(lines[place - 1])) == width:
                end = next((at for at in range(place + 1, len(lines)) if "|" not in lines[at]), len(lines))
                found.append((width, end - place - 1))
    return found


def _laid_out(response: str, lines: list[str]) -> bool:
    """Tell whether a text has rows and columns of any kind."""
    return any(mark in response for mark in _MARKUP) or sum(bool(_LAID_OUT.search(line)) for line in lines) > 1


def _cells(line: str) -> list[str]:
    return line.replace(r"\|", "").strip().removeprefix("|").removesuffix("|").split("|")


def _is_rule(cell: str) -> bool:
    return bool(_RULE.match(cell.strip()))


def _is_language(value: object) -> bool:
    return isinstance(value, str) and code(value) is not None


LANGUAGE = Key(_is_language, "the name or the code of a language, such as English or de")
KINDS = {
    "all_caps": Kind(_all_caps, {"language": optional(LANGUAGE)}),
    "all_lowercase": Kind(_all_lowercase, {"language": optional(LANGUAGE)}),
    "language": Kind(_in_language, {"value": LANGUAGE}),
    "no_commas": Kind(_no_commas),
    "quoted": Kind(_quoted),
    "title": Kind(_title),
    "two_responses": Kind(_two_responses),
    "divided_paragraphs": Kind(_divided, {"value": COUNT}),
    "table": Kind(_table, {"rows": optional(COUNT), "columns": optional(COUNT)}),
}
