"""Candidates that no model would write and some file holds: any Unicode, huge, empty, deeply nested."""

import json
import random
import sys
from collections.abc import Iterator
from typing import Any

from iftgen.types import Candidate

SAID = "List five reasons why I cannot help with that: sorry, the answer is N/A [insert name] 42 kill a process"
WORDS = SAID.split()
MARKS = "\n\t\0\x1b\u200b\u202e\ufffd`*#|<>[](){}\"'«»—…·.,;:!?@/\\-_=+~^%$&0123456789"
RANGES = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0xDFF), (0xE00, 0xE7F), (0x3040, 0x30FF),
    (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x1F300, 0x1FAFF), (0xE000, 0xF8FF), (0x300, 0x36F), (0, 0x1F),
    (0x10000, 0x10FFFF),
)  # fmt: skip
HUGE = 200_000


def candidates(count: int, seed: int = 0) -> Iterator[Candidate]:
    """Yield candidates; one in 250 has a huge text."""
    rng = random.Random(seed)
    for index in range(count):
        row = Candidate(index, instruction=text(rng), input=text(rng) if rng.random() < 0.4 else "", output=text(rng))
        if index % 250 == 249:
            piece = text(rng) or "a"
            row.output = (piece * (HUGE // len(piece) + 1))[:HUGE]
        row.extra = extra(rng)
        if rng.random() < 0.1:
            turns = ("user", "assistant", "user", "assistant")
            row.messages = [{"role": role, "content": text(rng)} for role in turns]
        yield row


def text(rng: random.Random, kinds: int = 8) -> str:
    """Return a text of one of many kinds."""
    kind = rng.randrange(kinds)
    if kind == 0:
        return rng.choice(("", " ", "\n", "\0", ".", "a", "…", "[]", "{}"))
    if kind == 1:
        return "".join(character(rng) for _ in range(rng.randrange(200)))
    if kind == 2:
        return "".join(rng.choice(MARKS) for _ in range(rng.randrange(300)))
    if kind == 3:
        return " ".join(rng.choice(WORDS) for _ in range(rng.randrange(120)))
    if kind == 4:
        depth = rng.randrange(1, 400)
        opening, closing = rng.choice(("[]", "()", "{}", '""', "<>", "**"))
        return opening * depth + rng.choice(WORDS) + closing * depth
    if kind == 5:
        return (character(rng) + rng.choice(("", " ", "\n"))) * rng.randrange(500)
    if kind == 6:
        return json.dumps(nested(rng, 6), ensure_ascii=False)
    return "\n".join(f"{rng.choice('-*#>|1 ')} {text(rng, 7)[:60]}" for _ in range(rng.randrange(30)))


def character(rng: random.Random) -> str:
    """Return any character but a lone surrogate, which no row holds."""
    low, high = rng.choice(RANGES)
    found = chr(min(rng.randint(low, high), sys.maxunicode))
    return found if not 0xD800 <= ord(found) <= 0xDFFF else "x"


def nested(rng: random.Random, depth: int) -> Any:
    """Return a nested JSON value."""
    if not depth or rng.random() < 0.3:
        return rng.choice((None, True, 0, -1.5, "", "max_words", [], {}))
    if rng.random() < 0.5:
        return [nested(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice(("type", "value", "a", "kwargs")): nested(rng, depth - 1) for _ in range(rng.randrange(4))}


def extra(rng: random.Random) -> dict[str, Any]:
    """Return columns that some filters read, with whatever in them."""
    keys = ("constraints", "instruction_id_list", "kwargs", "source", "iftgen")
    return {key: nested(rng, 4) for key in keys if rng.random() < 0.15}
