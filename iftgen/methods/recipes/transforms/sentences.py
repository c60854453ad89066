"""Sentences rewritten by rule: two into one, one into two, contractions, tense, questions, negation."""

import re

from iftgen.methods.recipes.transforms.base import Change, Rng
from iftgen.methods.recipes.transforms.verbs import BASE_OF_PAST

_SUBJECT = r"(?:he|she|it|they|we|I|you|the|my|her|his|their|our|there)"
_PRONOUN = r"(?:he|she|it|they|we|I|you)"
_TWO_CLAUSES = re.compile(rf"([A-Z][^,;]{{9,}}?),? (because|but|so|when|and) ({_SUBJECT} [^,;]{{8,}})\.")
_EXPANDED = {
    "don't": "do not", "doesn't": "does not", "didn't": "did not", "isn't": "is not", "aren't": "are not",
    "wasn't": "was not", "weren't": "were not", "can't": "cannot", "couldn't": "could not", "won't": "will not",
    "wouldn't": "would not", "shouldn't": "should not", "haven't": "have not", "hasn't": "has not", "I'm": "I am",
    "we're": "we are", "they're": "they are", "you're": "you are", "I'll": "I will", "we'll": "we will",
    "she'll": "she will", "he'll": "he will", "they'll": "they will", "you'll": "you will", "it'll": "it will",
    "I've": "I have", "we've": "we have", "they've": "they have", "you've": "you have",
}  # fmt: skip
_CONTRACTED = {full: short for short, full in _EXPANDED.items() if not short.endswith(("'ve", "'ll"))} | {
    "it is": "it's", "she is": "she's", "he is": "he's", "that is": "that's", "I will": "I'll", "we will": "we'll",
}  # fmt: skip
_TIME = re.compile(
    r"\b(yesterday|last|ago|when|while|after|before|until|since|because|but|if|as|to|always|never|was|were|had|did|is|are|has|"
    r"have|be|been|will|would|could|should|might|must|can|not|that|who|which|tomorrow|next)\b|[',;]",
    re.I,
)
_CLAUSE = re.compile(
    r"\b(because|but|so|when|while|if|that|who|which|as|until|after|before|than|not|never|no|nor)\b|[,;]"
)
_AUX = re.compile(
    rf"^({_PRONOUN}|this|that|(?:the|my|her|his|our|their|your) (?!(?:one|two|first|only)\b)[a-z]+(?: [a-z]+)?) "
    r"(is|are|was|were|can|will|should) ([a-z].+)$",
    re.I,
)
_WEAK = re.compile(
    r"\b(some|something|someone|any|always|also|too|still|already|very|so|both|all|every|only|just|about to)\b"
)


def combine(text: str, rng: Rng) -> Change | None:
    """Take a sentence of two clauses apart; the output joins them again with the word that is named."""
    halves = _clauses(text)
    if not halves or halves[1] == "and":
        return None
    first, word, second = halves
    return Change(f"{first}. {_capital(second)}.", text, {"word": word})


def split(text: str, rng: Rng) -> Change | None:
    """Make two sentences of one whose clauses are joined by and, but or so."""
    halves = _clauses(text)
    if not halves or halves[1] not in ("and", "but", "so"):
        return None
    first, word, second = halves
    return Change(text, f"{first}. {_capital(second)}.", {"word": word})


def expand(text: str, rng: Rng) -> Change | None:
    """Write contractions out; those that are ambiguous ('s, 'd) make the sentence unfit."""
    changed = _replaced(text, _EXPANDED)
    return Change(text, changed) if changed != text and "'" not in changed else None


def contract(text: str, rng: Rng) -> Change | None:
    """Contract what can be contracted in the middle of a sentence."""
    if "'" in text or not text.endswith("."):
        return None
    changed = _replaced(text, _CONTRACTED)
    return Change(text, changed) if changed != text else None


def future(text: str, rng: Rng) -> Change | None:
    """Turn the only verb of a plain sentence in the past tense into the future with `will`."""
    pair = _past_and_future(text)
    return Change(*pair) if pair else None


def past(text: str, rng: Rng) -> Change | None:
    """Turn `will` and a verb into the past tense, from a sentence that was written in the past tense."""
    pair = _past_and_future(text)
    return Change(pair[1], pair[0]) if pair else None


def question(text: str, rng: Rng) -> Change | None:
    """Turn `It is late.` into `Is it late?` where subject and verb are certain."""
    found = _aux(text)
    if not found or re.match(r"(I|we|you)\b", found[0], re.I):
        return None
    subject, verb, rest = found
    return Change(text, f"{verb.capitalize()} {subject[0].lower()}{subject[1:]} {rest}?")


def negate(text: str, rng: Rng) -> Change | None:
    """Put `not` after the verb where that alone makes the sentence negative."""
    found = _aux(text)
    if not found or _WEAK.search(text):
        return None
    subject, verb, rest = found
    negative = "cannot" if verb == "can" else f"{verb} not"
    return Change(text, f"{subject} {negative} {rest}.")


def _clauses(text: str) -> tuple[str, str, str] | None:
    match = _TWO_CLAUSES.fullmatch(text)
    if not match or len(re.findall(r"\b(?:because|but|so|when|and|that|if|while)\b", text)) != 1:
        return None
    first, word, second = match.groups()
    certain = re.match(rf"{_PRONOUN} ", second) or word in ("because", "so")
    return (first, word, second) if certain else None


def _past_and_future(text: str) -> tuple[str, str] | None:
    verbs = [match for match in re.finditer(r"\b[a-z]+\b", text) if match.group() in BASE_OF_PAST]
    others = [word for word in re.findall(r"\b[a-z]+ed\b", text) if word not in BASE_OF_PAST]
    if len(verbs) != 1 or others or _TIME.search(text) or not text.endswith("."):
        return None
    verb = verbs[0]
    if re.search(r"(?:^|\b)(?:the|a|an|my|his|her|its|our|their) $", text[: verb.start()], re.I):
        return None
    return text, f"{text[: verb.start()]}will {BASE_OF_PAST[verb.group()]}{text[verb.end() :]}"


def _aux(text: str) -> tuple[str, str, str] | None:
    match = _AUX.match(text[:-1]) if text.endswith(".") else None
    if not match or _CLAUSE.search(text) or re.search(r"\b(of|in|on|at|with|for|to|and)\b", match.group(1)):
        return None
    return match.group(1), match.group(2), match.group(3)


def _replaced(text: str, table: dict[str, str]) -> str:
    for old, new in table.items():
        text = re.sub(rf"\b{old}\b(?= \w)", new, text)
        text = re.sub(rf"^{_capital(old)}\b(?= \w)", _capital(new), text)
    return text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
