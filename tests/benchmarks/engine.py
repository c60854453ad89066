"""Engine: the cost of a mock candidate and of a near-duplicate check. Run: python -m tests.benchmarks.engine"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from iftgen.filters.near_duplicate import NearDuplicate
from iftgen.store.folder import RunFolder
from iftgen.types import Candidate, Pair

SIZES = (500, 1000, 2000)
TEXTS = (5000, 10000, 20000)


def run(examples: int, folder: Path, *overrides: str) -> tuple[float, int]:
    """Return CPU seconds and candidates of a mock run, the process's start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    arguments = ["backend=mock", f"num_examples={examples}", "ui=none", f"hydra.run.dir={folder}", *overrides]
    subprocess.run([sys.executable, "-m", "iftgen", *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    manifest = RunFolder(folder).read_manifest() or {}
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, manifest["counts"]["candidates"]


def near_duplicate(count: int) -> tuple[float, int]:
    """Return CPU seconds of checking and remembering random instructions of 6 to 24 words, and how many were near."""
    rng = random.Random(1)
    words = [f"{a}{b}" for a in ("stone", "river", "light", "paper", "green", "north") for b in range(400)]
    weights = [1 / (rank + 1) for rank in range(len(words))]  # as words of a language are spread (Zipf)
    texts = [" ".join(rng.choices(words, weights, k=rng.randint(6, 24))) for _ in range(count)]
    check, near, started = NearDuplicate(), 0, time.process_time()
    for position, text in enumerate(texts, 1):
        if check.check(Candidate(position, instruction=text)).keep:
            check.remember(Pair(str(position), text, ""), position)
        else:
            near += 1
    return time.process_time() - started, near


def main() -> None:
    """Print both tables."""
    print(f"{'mock examples':<16}{'candidates':>11}{'CPU s':>8}{'ms a candidate':>16}")
    with tempfile.TemporaryDirectory() as folder:
        start, _ = run(1, Path(folder) / "start")
        for size in SIZES:
            seconds, candidates = run(size, Path(folder) / str(size))
            print(f"{size:<16}{candidates:>11}{seconds:>8.2f}{(seconds - start) / candidates * 1000:>16.2f}")
    print(f"\n{'near_duplicate':<16}{'near':>11}{'CPU s':>8}{'us a text':>16}")
    for count in TEXTS:
        seconds, near = near_duplicate(count)
        print(f"{count:<16}{near:>11}{seconds:>8.2f}{seconds / count * 1e6:>16.0f}")


if __name__ == "__main__":
    main()
