"""Filter `count`: a list with more or fewer items than were asked for."""

import re

from iftgen.filters.base import Filter
from iftgen.filters.text import plural, sentences, without_code
from iftgen.types import Candidate, Verdict

_NUMBERS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty"""
WORDS = {word: number for number, word in enumerate(_NUMBERS.split(), 1)} | {"a dozen": 12}
_N = rf"(\d{{1,2}}|{'|'.join(WORDS)})(?![\w%-]|[.,:/]\d)"
_VERB = (
    r"(?:list|name|give|provide|suggest|write|generate|create|identify|mention|share|tell|recommend|propose|state|"
    r"outline|offer|find|think of|come up with|brainstorm|describe|what are|enumerate|show|present|pick|choose)"
)
_ASKED = re.compile(
    rf"\b{_VERB}(?: (?:me|us|down|out|at least|at most|up to|exactly|no more than|the|a list of|any|some|only|just))"
    rf"{{0,3}} {_N}(?: (?:to|or|-) {_N})?((?: [\w'’-]+){{1,4}})",
    re.I,
)
# Lengths and whole texts, not items of a list: "a 5 page essay", "three paragraphs", "two stories".
_UNIT = re.compile(
    r"\b(?:words?|sentences?|paragraphs?|lines?|characters?|letters?|digits?|pages?|minutes?|hours?|days?|weeks?|months?|"
    r"years?|dollars?|percent|stanzas?|verses?|times|people|functions?|points?|stars?|steps?|acts?|haikus?|poems?|"
    r"stories|essays?|e-?mails?|versions?|tables?|dialogues?|jokes?|riddles?)\b",
    re.I,
)
_SENTENCES = re.compile(rf"\bin (exactly |at most |at least |no more than |under )?{_N} sentences?\b", re.I)
_EACH = re.compile(r"\b(?:each|every|per)\b", re.I)
_NUMBERED = re.compile(r"(?:^|\n|(?<=[.!?;,:]) )[ \t*#]*\(?(\d{1,2})[.)](?=[\s*])")
_BULLET = re.compile(r"^([ \t]*)[-*•–+] +\S", re.M)
_SHORT_LIST = re.compile(r"^[^.!?\n]{3,300}[.!]?$")


class Count(Filter):
    """A list has as many items as the instruction asks for.

    Numbers are read as digits or English words ("List five", "Name at least 3"), up to 50. Items may be numbered,
    bulleted, on lines of their own, or separated by commas. The row is kept where no number is asked for or several
    are, and where the response holds code or is no list. Score: the number of items; threshold: the number asked for.

    sentences: also count the sentences where the instruction says "in two sentences".
    """

    name = "count"

    def __init__(self, *, sentences: bool = True) -> None:
        self.sentences = sentences

    def check(self, row: Candidate) -> Verdict:
        """Count the items of the response."""
        if "```" in row.output:
            return self.keep()
        asked = _asked(row.instruction)
        if asked and (found := _items(row.output.strip(), *asked)):
            return self._compare(found, *asked, "item")
        hit = None if asked or _EACH.search(row.instruction) else _SENTENCES.search(row.instruction)
        if self.sentences and hit and _number(hit[2]) <= 5:
            low, high = _bounds(hit[1] or "", _number(hit[2]))
            return self._compare(len(sentences(without_code(row.output))), low, high, "sentence")
        return self.keep()

    def _compare(self, found: int, low: int, high: int, noun: str) -> Verdict:
        bound = low if found < low else high if found > high else max(low, 1)
        if low <= found <= high:
            return self.keep(found, bound)
        kind = "" if low == high else "at least " if found < low else "at most "
        verb = "is" if bound == 1 else "are"
        return self.reject(f"the response has {plural(found, noun)}, {kind}{bound} {verb} asked for", found, bound)


def _asked(instruction: str) -> tuple[int, int] | None:
    """Return the least and the largest number of items, or None where it is not clear."""
    hits = [hit for hit in _ASKED.finditer(instruction) if not _UNIT.search(hit[3])]
    if len(hits) != 1 or len(re.findall(rf"\b{_N}", instruction, re.I)) > (2 if hits[0][2] else 1):
        return None
    hit = hits[0]
    low = _number(hit[1])
    if hit[2]:
        return low, _number(hit[2])
    return _bounds(hit[0], low) if 2 <= low <= 50 else None


def _bounds(phrase: str, number: int) -> tuple[int, int]:
    phrase = phrase.lower()
    if "at least" in phrase:
        return number, 10**6
    if any(word in phrase for word in ("at most", "up to", "no more than", "under")):
        return 0, number
    return number, number


def _number(word: str) -> int:
    return int(word) if word.isdigit() else WORDS[word.lower()]


def _items(output: str, low: int, high: int) -> int:
    """Return how many items the response lists, 0 where it is no list; of several readings one that fits wins."""
    labels = [int(label) for label in _NUMBERED.findall(output)]
    if labels and labels == list(range(1, len(labels) + 1)) and len(labels) > 1:
        return len(labels)
    if labels:
        return 0
    readings = _bullets(output) or _lines(output) or _commas(output)
    return next((count for count in readings if low <= count <= high), readings[0] if readings else 0)


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
    """Count the parts of one line such as `red, green and blue`."""
    if not _SHORT_LIST.match(output) or output.count(",") < 1:
        return []
    parts = [part for part in re.split(r",\s*(?:and |or )?|;\s*", output.strip(" .!")) if part.strip()]
    if any(len(part.split()) > 5 for part in parts):
        return []
    joined = sum(bool(re.search(r" (?:and|or|&) ", part)) for part in parts)
    return [len(parts) + joined, len(parts)]
