"""Merge: time and memory as the number of rows grows, and what MinHash misses. Run: python -m tests.benchmarks.merge

The parts are eight folders with rows as the mock model writes them (its own instructions and answers, 5 % of them near
duplicates), made here at once: a run would judge each row first. Each merge is the whole command, with statistics and
the Alpaca export, in a process of its own; the peak is that of the largest process.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from iftgen.backends import mock_writer as words
from iftgen.backends.mock_writer import Dice
from iftgen.config import conf_dir
from iftgen.merge.likeness import ExactLikeness, Likeness
from iftgen.merge.sketches import SketchedLikeness
from iftgen.taxonomy import Task, load_taxonomy
from tests.benchmarks.instructions import instructions

PARTS = 8
SIZES = (100_000, 300_000, 1_000_000)
NEAR = 0.05
RECALL_ROWS = 50_000


def tasks() -> list[Task]:
    """Return the tasks of the general taxonomy."""
    return list(load_taxonomy(conf_dir() / "taxonomy" / "general.tasks.yml").tasks.values())


def texts(count: int, part: int) -> Iterator[tuple[Task, str, str, Dice]]:
    """Yield task, topic and instruction of so many rows."""
    known = tasks()
    for index in range(count):
        dice = Dice("merge", part, index)
        task = known[index % len(known)]
        topic = dice.pick(task.topics) if task.topics else ""
        again = dice.unit() < NEAR
        write = words.near_duplicate if again else words.instruction
        yield task, topic, write(dice, task.description, topic), dice


def row(index: int, part: int, task: Task, topic: str, instruction: str, dice: Dice) -> dict[str, Any]:
    """Return a row with all that the rows of a run have."""
    return {
        "id": f"{hash((part, index)) & 0xFFFFFFFFFFFFFFFF:016x}",
        "index": index,
        "instruction": instruction,
        "input": "",
        "output": words.answer(dice, instruction, 4),
        "system": "",
        "messages": [],
        "task": task.name,
        "attributes": {"complexity": "simple", "style": "plain", "persona": "farmer", "language": "English"},
        "method": "self_instruct",
        "parents": [],
        "scores": {"length_instruction": 21, "language_instruction": 0.977, "length": 69, "echo": 0.066667},
        "alternatives": [],
        "history": [],
        "tests": None,
        "models": {"instruction": "mock", "response": "mock"},
        "usage": {"calls": 2, "prompt_tokens": 382, "completion_tokens": 158, "reasoning_tokens": 0},
        "cost_usd": 0.0001,
        "extra": {"iftgen": {"topic": topic}},
    }


def make_part(folder: Path, part: int, count: int) -> None:
    """Write a folder as a finished shard leaves it."""
    folder.mkdir(parents=True)
    path = folder / "examples.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for index, (task, topic, text, dice) in enumerate(texts(count, part)):
            made = row(index, part, task, topic, text, dice)
            file.write(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n")
    for kind in ("rejected", "failed"):
        (folder / f"{kind}.jsonl").touch()
    plan = {"seed": 0, "shard.index": part, "shard.count": PARTS}
    counts = {"candidates": count, "accepted": count, "rejected": 0, "failed": 0}
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    manifest = {"status": "completed", "plan_hash": f"{part:064x}", "plan": plan, "counts": counts, "files": digests}
    (folder / "manifest.json").write_text(json.dumps({**manifest, "cost_usd": count * 1e-4}), encoding="utf-8")


def child(arguments: Sequence[str]) -> None:
    """Merge in this process and print what was measured as JSON."""
    from iftgen.cli.main import dispatch

    started = time.time()
    code = dispatch(["merge", *arguments])
    users = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    peaks = [used.ru_maxrss // 1024 for used in users]
    cpu = sum(used.ru_utime + used.ru_stime for used in users)
    print(json.dumps({"code": code, "wall": time.time() - started, "cpu": cpu, "peaks": peaks}))


def measured(root: Path, count: int, near: str) -> None:
    """Make the parts, merge them, and print a line of the table."""
    parts = [root / f"{count}" / str(part) for part in range(PARTS)]
    for number, part in enumerate(parts):
        if not part.exists():
            make_part(part, number, count // PARTS)
    out = root / f"{count}-{near}"
    command = [sys.executable, "-m", "tests.benchmarks.merge", "--child", *map(str, parts)]
    command += ["--out", str(out), "--near", near]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    found = json.loads(done.stdout.splitlines()[-1])
    manifest = json.loads((out / "manifest.json").read_text())
    lost = manifest["rejected_by"]
    print(
        f"{count:>10}{manifest['merge']['near']:>9}{lost.get('exact_duplicate', 0):>8}"
        f"{lost.get('near_duplicate', 0):>8}{found['wall']:>9.1f}{found['cpu']:>9.1f}"
        f"{found['wall'] / count * 1e6:>9.0f}{found['peaks'][0]:>9}{found['peaks'][1]:>9}",
        flush=True,
    )


def near_rows(likeness: Likeness, given: Sequence[str]) -> tuple[set[tuple[int, int]], set[int], float]:
    """Return the pairs, the rows that would be lost if every row were of a part of its own, and CPU seconds."""
    started = time.process_time()
    for number, text in enumerate(given):
        likeness.node(text, number)
    pairs = {(one, other) for one, other, _ in likeness.pairs()}
    near: dict[int, list[int]] = {}
    for one, other in pairs:
        near.setdefault(one, []).append(other)
    lost: set[int] = set()
    for one in sorted(near):
        if any(other not in lost for other in near[one]):
            lost.add(one)
    return pairs, lost, time.process_time() - started


def recall(name: str, given: Sequence[str], threshold: float) -> None:
    """Print what MinHash finds of what there is; equal token lists are dropped first, as both find them."""
    distinct = {" ".join("".join(c if c.isalnum() else " " for c in text.lower()).split()): text for text in given}
    chosen = list(distinct.values())
    pairs, lost, seconds = near_rows(ExactLikeness(threshold), chosen)
    found, sketched, fast = near_rows(SketchedLikeness(threshold), chosen)
    rows = len(lost & sketched) / max(1, len(lost))
    print(
        f"{name:<22}{threshold:>10}{len(pairs):>10}{len(found & pairs) / max(1, len(pairs)):>10.1%}{len(lost):>10}"
        f"{rows:>10.1%}{seconds:>10.1f}{fast:>10.1f}",
        flush=True,
    )


def main() -> None:
    """Print both tables."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--near", default="auto")
    parser.add_argument("--recall", action="store_true", help="only the table of what MinHash misses")
    given = parser.parse_args()
    if not given.recall:
        print(f"{PARTS} parts; exact, near: rows lost; peak of the merge and of the statistics (a process of its own)")
        print(f"{'rows':>10}{'near':>9}{'exact':>8}{'near':>8}{'wall s':>9}{'CPU s':>9}{'us a row':>9}{'peak MB':>18}")
        with tempfile.TemporaryDirectory() as folder:
            for size in given.sizes:
                measured(Path(folder), size, given.near)
    print(f"\nMinHash against exact, {RECALL_ROWS} rows")
    titles = ("threshold", "pairs", "found", "lost", "found", "exact s", "MinHash s")
    print(f"{'instructions':<22}" + "".join(f"{title:>10}" for title in titles))
    mock = [text for _, _, text, _ in texts(RECALL_ROWS, 0)]
    for threshold in (0.7, 0.8, 0.9):
        recall("as in datasets", instructions(RECALL_ROWS, seed=3), threshold)
    recall("of the mock model", mock, 0.7)


if __name__ == "__main__":
    main()
