"""Short ways to make candidates and pairs."""

from typing import Any

from iftgen.types import Candidate, Pair


def row(instruction: str = "Name the capital of France.", output: str = "Paris.", **more: Any) -> Candidate:
    """Return a candidate with an instruction and a response."""
    return Candidate(index=0, instruction=instruction, output=output, **more)


def pair(instruction: str, input: str = "", id: str = "p", **more: Any) -> Pair:
    """Return an accepted example."""
    return Pair(**{"id": id, "instruction": instruction, "output": "x", "input": input, "origin": "example", **more})
