"""The outward shape of a text: symbols, digits, capitals, words without end, line breaks, mixed scripts, mojibake."""

import re
from collections.abc import Sequence
from functools import cache

from iftgen.filters.readability.prose import prose
from iftgen.filters.text import STOP_WORDS, sentences, words

_MIXED_SCRIPT = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_LATIN_RUN = re.compile(r"[A-Za-zÀ-ɏ]+")
_TABLE = re.compile(r"[|_=─-╿\-]{2,}|^[-*•#>]+", re.M)
_FORMULA = re.compile(r"(?=.*[0-9=])[\w.,()\[\]^*/+=<>≤≥$%²³√:;-]+|[-+*/^<>≤≥≈×÷±√∑∫·%()]+")
_LEAST, _MOSTLY = 40, 0.5
# `h#l|o` and `%$&`; a link or a template has such marks too, but not so many.
_PIERCED = re.compile(
    r"(?<=[A-Za-z])[^\w\s]{0,3}[~?!@#%&|^`][^\w\s]{0,3}(?=[A-Za-z])"
    r"|(?<!\S)(?!([^\w\s])\1{0,20}(?!\S))[^\w\s]{0,9}[~@#%&^$][^\w\s]{0,9}(?!\S)"
)
_PIERCED_LEAST, _PIERCED_SHARE = 4, 0.02
_LIST_LINE = re.compile(r"\s*(?:[-*•+>#|]|\(?\w{1,3}[.)])")
_LETTERS_A_CHUNK = 25
_COMMAS = 4
_STOPS = re.compile(r"[.!?\n]")
# The words of an English sentence are at least so long on average, with their space.
_LETTERS_A_WORD = 4
_PROSE_SHARE = 0.25


def symbol_share(text: str, tokens: Sequence[str]) -> float:
    """Return the share of the characters, white space aside, that are neither letters, digits nor commas."""
    visible = len(text) - text.count(" ") - text.count("\n") - text.count("\t")
    return max(0.0, 1 - (sum(map(len, tokens)) + text.count(",")) / visible) if visible else 0.0


def prose_symbol_share(text: str) -> float:
    """Return that share for what is neither code nor formula, table line or list mark; 0 where little is left."""
    chunks = [chunk for chunk in _TABLE.sub(" ", prose(text)).split() if not _FORMULA.fullmatch(chunk)]
    rest = " ".join(chunks)
    return symbol_share(rest, words(rest)) if len(rest) >= max(_LEAST, _MOSTLY * len(text)) else 0.0


def is_pierced(text: str) -> bool:
    """Tell whether marks stand all over a text where neither prose nor code has them."""
    return len(_PIERCED.findall(text)) > max(_PIERCED_LEAST, _PIERCED_SHARE * len(text))


def digit_share(text: str) -> float:
    """Return the share of the characters, white space aside, that are digits."""
    visible = sum(map(len, text.split()))
    return sum(map(str.isdigit, text)) / visible if visible else 0.0


def longest_word(text: str) -> str:
    """Return the longest run of Latin letters in prose that is not all capitals, as sequences of proteins are."""
    return max((run for run in _LATIN_RUN.findall(prose(text)) if not run.isupper()), key=len, default="")


def is_run_together(text: str) -> bool:
    """Tell whether prose of some length in Latin letters has hardly any spaces."""
    rest = prose(text)
    letters = sum(map(len, _LATIN_RUN.findall(rest)))
    return letters >= _LEAST and letters > _LETTERS_A_CHUNK * len(rest.split()) and letters > 0.8 * len(rest)


def may_be_endless(text: str, most: int) -> bool:
    """Tell in little time whether any stretch between full stops is long enough for so many words."""
    return max(map(len, _STOPS.split(text))) > _LETTERS_A_WORD * most


def longest_sentence(text: str) -> tuple[int, str]:
    """Return the number of words of the longest sentence that is no list between commas, and how it begins."""
    found = ((len(one.split()), one) for one in sentences(prose(text)) if one.isascii())
    return max(((count, one) for count, one in found if one.count(",") * _COMMAS < count), default=(0, ""))


def is_shredded(text: str) -> bool:
    """Tell whether a text is prose that was broken into lines of a word or two."""
    lines = [line for line in text.splitlines() if line.strip()]
    tokens = words(text)
    bare = sum(not _LIST_LINE.match(line) for line in lines)
    few = len(tokens) < 2 * len(lines) and bare > 0.9 * len(lines)
    return few and sum(token in STOP_WORDS for token in tokens) > _PROSE_SHARE * len(tokens)


def mixed_words(text: str) -> list[str]:
    """Return the words that mix Latin and Cyrillic letters."""
    return [word for word in text.split() if _MIXED_SCRIPT.search(word)]


def mojibake(text: str) -> tuple[int, str]:
    """Return how many characters were read in a wrong encoding, and the first such run."""
    runs = _mojibake_pattern().findall(text)
    return len(runs), runs[0] if runs else ""


@cache
def _mojibake_pattern() -> re.Pattern[str]:
    """Match what two to three bytes of UTF-8 look like in Windows-1252 or Latin-1, and the replacement character."""
    tails = "".join(re.escape(_read(bytes([byte]))) for byte in range(0x80, 0xC0))
    tail = f"[{tails}\\x80-\\xbf\ufffd]"
    return re.compile(f"[ÂÃÐÑÎÏÄÅØÙ×Ø]{tail}|[âãäåæçèéìíîï]{tail}{{2}}|ðŸ{tail}{{2}}|\ufffd")


def _read(byte: bytes) -> str:
    """Return what a byte is in Windows-1252, which leaves five of them undefined."""
    return byte.decode("cp1252", "ignore") or byte.decode("latin-1")
