"""What an answer says, whatever its wording around it: `4`, `4.` and `The answer is 4.` say the same."""

import re
import unicodedata
from functools import lru_cache

from iftgen.filters.text import RECENT, STOP_WORDS, words

_NUMBER = r"[ \t*$€£]{0,4}([-−]?\d[\d,]{0,20}(?:\.\d{1,15})?)"
_NUMERAL = re.compile(rf"{_NUMBER}[ \t*.]{{0,4}}")
# The result at the end of a solution, as GSM8K and models write it, with one word for the unit at most.
_RESULT = re.compile(
    r"(?:####|\b(?:answer|result|total)(?: is)?[ \t]?[:=]|\bthe (?:final |correct |right )?answer is|^A:|\d[ \t]?=)"
    rf"{_NUMBER}(?:[ \t]?[^\W\d]{{1,20}})?[ \t*.!]{{0,4}}\Z",
    re.I | re.M,
)
_TAIL = 120  # characters: where the result is looked for
_END = 50  # characters: a result has its last digit among so many at the end
_DIGIT = re.compile(r"\d")
_MARK = re.compile(r"[<>=+*/^#≤≥≠×÷−-]")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3}){1,6}(?![\d,])")
_DESCRIPTION = re.compile(
    r"(?:(?:so|thus|therefore|hence|sure|okay|ok|well)\b[,:!.]? )?"
    r"(?:the|it|its|it['’]s|this|that|these|those|they|here|my|your|our|answer)\b[^.!?\n:]{0,120}?"
    r"(?:['’]s|\b(?:is|are|was|were|would be|will be|equals?)\b):? ?",
    re.I,
)
_LABEL = re.compile(r"(?:final |correct )?(?:answer|result|solution|response|output|a)[ \t]{0,3}:\s{0,4}", re.I)
_LEADS = frozenset({"answer", "correct", "final", "result", "right", "solution"})
_ONES = """zero one two three four five six seven eight nine ten eleven twelve"""
NUMBERS = {word: str(number) for number, word in enumerate(_ONES.split())}
_NUMBER_WORDS = frozenset(NUMBERS)
_LONG = 300  # characters: what is longer is no short answer with words around it


@lru_cache(RECENT)
def said(output: str, question: str) -> str:
    """Return what the answer to a question says; equal strings mean that two answers agree.

    Case, punctuation, white space, `Answer:` and a repetition of the question before the answer make no difference,
    and the last result of a solution stands for all of it. Signs between operands and the order of words count.
    """
    text = output.strip()
    result = _DIGIT.search(text[-_END:]) and (_RESULT.search(text[-_TAIL:]) or _NUMERAL.fullmatch(text[: _TAIL + 1]))
    if result:
        return _number(result[1])
    if len(text) <= _LONG:
        text = _without_lead(text[label.end() :] if (label := _LABEL.match(text)) else text, question)
        if numeral := _NUMERAL.fullmatch(text):
            return _number(numeral[1])
    return _written(text)


def _written(text: str) -> str:
    """Return the words and the signs of a text."""
    if "," in text and _DIGIT.search(text):
        text = _THOUSANDS.sub(lambda hit: hit[0].replace(",", ""), text)
    found = list(words(text))
    if not _NUMBER_WORDS.isdisjoint(found):
        found = [NUMBERS.get(word, word) for word in found]
    if found and found[0] in ("yes", "no") and len(found) <= 6 and STOP_WORDS.issuperset(found[1:]):
        return found[0]
    if len(found) == 1 and found[0].isdecimal():
        return found[0]
    signs = "".join(hit[0] for hit in _MARK.finditer(text) if _is_sign(text, hit.start()))
    if not text.isascii() and len(text) <= _LONG:
        signs += "".join(ch for ch in text if unicodedata.category(ch) == "So")
    return " ".join([*found, signs] if signs else found) or text


def _is_sign(text: str, place: int) -> bool:
    """Tell whether a mark says something: between two operands, before a number, or behind a name as in C++."""
    mark, before, after = text[place], text[max(0, place - 2) : place], text[place + 1 : place + 3]
    left, right = before.strip()[-1:], after.strip()[:1]
    if mark in "-−":  # else a hyphen or a dash
        return right.isdigit() and not left.isalpha()
    if mark in "+#" and (before[-1:].isalnum() or before[-1:] == mark) and not after[:1].isalnum():
        return True
    if mark == "/" and before[-1:].isalpha() and after[:1].isalpha():  # and/or
        return False
    return (left.isalnum() or left in (*")]_<>!=",)) and (right.isalnum() or right in (*"([_=",))


def _number(text: str) -> str:
    """Return a number in one form: 1,000 and 1000.0 are 1000."""
    digits = text.replace(",", "").replace("−", "-")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _without_lead(text: str, question: str) -> str:
    """Drop `The capital of France is` where the question speaks of the capital of France, and not of what follows."""
    lead = _DESCRIPTION.match(text)
    if not lead:
        return text
    asked = set(words(question))
    if "or" in asked:  # what the question offers may stand before the verb
        return text
    before = [word for word in words(lead[0]) if word not in STOP_WORDS and word not in _LEADS and len(word) > 1]
    after = [word for word in words(text[lead.end() :]) if word not in STOP_WORDS]
    return text[lead.end() :] if asked.issuperset(before) and after and not asked.issuperset(after) else text
