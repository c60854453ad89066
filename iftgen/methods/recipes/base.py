"""What a recipe of the method `output_first` is: it orders a text from the model and makes a pair of what comes."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from iftgen.errors import DataError
from iftgen.hashing import stable_hash
from iftgen.methods.base import Desk
from iftgen.methods.words import said_twice, sentences, shares_phrase, words

Line = tuple[str, str]

COPIED_WORDS = 5
EXAMPLES = 5
# Draws of a task that show the same examples.
LAP = 8


@dataclass(frozen=True, slots=True)
class Order:
    """What the model is to write.

    Small models see `examples`, each a few lines of (label, value), then `given` and the label `target` with the first
    words of the text, `opening`. Chat models see `request` and `rules`. `values` are the drawn values by name.
    """

    target: str
    given: tuple[Line, ...]
    examples: tuple[tuple[Line, ...], ...]
    request: str
    rules: tuple[str, ...] = ()
    opening: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A text that passed: the input, the values for the wordings, and scores for the row."""

    input: str
    values: Mapping[str, Any]
    scores: Mapping[str, float] = field(default_factory=dict)


class Recipe(Protocol):
    """One kind of `recipe.kind`."""

    def order(self, desk: Desk) -> Order:
        """Draw what is to be drawn and say what the model is to write."""
        ...

    async def finish(self, text: str, order: Order, desk: Desk, rng: random.Random) -> Made | str:
        """Make the pair of the text, or return the objection in words for a person."""
        ...


@dataclass(frozen=True, slots=True)
class TextRules:
    """What every text of a recipe must be: key `text` of a recipe.

    `words` and `sentences` are counts, `repeats` allows a content word twice, `ends` are the last characters allowed
    ("" for any), and a text that matches `without` does not serve.
    """

    words: tuple[int, int] = (5, 24)
    sentences: int | None = 1
    repeats: bool = False
    ends: str = ".!?"
    without: str = ""

    def objection(self, text: str, examples: Sequence[str]) -> str | None:
        """Return why the text does not serve, or None."""
        count = len(words(text))
        if not self.words[0] <= count <= self.words[1]:
            return f"the text has {count} words, not {self.words[0]} to {self.words[1]}"
        if not text.isascii() or re.search(r"[<>{}\[\]|_*#]|\bhttps?:", text):
            return "the text holds marks that do not belong in plain English"
        if self.ends and text[-1] not in self.ends:
            return "the text does not end like a sentence"
        if self.sentences is not None and len(sentences(text)) != self.sentences:
            return f"the text is not {self.sentences} sentence(s)"
        if not self.repeats and (word := said_twice(text)):
            return f"the text says {word!r} twice"
        if self.without and (match := re.search(self.without, text)):
            return f"the text holds {match.group()!r}, which its rules leave out"
        if shares_phrase(text, list(examples), COPIED_WORDS):
            return "the text copies an example"
        return None


def text_rules(recipe: Mapping[str, Any]) -> TextRules:
    """Read the key `text` of a recipe."""
    spec = dict(recipe.get("text") or {})
    if "words" in spec:
        spec["words"] = tuple(spec["words"])
    try:
        return TextRules(**spec)
    except TypeError as error:
        raise DataError(f"recipe.text: {error}. Keys: words, sentences, repeats, ends, without.") from None


def clean(text: str) -> str:
    """Take away white space and a pair of quotation marks around the text, and straighten curly marks."""
    plain = text.strip().translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"})
    if len(plain) > 1 and plain[0] == plain[-1] == '"' and plain.count('"') == 2:
        plain = plain[1:-1].strip()
    return plain


def pick_examples(desk: Desk, shots: Sequence[Any], count: int = EXAMPLES) -> list[Mapping[str, Any]]:
    """Draw the worked examples from `recipe.shots`, else make them of the task's own seeds.

    Tasks with the same examples show them in the same order, which changes with every few draws only: what prompts
    share is read once by a server that caches.
    """
    table = [dict(shot) for shot in shots] or [
        {"topic": pair.topic, "text": pair.output}
        for pair in desk.draw.shots
        if pair.task == desk.draw.task and pair.topic
    ]
    return random.Random(stable_hash("examples", table, desk.draw.n // LAP)).sample(table, min(count, len(table)))
