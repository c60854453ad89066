"""Types about what a response says: words it must or must not have, its first and its last words."""

import re

from iftgen.filters.constraints.model import COUNT, TEXT, TEXTS, Arguments, Kind, optional, texts
from iftgen.filters.constraints.patterns import PATTERN, finds
from iftgen.filters.text import normalised

# What may stand around the first and the last words without changing them.
_QUOTES = '"“”„«»*_` \t\r\n'
_STOPS = ".,?!'\""
_MARKERS = {"p.s.": r"p\.\s?s\.", "p.p.s": r"p\.\s?p\.\s?s"}
_SHOWN = 60


def _contains(response: str, arguments: Arguments) -> str:
    """As IFEval's keywords:existence: parts of words count, case does not."""
    folded = response.lower()
    missing = next((word for word in texts(arguments["value"]) if word.lower() not in folded), None)
    return "" if missing is None else f"does not have {missing!r}, which is asked for"


def _contains_any(response: str, arguments: Arguments) -> str:
    wanted = texts(arguments["value"])
    return "" if any(one in response for one in wanted) else f"has none of {_listed(wanted)}"


def _has_word(response: str, arguments: Arguments) -> str:
    wanted = texts(arguments["value"])
    found = any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", response, re.I) for one in wanted)
    return "" if found else f"has none of the words {_listed(wanted)}"


def _excludes(response: str, arguments: Arguments) -> str:
    """As IFEval's keywords:forbidden_words: whole words, case is ignored."""
    folded = response.lower()
    for word in texts(arguments["value"]):
        # The plain search comes first: it is far cheaper, and most words are not there.
        if word.lower() in folded and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", response, re.I):
            return f"has {word!r}, which must not be there"
    return ""


def _starts_with(response: str, arguments: Arguments) -> str:
    wanted = arguments["value"].strip().strip(_QUOTES).lower()
    begun = response.strip(_QUOTES).lower()
    rest = begun[len(wanted) :]
    whole = not (wanted[-1:].isalnum() and rest[:1].isalnum())
    return "" if begun.startswith(wanted) and whole else f"begins with {_start(response)!r}, not {arguments['value']!r}"


def _ends_with(response: str, arguments: Arguments) -> str:
    text = response.strip().strip('"').lower()
    wanted = arguments["value"].strip().lower()
    loose = arguments.get("lenient") and text.strip(_QUOTES + ".!?").endswith(wanted.strip(_QUOTES + ".!?"))
    if loose or text.endswith(wanted):
        return ""
    return f"ends in {_end(response)!r}, not {arguments['value']!r}"


def _one_of(response: str, arguments: Arguments) -> str:
    wanted = texts(arguments["value"])
    if normalised(response.strip("*_#` \n")) in {normalised(one) for one in wanted}:
        return ""
    return f"is {_start(response)!r}, not one of {_listed(wanted)}"


def _repeats(response: str, arguments: Arguments) -> str:
    wanted = (arguments.get("value") or arguments.get("instruction") or "").strip()
    if response.strip().lower().startswith(wanted.lower()):
        return ""
    return f"begins with {_start(response)!r} instead of repeating {_start(wanted)!r}"


def _postscript(response: str, arguments: Arguments) -> str:
    marker = arguments.get("value", "P.S.").strip()
    pattern = _MARKERS.get(marker.lower()) or re.escape(marker.lower())
    return "" if re.search(pattern, response.lower()) else f"has no postscript that begins with {marker!r}"


def _paragraph_start(response: str, arguments: Arguments) -> str:
    """As IFEval's nth_paragraph_first_word: paragraphs are parted by two line breaks."""
    blocks = response.split("\n\n")
    count = sum(bool(block.strip()) for block in blocks)
    wanted, nth = int(arguments["paragraphs"]), int(arguments["nth"])
    if count != wanted:
        return f"has {count} paragraphs, {wanted} are asked for"
    block = blocks[nth - 1].split() if 0 < nth <= count else []
    first = re.split(f"[{re.escape(_STOPS)}]", block[0].lstrip("'").lstrip('"'))[0] if block else ""
    if first.lower() == arguments["value"].strip().lower():
        return ""
    return f"begins paragraph {nth} with {first!r}, not {arguments['value']!r}"


def _regex(response: str, arguments: Arguments) -> str:
    return "" if finds(arguments["value"], response) else f"does not match the pattern {arguments['value']!r}"


def _start(text: str) -> str:
    text = " ".join(text[: 4 * _SHOWN].split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _end(text: str) -> str:
    text = " ".join(text[-4 * _SHOWN :].split())
    return text if len(text) <= _SHOWN else f"...{text[-_SHOWN:]}"


def _listed(wanted: list[str]) -> str:
    return ", ".join(repr(_start(one)) for one in wanted[:5])


KINDS = {
    "contains": Kind(_contains, {"value": TEXTS}),
    "contains_any": Kind(_contains_any, {"value": TEXTS}),
    "has_word": Kind(_has_word, {"value": TEXTS}),
    "excludes": Kind(_excludes, {"value": TEXTS}),
    "starts_with": Kind(_starts_with, {"value": TEXT}),
    "ends_with": Kind(_ends_with, {"value": TEXT}),
    "one_of": Kind(_one_of, {"value": TEXTS}),
    "repeats": Kind(_repeats, {"value": optional(TEXT)}),
    "postscript": Kind(_postscript, {"value": optional(TEXT)}),
    "paragraph_start": Kind(_paragraph_start, {"paragraphs": COUNT, "nth": COUNT, "value": TEXT}),
    "regex": Kind(_regex, {"value": PATTERN}),
}
