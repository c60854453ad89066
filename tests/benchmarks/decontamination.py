"""decontamination: planted questions found, clean rows flagged, CPU, memory.

Run: python -m tests.benchmarks.decontamination FILE... with benchmarks as they were published.
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from iftgen.filters.decontamination import Decontamination
from iftgen.filters.decontamination.questions import read_questions
from iftgen.types import Candidate
from tests.benchmarks.instructions import instructions

CLEAN = 52_000
LARGE = 100_000_000  # bytes of a made-up benchmark
QUESTION = 5  # instructions that make one of its questions

EDITS: dict[str, Callable[[str], str]] = {
    "verbatim": lambda text: text,
    "capitals": str.upper,
    "no marks": lambda text: "".join(ch if ch.isalnum() else " " for ch in text),
    "sentence around": lambda text: f"I have wondered about this for quite some time. {text} Thank you very much.",
    "labelled": lambda text: f"Question: {text}\nAnswer:",
    "one word other": lambda text: _other(text),
}


def _other(text: str) -> str:
    words = text.split(" ")
    words[random.Random(text).randrange(len(words))] = "otherwise"
    return " ".join(words)


def recall(file: str) -> str:
    """Return a line of the table: how many questions are found after each edit."""
    texts = [question.texts[0] for question in read_questions(Path(file))[0]]
    check = Decontamination(files=[file])
    found = [sum(not check.check(row(edit(text))).keep for text in texts) for edit in EDITS.values()]
    return f"{Path(file).name[:28]:<30}{len(texts):>6}" + "".join(f"{count:>17}" for count in found)


def row(text: str) -> Candidate:
    """Return a candidate with this instruction."""
    return Candidate(0, instruction=text)


def large(folder: Path) -> str:
    """Write a benchmark of 100 MB."""
    texts, rng, path = instructions(CLEAN, seed=9), random.Random(0), folder / "large.jsonl"
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < LARGE:
            file.writelines(f"{json.dumps({'prompt': ' '.join(rng.sample(texts, QUESTION))})}\n" for _ in range(1000))
    return str(path)


def speed(files: list[str], rows: list[Candidate]) -> str:
    """Return what building the index and checking the rows takes."""
    started = time.process_time()
    check = Decontamination(files=files)
    check.warm()
    built = time.process_time()
    flagged = sum(not check.check(one).keep for one in rows)
    spent = (time.process_time() - built) / len(rows) * 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return f"{built - started:>10.1f}{spent:>12.0f}{flagged:>10}{peak:>10.0f}"


def main(files: list[str]) -> None:
    """Print the tables."""
    print(f"{'questions found':<36}" + "".join(f"{name:>17}" for name in EDITS))
    for file in files:
        print(recall(file))
    rows = [row(text) for text in instructions(CLEAN, seed=2)]
    print(f"\n{f'{CLEAN} clean rows':<30}{'built, s':>10}{'us a row':>12}{'flagged':>10}{'peak MB':>10}")
    print(f"{'these files':<30}{speed(files, rows)}")
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'100 MB of questions':<30}{speed([large(Path(folder))], rows)}")


if __name__ == "__main__":
    main(sys.argv[1:])
