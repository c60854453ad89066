"""Engine: the cost of a mock candidate, and of a run whose replies are all in the call store.

Run: python -m tests.benchmarks.engine
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from iftgen.store.folder import KINDS, RunFolder

SIZES = (500, 1000, 2000)
REPLAYED = 10_000


def run(examples: int, folder: Path, *overrides: str) -> tuple[float, int]:
    """Return CPU seconds and candidates of a mock run, the process's start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    arguments = ["backend=mock", f"num_examples={examples}", "ui=none", f"hydra.run.dir={folder}", *overrides]
    subprocess.run([sys.executable, "-m", "iftgen", *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    manifest = RunFolder(folder).read_manifest() or {}
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, manifest["counts"]["candidates"]


def replay(examples: int, place: Path) -> tuple[float, float, int]:
    """Return wall and CPU seconds of making a dataset again from its call store, and the calls that were made."""
    run(examples, place / "first", "export=none")
    again = place / "again"
    again.mkdir()
    shutil.copy(place / "first" / "calls.sqlite", again)
    started = time.monotonic()
    seconds, _ = run(examples, again, "export=none")
    wall = time.monotonic() - started
    events = (again / "events.jsonl").read_text().splitlines()
    for kind in KINDS:
        assert (again / f"{kind}.jsonl").read_bytes() == (place / "first" / f"{kind}.jsonl").read_bytes()
    return wall, seconds, sum('"event":"call"' in line for line in events)


def main() -> None:
    """Print the table and the replay."""
    print(f"{'mock examples':<16}{'candidates':>11}{'CPU s':>8}{'ms a candidate':>16}")
    with tempfile.TemporaryDirectory() as folder:
        start, _ = run(1, Path(folder) / "start")
        for size in SIZES:
            seconds, candidates = run(size, Path(folder) / str(size))
            print(f"{size:<16}{candidates:>11}{seconds:>8.2f}{(seconds - start) / candidates * 1000:>16.2f}")
        wall, seconds, calls = replay(REPLAYED, Path(folder))
    print(f"\nreplay of {REPLAYED:,} examples: {wall:.1f} s, {seconds:.1f} s of CPU, {calls} calls made")


if __name__ == "__main__":
    main()
