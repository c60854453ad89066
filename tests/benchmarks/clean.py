"""Cleaning a dataset: time, memory, and each filter's share.

Run: python -m tests.benchmarks.clean [rows] [--filters LIST] [--data FILE]. The rows are random instructions with
plain answers of some 60 words, a few of them bad in one of several ways; or those of a file of yours.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.instructions import COMMON, instructions

ROWS = 52_000
SENTENCES = (
    "The {0} of the {1} depends on how much {2} there is, and on the {3} that people have.",
    "Most of the {0} can be seen in a {1}, where the {2} is close to the {3}.",
    "First, look at the {0} and write down what it tells you about the {1}.",
    "This makes the {0} easier to keep, since {1} and {2} no longer get in the way of each other.",
    "A good {0} needs time, so plan the {1} before you buy any {2} for it.",
    "In the end the {0} matters more than the {1}, although both of them cost some {2}.",
    "People who know the {0} well often say that a {1} without {2} is hardly worth the {3}.",
    "For example, a {0} in the {1} may take twice as long as one beside the {2}.",
)
BAD = (
    "I'm sorry, but I can't help with that request.",
    "N/A",
    "",
    "asdf qwer zxcv hjkl uiop bnmq werty plok",
    "The best way to learn the",
    "As an AI language model, I do not have personal opinions about this.",
)
SAMPLE = 0.1  # seconds between two looks at the memory


def pairs(count: int, seed: int = 3) -> Iterator[dict[str, str]]:
    """Yield instructions with answers of three to five sentences; one row in twenty is bad."""
    rng = random.Random(seed)
    words = COMMON.split()
    for text in instructions(count, seed):
        sentences = [rng.choice(SENTENCES).format(*rng.sample(words, 4)) for _ in range(rng.randint(3, 5))]
        answer = " ".join(sentences) if rng.random() < 0.8 else "\n".join(f"- {one}" for one in sentences)
        yield {"instruction": text, "input": "", "output": rng.choice(BAD) if rng.random() < 0.05 else answer}


def write(path: Path, count: int) -> Path:
    """Write the rows as JSONL."""
    with path.open("w") as file:
        for row in pairs(count):
            file.write(json.dumps(row) + "\n")
    return path


def memory(pid: int) -> int:
    """Return the resident memory of a process and its children, in MB; what they share is counted for each."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 // 2**20
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    return own + sum(memory(int(child)) for child in children)


def run(command: list[str]) -> tuple[float, int]:
    """Return the wall time of a command in seconds, and the peak memory of its processes together, in MB."""
    start, peak = time.perf_counter(), 0
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, memory(process.pid))
            time.sleep(SAMPLE)
        if process.returncode:
            raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
    return time.perf_counter() - start, peak


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("--filters", default="clean_file")
    parser.add_argument("--data", type=Path, help="a dataset instead of random rows")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = given.data or write(folder / "pairs.jsonl", given.rows)
        command = [sys.executable, "-m", "iftgen", "method=file", f"method.path={data}", f"filters={given.filters}"]
        seconds, peak = run([*command, "ui=none", "export=none", f"hydra.run.dir={folder / 'run'}"])
        manifest = json.loads((folder / "run" / "manifest.json").read_text())
    counts, spent = manifest["counts"], manifest["filters"]
    print(f"{counts['candidates']:,} rows, {counts['accepted']:,} accepted: {seconds:.1f} s, {peak} MB")
    whole = sum(one["seconds"] for one in spent.values()) or 1.0
    print(f"{'filter':<20}{'checks':>9}{'seconds':>9}{'us/check':>10}{'share':>7}{'rejected':>10}")
    for key, one in sorted(spent.items(), key=lambda item: -item[1]["seconds"]):
        each = one["seconds"] / max(one["checks"], 1) * 1e6
        share, rejected = one["seconds"] / whole, manifest["rejected_by"].get(key, 0)
        print(f"{key:<20}{one['checks']:>9,}{one['seconds']:>9.2f}{each:>10.1f}{share:>7.1%}{rejected:>10,}")


if __name__ == "__main__":
    main()
