"""Lists: the number of items that an instruction asks for, and the number that a response has."""

import re

_NUMBERS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty"""
WORDS = {word: number for number, word in enumerate(_NUMBERS.split(), 1)} | {"a dozen": 12}
NUMBER = rf"(\d{{1,2}}|{'|'.join(WORDS)})(?![\w%-]|[.,:/]\d)"
_VERB = (
    r"(?:list|name|give|provide|suggest|write|generate|create|identify|mention|share|tell|recommend|propose|state|"
    r"outline|offer|find|think of|come up with|brainstorm|describe|what are|enumerate|show|present|pick|choose)"
)
# The first words of the verbs, for a look at the words of an instruction before it is searched.
LISTING = frozenset(re.findall(r"[a-z]+", _VERB)) - {"of", "up", "with", "are"}
_ASKED = re.compile(
    rf"\b{_VERB}(?: (?:me|us|down|out|at least|at most|up to|exactly|no more than|the|"
    rf"a (?:(?:bulleted|numbered|bullet[ -]point|short|simple) )?list of|any|some|only|just))"
    rf"{{0,3}} {NUMBER}(?: (?:to|or|-) {NUMBER})?((?: [\w'’-]+){{1,4}})",
    re.I,
)
_ANY_NUMBER = re.compile(rf"\b{NUMBER}", re.I)
# Lengths and whole texts, not items of a list: "a 5 page essay", "three paragraphs", "two stories".
_UNIT = re.compile(
    r"\b(?:words?|sentences?|paragraphs?|lines?|characters?|letters?|digits?|pages?|minutes?|hours?|days?|weeks?|months?|"
    r"years?|dollars?|percent|stanzas?|verses?|times|people|functions?|points?|stars?|steps?|acts?|haikus?|poems?|"
    r"stories|essays?|e-?mails?|versions?|tables?|dialogues?|jokes?|riddles?)\b",
    re.I,
)
_NUMBERED = re.compile(r"(?:^|\n|(?<=[.!?;,:]) )[ \t*#]*\(?(\d{1,2})[.)](?=[\s*])")
_BULLET = re.compile(r"^([ \t]*)[-*•–+] +\S", re.M)
_JOINED = re.compile(r" (?:and|or|&) ")
_PAIR = re.compile(r"^[\w'’-]{2,20}(?: [\w'’-]{2,20})?(?: and | & )(?:the )?[\w'’-]{2,20}(?: [\w'’-]{2,20})?\.?$")
_ARTICLE = re.compile(r"(?:the|an?|which|who|whose|where)\b", re.I)
_SHORT_LIST = re.compile(r"^[^.!?\n]{3,300}[.!]?$")


def asked_items(instruction: str) -> tuple[int, int] | None:
    """Return the least and the largest number of items that are asked for, or None where it is not clear."""
    hits = [hit for hit in _ASKED.finditer(instruction) if not _UNIT.search(hit[3])]
    if len(hits) != 1 or len(_ANY_NUMBER.findall(instruction)) > (2 if hits[0][2] else 1):
        return None
    hit = hits[0]
    low = number(hit[1])
    if hit[2]:
        return low, number(hit[2])
    return bounds(hit[0], low) if 2 <= low <= 50 else None


def bounds(phrase: str, number: int) -> tuple[int, int]:
    """Return the least and the largest number that a phrase such as `at least five` allows."""
    phrase = phrase.lower()
    if "at least" in phrase:
        return number, 10**6
    if any(word in phrase for word in ("at most", "up to", "no more than", "under")):
        return 0, number
    return number, number


def number(word: str) -> int:
    """Return the number that digits or an English word stand for."""
    return int(word) if word.isdigit() else WORDS[word.lower()]


def list_items(output: str, low: int, high: int) -> int:
    """Return how many items the response lists, 0 where it is no list; of several readings one that fits wins."""
    readings = item_counts(output)
    return next((count for count in readings if low <= count <= high), readings[0] if readings else 0)


def item_counts(output: str) -> list[int]:
    """Return the number of items of a list, in each way to read it; none where the response is no list."""
    labels = [int(label) for label in _NUMBERED.findall(output)]
    if labels:
        return [len(labels)] if len(labels) > 1 and labels == list(range(1, len(labels) + 1)) else []
    return _bullets(output) or _lines(output) or _commas(output)


def _bullets(output: str) -> list[int]:
    """Count the outermost bullets, and all of them."""
    indents = [len(indent) for indent in _BULLET.findall(output)]
    return [indents.count(min(indents)), len(indents)] if len(indents) > 1 else []


def _lines(output: str) -> list[int]:
    """Count the lines where each is short, with and without a heading."""
    lines = [line for line in output.splitlines() if line.strip()]
    short = len(lines) > 1 and all(len(line.split()) <= 12 for line in lines)
    return [len(lines), len(lines) - 1] if short else []


def _commas(output: str) -> list[int]:
    """Count the parts of one line such as `red, green and blue`, or `red and blue`."""
    if not _SHORT_LIST.match(output):
        return []
    if "," not in output:
        return [2, 1] if _PAIR.match(output) else []
    parts = [part for part in re.split(r",\s*(?:and |or )?|;\s*", output.strip(" .!")) if part.strip()]
    if any(len(part.split()) > 5 for part in parts):
        return []
    if len({bool(_ARTICLE.match(part)) for part in parts[1:]}) > 1:
        return []  # "Mars, the red one, and Venus"
    joined = [bool(_JOINED.search(part)) for part in parts]
    # "red, green and blue" are three; in "Tom and Ann, Eve and Bob" a pair may be one.
    last = joined[-1] and sum(joined) == 1 and not re.search(r", (?:and|or) ", output)
    return [len(parts) + sum(joined), *([] if last else [len(parts)])]
