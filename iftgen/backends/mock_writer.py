"""What the mock model writes: instructions and answers by the million, each a pure function of the dice."""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from iftgen.backends.mock_text import (
    ADJECTIVES,
    CLAUSES,
    DOINGS,
    FAMILIES,
    FORMS,
    NOUNS,
    PEOPLE,
    PLACES,
    PLAIN,
    QUESTIONS,
    SENTENCES,
)

T = TypeVar("T")


class Dice:
    """A fast stream of choices from a seed; the same seed gives the same choices on every machine.

    The seed is hashed to 64 bits that drive a linear congruential generator (constants of Knuth's MMIX); only its upper
    half is used, as the lower bits repeat early.
    """

    __slots__ = ("_state",)

    def __init__(self, *seed: object) -> None:
        """Hash the seed."""
        text = "\x1f".join(map(str, seed)).encode("utf-8", "replace")
        self._state = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to below `limit` (at most 2**32)."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (self._state >> 32) % limit

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return items[(self._state >> 32) % len(items)]

    def unit(self) -> float:
        """Return a number from 0 to below 1."""
        return self.below(1 << 32) / (1 << 32)


def instruction(dice: Dice, task: str, topic: str, opening: str = "") -> str:
    """Return a new instruction about the topic, of the family that the words of the task name.

    With `opening` (forced first words) only what follows them is returned.
    """
    subject = _situation(dice, topic)
    if opening:
        end = "?" if opening.split()[0].lower() in QUESTIONS else "."
        return f"{subject}{end}"
    stem = dice.pick(family(task)).format(x=subject, a=12 + dice.below(900), b=2 + dice.below(60))
    if stem.split(" ", 1)[0].lower() in QUESTIONS:
        return f"{stem}?"
    return f"{stem} {dice.pick(FORMS)}." if not dice.below(4) else f"{stem}."


def near_duplicate(dice: Dice, task: str, topic: str) -> str:
    """Return a slight change of one of the few instructions that come again for this task and topic."""
    base = instruction(Dice("again", task, topic, dice.below(3)), task, topic)
    return dice.pick((f"Please {base[0].lower()}{base[1:]}", f"{base[:-1]} today{base[-1]}", base))


@cache
def family(task: str) -> tuple[str, ...]:
    """Return the beginnings of the instructions of a task."""
    low = task.lower()
    return next(stems for marks, stems in FAMILIES if any(mark in low for mark in marks))


def answer(dice: Dice, question: str, sentences: int) -> str:
    """Return a plausible answer that takes up the words of the question."""
    low = question.lower()
    keys = keywords(question) or ["the subject"]
    if any(mark in low for mark in ("function", "script", "code", "python", "program")):
        return code(dice, keys)
    if low.startswith(("list", "name", "suggest", "give")):
        return "\n".join(f"{n}. {_line(dice, PLAIN, keys)}" for n in range(1, 2 + max(2, sentences)))
    start = dice.below(len(SENTENCES))
    return " ".join(
        _line(dice, (SENTENCES[(start + step * 3) % len(SENTENCES)],), keys) for step in range(max(1, sentences))
    )


def sentence(dice: Dice, given: Sequence[str] = ()) -> str:
    """Return one plain sentence that holds the given words."""
    line = _line(dice, PLAIN, list(given) or [dice.pick(NOUNS)])
    return f"{line[:-1]}, together with {', '.join(given)}." if given else line


def code(dice: Dice, keys: Sequence[str]) -> str:
    """Return a small Python function in a fenced block, named after the first key."""
    name = "_".join("".join(char for char in key.lower() if char.isalnum()) or "value" for key in keys[:2])
    limit, step = 1 + dice.below(90), 1 + dice.below(9)
    return (
        f"```python\ndef handle_{name}(values):\n    total = 0\n    for value in values:\n"
        f"        if value > {limit}:\n            total += value * {step}\n    return total\n```"
    )


def keywords(text: str, most: int = 8) -> list[str]:
    """Return the longer words of a text, each once, in order."""
    words = (word.strip(".,;:!?\"'()[]{}`") for word in text.split())
    return list(dict.fromkeys(word for word in words if len(word) > 4))[:most]


def _situation(dice: Dice, topic: str) -> str:
    thing = topic or f"the {dice.pick(ADJECTIVES)} {dice.pick(NOUNS)}"
    first, second = dice.below(len(CLAUSES)), dice.below(len(CLAUSES) - 1)
    second += second >= first
    return f"{thing} {_filled(dice, CLAUSES[first])} {_filled(dice, CLAUSES[second])}"


def _filled(dice: Dice, shape: str) -> str:
    return shape.format(
        a=dice.pick(ADJECTIVES),
        b=dice.pick(ADJECTIVES),
        n=dice.pick(NOUNS),
        m=dice.pick(NOUNS),
        o=dice.pick(NOUNS),
        p=dice.pick(PEOPLE),
        q=dice.pick(PEOPLE),
        d=dice.pick(DOINGS),
    )


def _line(dice: Dice, shapes: Sequence[str], keys: Sequence[str]) -> str:
    key = dice.pick(keys)
    return dice.pick(shapes).format(
        k=key,
        K=key[:1].upper() + key[1:],
        a=dice.pick(ADJECTIVES),
        n=dice.pick(NOUNS),
        m=dice.pick(NOUNS),
        p=dice.pick(PEOPLE),
        d=dice.pick(DOINGS),
        w=dice.pick(PLACES),
    )
