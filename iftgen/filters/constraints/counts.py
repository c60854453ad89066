"""What can be counted in a response, and the types min_, max_ and exact_ of each."""

import re
from collections.abc import Callable, Sequence

from iftgen.filters.constraints.model import COUNT, LETTER, TEXT, Arguments, Checker, Kind
from iftgen.filters.constraints.sentences import count_sentences
from iftgen.filters.lists import item_counts
from iftgen.filters.text import count_words, plural, sentences, without_code

# Several readings of one text, the reference's first: a plain request in words is held to the kindest.
Counter = Callable[[str, Arguments], Sequence[int]]

_WORD = re.compile(r"\w+")
_VERSE = re.compile(r"[^/,.;:!?—–-]*\w[^/,.;:!?—–-]*")
_BLANK = re.compile(r"\n[ \t\r]*\n")
_BULLET = re.compile(r"^[^\S\n]*(?:-|\*[^*])", re.M)
_RULE = re.compile(r"^[^\S\n]*(?:\*{3,}|-{3,}|_{3,})[^\S\n]*$", re.M)
_MARKED = re.compile(r"^[^\S\n]*(?:[-*•–+▪◦‣]|\(?\d{1,3}[.)])[^\S\n]", re.M)
_HIGHLIGHT = re.compile(r"\*[^\n*]*\*")
_STRONG = re.compile(r"\*\*[^\n*]*\*\*")
# As Treebank's word tokeniser parts them: at most punctuation, and before 's, 'll, n't and the like.
_TREEBANK = re.compile(r"[^\s;@#$%&?!,:()\[\]{}<>\"“”`…]+")
_CLITIC = re.compile(r"(?<=.)(?:'(?:s|m|d|ll|re|ve)|n't)$", re.I)
_ENDED = re.compile(r"[.!?:;。！？…][\"'”’)\]*_]*$")
_FRAGMENT_WORDS = 8


def _words(text: str, _: Arguments) -> Sequence[int]:
    return len(_WORD.findall(text)), count_words(text)


def _sentences(text: str, _: Arguments) -> Sequence[int]:
    split = sentences(without_code(text))
    # A heading or a label on a line of its own may be taken for a sentence, or not.
    whole = [one for one in split if _ENDED.search(one) or len(one.split()) > _FRAGMENT_WORDS]
    return count_sentences(text), len(split), len(whole)


def _paragraphs(text: str, _: Arguments) -> Sequence[int]:
    blocks = [block.strip() for block in _BLANK.split(text) if block.strip()]
    if len(blocks) > 1 or _RULE.search(text):
        # A heading is a block, but no paragraph; lines such as *** may stand between paragraphs.
        prose = sum(bool(_ENDED.search(block) or "\n" in block) for block in blocks)
        return len(blocks), prose, sum(bool(part.strip()) for part in _RULE.split(text))
    lines = [line for line in text.splitlines() if line.strip()]
    return len(blocks), len(lines), sum(len(line.split()) > _FRAGMENT_WORDS for line in lines)


def _characters(text: str, arguments: Arguments) -> Sequence[int]:
    counted = len(text), len(text.strip())
    return counted if arguments.get("spaces") else (*counted, len("".join(text.split())))


def _lines(text: str, arguments: Arguments) -> Sequence[int]:
    lines = sum(bool(line.strip()) for line in text.splitlines())
    if not arguments.get("verse"):
        return lines, max(lines - 1, 0)
    # On one line the verses are parted by a slash or by punctuation; a title and a remark may stand around them.
    parted = [len(_VERSE.findall(text.strip()))] if lines == 1 else []
    return (lines, max(lines - 1, 0), max(lines - 2, 0), *parted)


def _bullets(text: str, _: Arguments) -> Sequence[int]:
    return (len(_BULLET.findall(text)),)


