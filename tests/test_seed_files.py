"""The built-in seeds: they belong to a task, differ from each other, and their Python compiles."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from iftgen.taxonomy import load_taxonomy

CONF = Path(__file__).resolve().parents[1] / "conf"
FILES = sorted((CONF / "seeds").glob("*.jsonl"))
MINIMUM = {"general": 110, "coding": 35, "math": 35, "customer_support": 30}
COVERED = tuple(MINIMUM)
KEYS = {"task", "topic", "instruction", "input", "output", "system"}
TOO_ALIKE = 0.7  # ROUGE-L F1, the bound of Self-Instruct (Wang et al. 2023)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MANNERISMS = ("Certainly!", "As an AI", "as an AI", "I hope this helps", "language model")


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a seed file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def by_name(path: Path) -> str:
    """Name a test after its file."""
    return path.stem


def leaves(path: Path) -> set[str]:
    """Return the tasks of the taxonomy that belongs to a seed file."""
    return set(load_taxonomy(CONF / "taxonomy" / f"{path.stem}.tasks.yml").tasks)


def test_there_are_enough_seeds() -> None:
    counts = {path.stem: len(rows(path)) for path in FILES}
    assert sum(counts.values()) >= 80
    assert {name: counts.get(name, 0) for name in MINIMUM if counts.get(name, 0) < MINIMUM[name]} == {}


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_every_row_has_text_under_known_keys(path: Path) -> None:
    for number, row in enumerate(rows(path), start=1):
        assert set(row) <= KEYS, f"line {number}"
        assert all(isinstance(value, str) for value in row.values()), f"line {number}"
        assert row["instruction"].strip() and row["output"].strip(), f"line {number}"


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_every_row_names_a_task_of_its_taxonomy(path: Path) -> None:
    assert {row["task"] for row in rows(path)} - leaves(path) == set()


@pytest.mark.parametrize("name", COVERED)
def test_every_task_has_a_seed(name: str) -> None:
    path = CONF / "seeds" / f"{name}.jsonl"
    assert leaves(path) - {row["task"] for row in rows(path)} == set()


@pytest.mark.parametrize("path", [CONF / "seeds" / f"{name}.jsonl" for name in COVERED], ids=by_name)
def test_no_two_instructions_are_near_duplicates(path: Path) -> None:
    texts = [re.sub(r"[^a-z0-9]+", " ", row["instruction"].lower()).split() for row in rows(path)]
    alike = [(" ".join(a), " ".join(b)) for a, b in combinations(texts, 2) if rouge_l(a, b) > TOO_ALIKE]
    assert alike == []


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_no_output_repeats_its_input_or_sounds_like_a_machine(path: Path) -> None:
    for row in rows(path):
        assert row["output"] != row.get("input")
        assert [phrase for phrase in MANNERISMS if phrase in row["output"]] == []


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_python_blocks_compile(path: Path) -> None:
    for number, row in enumerate(rows(path), start=1):
        assert row["output"].count("```") % 2 == 0, f"line {number}: an open code block"
        for block in PYTHON.findall(row["output"]):
            compile(block, f"{path.name}:{number}", "exec")


def rouge_l(first: list[str], second: list[str]) -> float:
    """Return ROUGE-L F1 of two token lists: 2L / (m + n), L being the length of the longest common subsequence."""
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(first, second)
