"""Mistakes that are put into a clean sentence: the output is the sentence itself."""

import re

from iftgen.methods.recipes.transforms.base import Change, Rng
from iftgen.methods.words import article_of

_AGREEMENT = {"is": "are", "are": "is", "was": "were", "were": "was", "has": "have", "doesn't": "don't"}
_COLLECTIVE = re.compile(r"\b(team|family|staff|crew|group|band|couple|police|there|wish|if|lot)\b", re.I)
_HOMOPHONES = [
    group.split()
    for group in [
        "their there they're",
        "your you're",
        "its it's",
        "to too",
        "hear here",
        "than then",
        "weather whether",
        "new knew",
        "right write",
        "sea see",
        "week weak",
        "sun son",
        "wear where",
        "hole whole",
        "piece peace",
        "break brake",
        "meet meat",
        "flower flour",
        "wait weight",
        "rode road",
        "tail tale",
        "bear bare",
        "pear pair",
        "hour our",
        "won one",
        "ate eight",
        "blew blue",
        "plane plain",
        "sale sail",
        "wood would",
        "night knight",
        "by buy",
        "know no",
        "threw through",
        "steal steel",
        "stairs stares",
        "mail male",
        "rain rein",
        "sent scent",
    ]
]


def spelling(text: str, rng: Rng, mistakes: int = 2) -> Change | None:
    """Misspell up to `mistakes` words of five letters or more: two letters swapped, one doubled, or one left out."""
    fit = sorted({match.group() for match in re.finditer(r"\b[a-z]{5,10}\b", text)})
    wrong = {word: bad for word in fit if (bad := _misspelt(word, rng))}
    if len(wrong) < mistakes:
        return None
    changed = text
    for word in rng.sample(sorted(wrong), rng.randint(1, mistakes)):
        changed = re.sub(rf"\b{word}\b", wrong[word], changed)
    return Change(changed, text)


def punctuation(text: str, rng: Rng) -> Change | None:
    """Take away capital letters and punctuation marks."""
    if re.search(r"[^A-Za-z ,.!?]", text):
        return None
    return Change(re.sub(r"[,.!?]", "", text).lower(), text)


def capitals(text: str, rng: Rng) -> Change | None:
    """Take away capital letters where there are two or more."""
    return Change(text.lower(), text) if len(re.findall(r"\b[A-Z]", text)) >= 2 else None


def agreement(text: str, rng: Rng) -> Change | None:
    """Make one verb disagree with its subject."""
    found = [match for match in re.finditer(r"[A-Za-z']+", text) if match.group() in _AGREEMENT]
    if not found or _COLLECTIVE.search(text):
        return None
    spot = rng.choice(found)
    wrong = _AGREEMENT[spot.group()]
    return Change(text[: spot.start()] + wrong + text[spot.end() :], text, {"verb": spot.group()})


def articles(text: str, rng: Rng) -> Change | None:
    """Swap `a` and `an` once, in a sentence whose articles are right."""
    found = list(re.finditer(r"\b([Aa]n?) (?=([a-z]+))", text))
    if not found or any(article_of(match.group(2)) != match.group(1).lower() for match in found):
        return None
    spot = rng.choice(found)
    wrong = spot.group(1)[0] + ("" if spot.group(1).lower() == "an" else "n")
    return Change(text[: spot.start(1)] + wrong + text[spot.end(1) :], text, {"article": spot.group(1).lower()})


def homophones(text: str, rng: Rng) -> Change | None:
    """Put a word that sounds alike in the place of one word."""
    table = {word: group for group in _HOMOPHONES for word in group}
    found = [match for match in re.finditer(r"\b[a-z]+(?:'[a-z]+)?\b", text) if match.group() in table]
    rare = [match for match in found if match.group() not in ("to", "one", "would", "no")] or found
    if not rare:
        return None
    spot = rng.choice(rare)
    wrong = next(word for word in table[spot.group()] if word != spot.group())
    return Change(text[: spot.start()] + wrong + text[spot.end() :], text, {"right": spot.group(), "wrong": wrong})


def spaces(text: str, rng: Rng, missing: int = 3) -> Change | None:
    """Leave out some of the spaces between words."""
    gaps = [match.start() for match in re.finditer(r"(?<=[a-z]) (?=[a-z])", text)]
    if len(gaps) < missing + 2:
        return None
    drop = set(rng.sample(gaps, missing))
    return Change("".join(char for place, char in enumerate(text) if place not in drop), text)


def doubled(text: str, rng: Rng) -> Change | None:
    """Write one word twice."""
    found = list(re.finditer(r"(?<= )[a-z]+(?= )", text))
    if not found or re.search(r"\b(\w+) \1\b", text, re.I):
        return None
    spot = rng.choice(found)
    return Change(f"{text[: spot.end()]} {spot.group()}{text[spot.end() :]}", text, {"word": spot.group()})


def order(text: str, rng: Rng, longest: int = 8) -> Change | None:
    """Shuffle the words of a short sentence without inner punctuation."""
    plain = text[:-1]
    parts = plain.split()
    if not 4 <= len(parts) <= longest or not re.fullmatch(r"[A-Za-z' ]+", plain) or text[-1] not in ".?!":
        return None
    first = parts[0] if parts[0] == "I" else parts[0].lower()
    pieces = [first, *parts[1:]]
    mixed = pieces[:]
    rng.shuffle(mixed)
    return Change(" / ".join(mixed), text) if mixed != pieces and len(set(pieces)) > 3 else None


def _misspelt(word: str, rng: Rng) -> str | None:
    places = [i for i in range(1, len(word) - 2) if word[i] != word[i + 1]]
    if not places:
        return None
    i = rng.choice(places)
    swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    missing = word[:i] + word[i + 1 :]
    twice = word[: i + 1] + word[i:]
    single = word[i] not in "aeiou" and word[i - 1] != word[i]
    long = len(word) >= 7
    return rng.choice([swapped, swapped, *([twice] if single else []), *([missing] if long else [])])