def _items(text: str, arguments: Arguments) -> Sequence[int]:
    readings = item_counts(text.strip())
    if not arguments.get("lenient"):
        return readings[:1] or (0,)
    if arguments.get("bulleted"):
        return (*(readings if "\n" in text.strip() else ()), len(_MARKED.findall(text)))
    # "List five ...": a response that is no list can be right, and is not counted.
    return readings or (int(arguments["value"]),)


def _placeholders(text: str, _: Arguments) -> Sequence[int]:
    return (sum(_brackets(line) for line in text.split("\n")) if "[" in text else 0,)


def _brackets(line: str) -> int:
    """Count the pairs of brackets on a line; a search by hand, as a pattern would take long on many left open."""
    count, place = 0, line.find("[")
    while place >= 0 and (end := line.find("]", place)) >= 0:
        count, place = count + 1, line.find("[", end)
    return count


def _highlights(text: str, _: Arguments) -> Sequence[int]:
    single = sum(bool(found.strip("*").strip()) for found in _HIGHLIGHT.findall(text))
    return (single + sum(bool(found[2:-2].strip()) for found in _STRONG.findall(text)),)


def _capital_words(text: str, _: Arguments) -> Sequence[int]:
    tokens = _TREEBANK.findall(text.replace("--", " "))
    parted = [
        part for token in tokens for part in (_CLITIC.sub(r" \g<0>", token).split() if "'" in token else (token,))
    ]
    return (sum(map(str.isupper, parted)),)


def _sections(text: str, arguments: Arguments) -> Sequence[int]:
    return (len(re.findall(re.escape(arguments["splitter"].strip()) + r"\s?\d+", text)),)


def _keyword(text: str, arguments: Arguments) -> Sequence[int]:
    return (len(re.findall(re.escape(arguments["word"].strip()), text, re.I)),)


def _letter(text: str, arguments: Arguments) -> Sequence[int]:
    return (text.lower().count(arguments["letter"].strip().lower()),)


_COUNTERS: dict[str, tuple[Counter, str]] = {
    "words": (_words, "word"),
    "sentences": (_sentences, "sentence"),
    "paragraphs": (_paragraphs, "paragraph"),
    "characters": (_characters, "character"),
    "lines": (_lines, "line"),
    "list_items": (_items, "list item"),
    "bullets": (_bullets, "bullet"),
    "placeholders": (_placeholders, "placeholder"),
    "highlights": (_highlights, "highlighted part"),
    "sections": (_sections, "section"),
    "capital_words": (_capital_words, "word in capitals"),
    "keyword": (_keyword, "occurrence"),
    "letter": (_letter, "occurrence"),
}
_EXTRA = {"sections": {"splitter": TEXT}, "keyword": {"word": TEXT}, "letter": {"letter": LETTER}}
_FITS: dict[str, tuple[str, Callable[[int, int], bool]]] = {
    "min": ("at least ", int.__ge__),
    "max": ("at most ", int.__le__),
    "exact": ("", int.__eq__),
}


def _bound(bound: str, unit: str) -> Checker:
    counter, noun = _COUNTERS[unit]
    words, fits = _FITS[bound]

    def check(response: str, arguments: Arguments) -> str:
        wanted = int(arguments["value"])
        readings = counter(response, arguments)
        readings = readings if arguments.get("lenient") else readings[:1]
        if any(fits(found, wanted) for found in readings):
            return ""
        found = min(readings, key=lambda one: abs(one - wanted))
        named = arguments.get("word") or arguments.get("letter")
        of = f" of {named!r}" if named else ""
        verb = "is" if wanted == 1 else "are"
        return f"has {_plural(found, noun)}{of}, {words}{wanted} {verb} asked for"

    return check


def _plural(count: int, noun: str) -> str:
    first, _, rest = noun.partition(" in ")
    return f"{plural(count, first)} in {rest}" if rest else plural(count, noun)


KINDS = {
    f"{bound}_{unit}": Kind(_bound(bound, unit), {"value": COUNT, **_EXTRA.get(unit, {})})
    for unit in _COUNTERS
    for bound in _FITS
}
# The short name of the commonest of them.
KINDS["list_items"] = KINDS["exact_list_items"]
