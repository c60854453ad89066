"""Numbers as digits or English words, up to the thousands."""

import re

_UNDER_TWENTY = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_ONES = _UNDER_TWENTY.split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = (
    {word: number for number, word in enumerate(_ONES, 1)}
    | {word: 10 * number for number, word in enumerate(_TENS, 2)}
    | {"hundred": 100, "thousand": 1000, "a": 1, "single": 1, "dozen": 12}
)
_WORDS_OF_NUMBERS = frozenset(_WORDS) - {"a"}
_ONE, _TEN = "|".join(_ONES), "|".join(_TENS)
_SMALL = rf"(?:(?:{_TEN})(?:[ -](?:{'|'.join(_ONES[:9])}))?|{_ONE})"
NUMBER = (
    rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,5}}|(?:{_SMALL}|a) (?:hundred|thousand)|"
    rf"{_SMALL}|a single|single|a dozen)"
)


def number(text: str) -> int:
    """Return the number that a match of NUMBER stands for."""
    plain = text.replace(",", "").strip()
    if plain.isdigit():
        return int(plain)
    total = 0
    for word in re.findall(r"[a-z]+", plain.lower()):
        value = _WORDS.get(word, 0)
        total = (
            max(total, 1) * value if value in (100, 1000) else value if word in ("single", "dozen") else total + value
        )
    return total


def has_number(tokens: frozenset[str]) -> bool:
    """Tell, cheaply, whether there is a number among the words of a text."""
    return not _WORDS_OF_NUMBERS.isdisjoint(tokens) or any(token[0].isdigit() for token in tokens)
