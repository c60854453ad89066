"""What can be wrong with a text: each function returns what it found, the score and the bound, or None."""

from collections.abc import Sequence

from iftgen.filters.readability import order, shape
from iftgen.filters.readability.ease import reading_ease
from iftgen.filters.readability.nonwords import nonwords, suspicious
from iftgen.filters.text import plural

Finding = tuple[str, float, float] | None

_FEW_WORDS = 5
_FEW_CHARACTERS = 40
_MANY_LINES = 12
_CAPS_LETTERS, _CAPS_WORDS = 40, 8
_SALAD_SIGNS = 2
# More characters a word than any language has.
_LETTERS_A_SPACE = 15
_QUOTED = 60
_SHOWN = 3


def strange_scripts(text: str, max_mixed: int | None, max_mojibake: float | None) -> Finding:
    """Look for words of two scripts and for a wrong encoding; both have characters beyond ASCII."""
    if text.isascii():
        return None
    mixed = shape.mixed_words(text) if max_mixed is not None else []
    if max_mixed is not None and len(mixed) > max_mixed:
        mixes = "mixes" if len(mixed) == 1 else "mix"
        return f"{plural(len(mixed), 'word')} {mixes} Latin and Cyrillic letters: {_some(mixed)}", len(mixed), max_mixed
    count, first = shape.mojibake(text) if max_mojibake is not None else (0, "")
    rate = 100 * count / max(len(text.split()), 1)
    if max_mojibake is None or count < 2 or rate <= max_mojibake:
        return None
    return f"{count} characters were read in a wrong encoding, such as {first!r}", rate, max_mojibake


def symbols(text: str, tokens: Sequence[str], most: float | None) -> Finding:
    """Look for prose made of marks."""
    share = shape.symbol_share(text, tokens) if most is not None and len(text) >= _FEW_CHARACTERS else 0.0
    if most is None or share <= most:
        return None
    share = share if shape.is_pierced(text) else shape.prose_symbol_share(text)
    return (f"{share:.0%} of it are symbols, at most {most:.0%} are allowed", share, most) if share > most else None


def digits(text: str, tokens: Sequence[str], most: float | None) -> Finding:
    """Look for a text of digits."""
    if most is None or len(text) < _FEW_CHARACTERS or sum(map(str.isdigit, tokens)) < 0.5 * len(tokens):
        return None
    share = shape.digit_share(text)
    return (f"{share:.0%} of it are digits, at most {most:.0%} are allowed", share, most) if share > most else None


def long_word(text: str, tokens: Sequence[str], most: int | None) -> Finding:
    """Look for a word that is none because it has no end, and for text without spaces."""
    if most is None:
        return None
    if len(text) > _LETTERS_A_SPACE * len(tokens) and shape.is_run_together(text):
        length = max(map(len, text.split()))
        return f"its words stand together without spaces: {_cut(text)!r}", length, most
    word = shape.longest_word(text) if max(map(len, tokens), default=0) > most else ""
    if len(word) <= most:
        return None
    return f"a word has {len(word)} letters, at most {most} are allowed: {_cut(word)!r}", len(word), most


def long_sentence(text: str, tokens: Sequence[str], most: int | None) -> Finding:
    """Look for a sentence that does not end."""
    if most is None or len(tokens) <= most or not shape.may_be_endless(text, most):
        return None
    count, sentence = shape.longest_sentence(text)
    if count <= most:
        return None
    return f"a sentence has {count} words, at most {most} are allowed: {_cut(sentence)!r}", count, most


def disorder(text: str, tokens: Sequence[str], most: float | None) -> Finding:
    """Look for words in an order that no sentence has."""
    if most is None or not order.may_be_disorder(tokens):
        return None
    signs, pair = order.disorder(text)
    rate = 100 * signs / len(tokens)
    if signs < _SALAD_SIGNS or rate <= most:
        return None
    return f"its words are in no order, {plural(signs, 'sign')} of it, such as {pair!r}", rate, most


def bare_run(text: str, tokens: Sequence[str], most: float | None) -> Finding:
    """Look for many words in a row of which none is a function word."""
    if most is None or not order.may_be_bare(tokens):
        return None
    run = order.bare_run(text)
    return (f"its words are no sentence: {_cut(run)!r}", 100.0, most) if run else None


def odd_words(text: str, tokens: Sequence[str], most: float | None) -> Finding:
    """Look for words that are none."""
    if most is None or not suspicious(tokens):
        return None
    result = nonwords(text, most)
    if result.share <= most:
        return None
    reason = f"{result.share:.0%} of its words are none, at most {most:.0%} are allowed: {_some(result.found)}"
    return reason, result.share, most


def capitals(text: str) -> Finding:
    """Look for a text without small letters."""
    shouted = text.isupper() and len(text.split()) >= _CAPS_WORDS and sum(map(str.isalpha, text)) >= _CAPS_LETTERS
    return ("it is all capitals", 1.0, 0.0) if shouted else None


def one_word_lines(text: str, tokens: Sequence[str]) -> Finding:
    """Look for prose that is broken into lines of a word."""
    breaks = text.count("\n")
    if breaks < _MANY_LINES or len(tokens) > 3 * breaks or not shape.is_shredded(text):
        return None
    return "its sentences are broken into lines of a word or two", len(tokens) / breaks, 2.0


def hard(text: str, min_ease: float | None, max_grade: float | None) -> Finding:
    """Compare the reading ease and the grade with their bounds."""
    measured = reading_ease(text) if (min_ease, max_grade) != (None, None) and len(text.split()) >= _FEW_WORDS else None
    if measured and min_ease is not None and measured.ease < min_ease:
        return f"its reading ease is {measured.ease:.0f}, at least {min_ease:g} is wanted", measured.ease, min_ease
    if measured and max_grade is not None and measured.grade > max_grade:
        return f"it reads at grade {measured.grade:.1f}, at most {max_grade:g} is wanted", measured.grade, max_grade
    return None


def _some(found: Sequence[str]) -> str:
    return ", ".join(repr(_cut(one)) for one in found[:_SHOWN])


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
