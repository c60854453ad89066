"""Compare: fifty jobs of 500 examples, and one large run. Run: python -m tests.benchmarks.compare

The mock model makes ten jobs; each stands there five times, as a copy under another name.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.instructions import instructions

SEEDS, COPIES, EXAMPLES = 10, 5, 500
TIMES = 5
LARGE = (10_000, 100_000)


def made(folder: Path) -> Path:
    """Make a sweep of ten jobs and copies of them."""
    sweep = ["-m", "backend=mock", f"num_examples={EXAMPLES}", f"seed=range(0,{SEEDS})", f"hydra.sweep.dir={folder}"]
    command = [sys.executable, "-m", "iftgen", *sweep, "ui=none", "export=none"]
    subprocess.run(command, check=True, capture_output=True)
    for number in range(SEEDS, SEEDS * COPIES):
        shutil.copytree(folder / str(number % SEEDS), folder / str(number))
    return folder


def large(folder: Path, count: int) -> Path:
    """Write a run of so many made-up instructions, with a rejected row for every fourth."""
    folder.mkdir()
    usage = {"prompt_tokens": 200, "completion_tokens": 100}
    with (folder / "examples.jsonl").open("w") as file:
        for index, text in enumerate(instructions(count)):
            row = {"index": index, "instruction": text, "output": text, "scores": {}, "usage": usage, "cost_usd": 0.001}
            file.write(json.dumps(row) + "\n")
    row = {"index": count, "verdict": {"filter": "length"}, "usage": usage, "cost_usd": 0.001}
    (folder / "rejected.jsonl").write_text((json.dumps(row) + "\n") * (count // 4))
    (folder / "manifest.json").write_text(json.dumps({"status": "completed", "num_examples": count, "plan": {}}))
    return folder


def command(*arguments: str) -> tuple[float, float, float]:
    """Return wall seconds and CPU seconds of the whole command, and its peak memory in MB."""
    begun = time.perf_counter()
    words = [sys.executable, "-m", "iftgen", "compare", *arguments]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        sweep = made(place / "sweep")
        print(f"{'':<40}{'wall s':>8}{'CPU s':>8}{'MB':>8}")
        page = ("--html", str(place / "page.html"))
        for label, *more in (("the table",), ("--json", "--json"), ("--html", *page)):
            best = min(command(str(sweep), *more) for _ in range(TIMES))
            show(f"{SEEDS * COPIES} jobs of {EXAMPLES} examples, {label}", *best)
        for count in LARGE:
            show(f"one run of {count:,} accepted rows", *command(str(large(place / str(count), count))))


def show(label: str, wall: float, cpu: float, memory: float) -> None:
    """Print a line of the table."""
    print(f"{label:<40}{wall:>8.2f}{cpu:>8.2f}{memory:>8.0f}")


if __name__ == "__main__":
    main()
