"""Rows of `examples.jsonl`, and the shapes that the formats give them.

A row with `messages` is a conversation of several turns, and these rule; else instruction, input and output do.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from iftgen.errors import DataError
from iftgen.types import Message

Shape = Callable[[Mapping[str, Any]], dict[str, Any]]

METADATA = ("id", "index", "task", "method", "attributes", "scores", "extra")
SPEAKERS = {"user": "human", "assistant": "gpt"}
LABELS = {"user": "User", "assistant": "Assistant"}


def read_examples(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a row file; a last line that was torn by a crash is left out.

    Raises DataError for any other line that is not a JSON object.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
            except ValueError:
                if not line.endswith(b"\n"):
                    return
                row = None
            if not isinstance(row, dict):
                raise DataError(f"{path}, line {number}: no JSON object; the file was damaged, see `iftgen verify`.")
            yield row


def conversation(row: Mapping[str, Any]) -> list[Message]:
    """Return all turns, the system prompt first where there is one."""
    turns = row.get("messages") or [
        {"role": "user", "content": question(row)},
        {"role": "assistant", "content": row.get("output") or ""},
    ]
    if row.get("system") and turns[0]["role"] != "system":
        turns = [{"role": "system", "content": row["system"]}, *turns]
    return [{"role": turn["role"], "content": turn["content"]} for turn in turns]


def question(row: Mapping[str, Any]) -> str:
    """Return the instruction, with the input after a blank line."""
    return f"{row['instruction']}\n\n{row['input']}" if row.get("input") else str(row["instruction"])


def messages(row: Mapping[str, Any]) -> dict[str, Any]:
    """The chat format of OpenAI and TRL."""
    return {"messages": conversation(row)}


def sharegpt(row: Mapping[str, Any]) -> dict[str, Any]:
    """The ShareGPT format: speakers are `system`, `human` and `gpt`."""
    turns = [{"from": SPEAKERS.get(m["role"], m["role"]), "value": m["content"]} for m in conversation(row)]
    return {"conversations": turns}


def prompt_completion(row: Mapping[str, Any]) -> dict[str, Any]:
    """Plain text to be continued; the turns before the last reply are labelled where there are several."""
    *before, last = conversation(row)
    named = sum(turn["role"] != "system" for turn in before) > 1
    texts = [
        f"{LABELS[turn['role']]}: {turn['content']}" if named and turn["role"] in LABELS else turn["content"]
        for turn in before
    ]
    return {"prompt": "\n\n".join(texts), "completion": last["content"]}


def alpaca(row: Mapping[str, Any], system: bool = False, history: bool = False) -> dict[str, Any]:
    """The Alpaca format; `system` and `history` add the columns that LLaMA-Factory reads.

    Of a conversation (user and assistant in turn) the last question is the instruction, the turns before its history.
    """
    turns = conversation(row)
    told = [turn["content"] for turn in turns if turn["role"] != "system"]
    several = len(told) > 2
    shape: dict[str, Any] = {
        "instruction": told[-2] if several else row["instruction"],
        "input": "" if several else row.get("input") or "",
        "output": told[-1],
    }
    if system:
        shape["system"] = turns[0]["content"] if turns[0]["role"] == "system" else ""
    if history:
        shape["history"] = [list(pair) for pair in zip(told[:-2:2], told[1:-2:2], strict=False)]
    return shape


def alpaca_shape(path: Path) -> Shape:
    """Return the Alpaca shape with the same columns in every row: readers take the first row's for all."""
    system = history = False
    for row in read_examples(path):
        roles = [turn["role"] for turn in conversation(row)]
        system = system or "system" in roles
        history = history or len(roles) - roles.count("system") > 2
    return lambda row: alpaca(row, system, history)


def with_metadata(shape: Shape) -> Shape:
    """Return the shape with the columns of METADATA after its own."""
    return lambda row: {**shape(row), **{name: row.get(name) for name in METADATA}}
