"""Faults: a file run against a server of which every fifth answer fails, beside the same run without faults.

Run: python -m tests.benchmarks.faults [--rows 500] [--concurrency 64] [--client direct]
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks import server
from tests.benchmarks.throughput import Load, iftgen, instructions

ODDS = {"p429": 0.10, "p500": 0.05, "phang": 0.01, "pmalformed": 0.02, "pempty": 0.01}
TIMEOUT = 5
FILES = ("examples", "rejected", "failed")


@dataclass(frozen=True)
class Outcome:
    """A run: seconds, indices by row file, and what the server saw."""

    wall: float
    indices: dict[str, list[int]]
    seen: dict[str, Any]

    def faults(self, rows: int) -> list[str]:
        """Return what is wrong with the run, in words."""
        times = Counter(index for some in self.indices.values() for index in some)
        wrong = [f"row {index} is there {count} times" for index, count in times.items() if count > 1]
        wrong += [f"row {index} is missing" for index in range(rows) if index not in times]
        if self.seen["repeated"]:
            wrong.append(f"{self.seen['repeated']} answered calls were made again")
        return wrong


def run(load: Load, client: str) -> Outcome:
    """Run the command to its end and read its row files."""
    server.stats(load.address)
    with tempfile.TemporaryDirectory() as folder:
        make = partial(iftgen, load, client)
        started = time.monotonic()
        subprocess.run([*make(folder), f"backend.timeout={TIMEOUT}"], check=True, capture_output=True)
        wall = time.monotonic() - started
        indices = {name: read(Path(folder) / "run" / f"{name}.jsonl") for name in FILES}
    return Outcome(wall, indices, server.stats(load.address))


def read(file: Path) -> list[int]:
    """Return the indices of a row file; none where there is no file."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(line)["index"] for line in lines]


def show(name: str, outcome: Outcome) -> None:
    """Print a row of the table."""
    counts = "".join(f"{len(outcome.indices[file]):>10}" for file in FILES)
    seen = outcome.seen
    print(f"{name:<16}{outcome.wall:>8.2f}{counts}{seen['requests']:>10}{seen['repeated']:>10}  {seen['faults'] or ''}")


def main() -> None:
    """Measure both runs and print the table; exits with 1 where a row or a call is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--client", choices=("direct", "litellm"), default="direct")
    given = parser.parse_args()
    print(
        f"{'':<16}{'wall s':>8}{'examples':>10}{'rejected':>10}{'failed':>10}{'requests':>10}{'repeated':>10}  faults"
    )
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "instructions.jsonl"
        data.write_text("\n".join(instructions(given.rows)), encoding="utf-8")
        for name, odds in {"no faults": {}, "faults": ODDS}.items():
            with server.running(0.2, **odds) as address:
                outcome = run(Load(address, data, given.rows, given.concurrency), given.client)
            show(name, outcome)
            wrong += outcome.faults(given.rows)
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
