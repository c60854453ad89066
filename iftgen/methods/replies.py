"""Reads instructions from the reply of a chat model, whatever shape it chose to give them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

INSTRUCTION_KEYS = ("instruction", "task", "question", "prompt", "query", "text")
INPUT_KEYS = ("input", "context", "material")
_FENCE = re.compile(r"```[a-zA-Z]*\n(.*?)(?:```|\Z)", re.S)
_BLOCK = re.compile(
    r"^[\W\d]*(?:instruction|question|task)(?:\s*\d+)?\W*:[\s*]*(.*?)(?:^\W*input(?:\s*\d+)?\W*:[\s*]*(.*?))?"
    r"(?=^[\W\d]*(?:instruction|question|task)(?:\s*\d+)?\W*:|\Z)",
    re.S | re.M | re.I,
)
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+(.*?)(?=^\s*(?:\d{1,2}[.)]|[-*•])\s|\Z)", re.S | re.M)
_NO_INPUT = re.compile(r"<?\W*(?:no ?input|none|n/?a|empty)\W*>?", re.I)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An instruction and its input, "" where it needs none."""

    instruction: str
    input: str = ""


def read_proposals(reply: str) -> list[Proposal]:
    """Return the instructions of a reply in order: JSON (fenced, in prose or cut short), labelled blocks, or a list.

    An object that was cut off is left out; those before it are kept. Empty instructions and repeats are left out.
    """
    for read in (_from_json, _from_blocks, _from_list):
        found = list(dict.fromkeys(read(reply)))
        if found:
            return [item for item in found if item.instruction]
    return []


def _from_json(reply: str) -> Iterator[Proposal]:
    fenced = "\n".join(_FENCE.findall(reply))
    for text in (fenced, reply):
        values = list(_values(text))
        if values:
            yield from (item for value in values for item in _proposals(value))
            return


def _values(text: str) -> Iterator[Any]:
    """Yield the JSON values in a text; of an array that is cut short, each complete element."""
    decoder = json.JSONDecoder(strict=False)
    place = 0
    while (start := _next_open(text, place)) >= 0:
        try:
            value, place = decoder.raw_decode(text, start)
        except ValueError:
            place = start + 1
            continue
        if isinstance(value, dict) or (isinstance(value, list) and value):
            yield value


def _next_open(text: str, place: int) -> int:
    spots = [spot for spot in (text.find("{", place), text.find("[", place)) if spot >= 0]
    return min(spots, default=-1)


def _proposals(value: Any) -> Iterator[Proposal]:
    if isinstance(value, str):
        yield Proposal(value.strip())
    elif isinstance(value, list):
        for item in value:
            yield from _proposals(item)
    elif isinstance(value, dict):
        lower = {str(key).lower(): item for key, item in value.items()}
        said = next((lower[key] for key in INSTRUCTION_KEYS if isinstance(lower.get(key), str)), None)
        if said is not None:
            material = next((lower[key] for key in INPUT_KEYS if lower.get(key)), "")
            yield Proposal(said.strip(), _input(material))
        else:
            for item in value.values():
                if isinstance(item, list):
                    yield from _proposals(item)


def _from_blocks(reply: str) -> Iterator[Proposal]:
    for said, material in _BLOCK.findall(reply):
        yield Proposal(_tidy(said), _input(_tidy(material)))


def _from_list(reply: str) -> Iterator[Proposal]:
    for said in _NUMBERED.findall(reply):
        yield Proposal(_tidy(said.split("\n\n", 1)[0]))


def _input(material: Any) -> str:
    text = material if isinstance(material, str) else json.dumps(material, ensure_ascii=False)
    return "" if _NO_INPUT.fullmatch(text.strip()) else text.strip()


def _tidy(text: str) -> str:
    """Take away bold marks, and quotation marks around the whole."""
    plain = text.replace("**", "").strip()
    for opening, closing in ('""', "“”"):
        if len(plain) > 1 and plain[0] == opening and plain[-1] == closing and closing not in plain[1:-1]:
            return plain[1:-1].strip()
    return plain
