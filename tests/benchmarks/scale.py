"""Scale: what one more candidate costs in a long run, and the memory.

Run: python -m tests.benchmarks.scale [candidates]. One run with the mock backend and the default filters, in a process
of its own; statistics and export are included in the peak of memory, not in the cost of a candidate.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

STEP = 10_000


class Meter:
    """A display that notes the CPU time of the process at every so many candidates."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.marks: list[tuple[int, float, int]] = [(0, time.process_time(), memory())]

    def on_event(self, event: dict[str, Any]) -> None:
        """Take a mark where the next step is reached."""
        if event["event"] != "progress":
            return
        count = event["accepted"] + event["rejected"] + event["failed"]
        if count >= self.marks[-1][0] + STEP or event["in_flight"] == 0:
            self.marks.append((count, time.process_time(), memory()))


def memory() -> int:
    """Return the peak resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def child(candidates: int, folder: str) -> None:
    """Make the run in this process and print what was measured as JSON."""
    from iftgen.cli import progress
    from iftgen.cli.main import dispatch

    meter = Meter()
    progress.make_display = lambda ui, target, folder: meter
    examples = int(candidates * 0.8)
    code = dispatch(["backend=mock", f"num_examples={examples}", "ui=none", f"hydra.run.dir={folder}"])
    print(json.dumps({"code": code, "marks": meter.marks, "peak": memory()}))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("candidates", nargs="?", type=int, default=100_000)
    parser.add_argument("--child", metavar="FOLDER")
    given = parser.parse_args()
    if given.child:
        child(given.candidates, given.child)
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.scale", str(given.candidates), "--child", f"{folder}/run"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) // 1_000_000
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"{'candidates':>10}{'CPU s':>9}{'ms a candidate':>16}{'peak MB':>9}")
    costs = []
    for (before, began, _), (count, ended, peak) in zip(found["marks"], found["marks"][1:], strict=False):
        if count - before < STEP // 2:
            continue
        costs.append((ended - began) / (count - before) * 1000)
        print(f"{count:>10}{ended - found['marks'][0][1]:>9.1f}{costs[-1]:>16.2f}{peak:>9}")
    print(f"last / first: {costs[-1] / costs[0]:.2f}")
    print(f"peak with statistics and export: {found['peak']} MB; run folder: {size} MB")


if __name__ == "__main__":
    main()
