"""Kills: a run that is ended by SIGKILL at a random moment goes on to the bytes of an undisturbed one.

Run: python -m tests.benchmarks.kills [trials]. Half of the trials generate with the mock backend, the others have the
rows of a file answered by a server on the loopback, which counts the answers that it had to give twice.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from iftgen.store.folder import KINDS, RunFolder
from tests.benchmarks.server import running, stats

CONCURRENCY = 16
QUIET = ["ui=none", "export=none", f"backend.concurrency={CONCURRENCY}"]
GENERATE = ["backend=mock", "num_examples=200", "window=40", "backend.mock.latency=0.05", "backend.mock.jitter=0.8"]
ANSWER = ["method=file", "backend=openai_compatible", "backend.model=m"]


def command(folder: Path, arguments: list[str]) -> list[str]:
    """Return the command of a run in a folder."""
    return [sys.executable, "-m", "iftgen", *arguments, *QUIET, f"hydra.run.dir={folder}"]


def rows(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the row files."""
    files = {kind: folder / f"{kind}.jsonl" for kind in KINDS}
    return {kind: file.read_bytes() for kind, file in files.items() if file.exists()}


def undisturbed(folder: Path, arguments: list[str]) -> tuple[dict[str, bytes], float]:
    """Return the rows of a run that nobody kills, and its seconds."""
    started = time.monotonic()
    subprocess.run(command(folder, arguments), check=True, capture_output=True)
    return rows(folder), time.monotonic() - started


def disturbed(folder: Path, arguments: list[str], seconds: float) -> tuple[int, dict[str, bytes]]:
    """Kill a run after so many seconds and go on with it; returns the candidates at the kill, the rows at the end."""
    process = subprocess.Popen(command(folder, arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.kill()
    process.wait()
    done = whole_count(rows(folder)) if RunFolder(folder).manifest.exists() else 0
    again = command(folder, arguments)
    if RunFolder(folder).manifest.exists():
        again = [sys.executable, "-m", "iftgen", "resume", str(folder), "ui=none"]
    subprocess.run(again, check=True, capture_output=True)
    return done, rows(folder)


def main() -> None:
    """Print a line for each kind of run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", nargs="?", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    print(f"{'run':<10}{'trials':>7}{'equal':>7}{'killed at work':>16}{'calls repeated: most':>22}{'of in flight':>14}")
    with tempfile.TemporaryDirectory() as place, running(latency=0.1) as address:
        file = Path(place) / "rows.jsonl"
        asked = [json.dumps({"instruction": f"Tell me why number {n} is of note."}) for n in range(300)]
        file.write_text("\n".join(asked))
        for name, arguments in (
            ("generate", GENERATE),
            ("answer", [*ANSWER, f"backend.api_base={address}", f"method.path={file}"]),
        ):
            whole, length = undisturbed(Path(place) / name, arguments)
            stats(address)
            equal = at_work = repeated = 0
            trials = given.trials // 2
            for trial in range(trials):
                folder = Path(place) / f"{name}{trial}"
                done, found = disturbed(folder, arguments, rng.uniform(0.4 * length, length))
                equal += found == whole
                at_work += 0 < done < whole_count(whole)
                repeated = max(repeated, stats(address)["repeated"])
            twice = repeated if name == "answer" else "-"
            print(f"{name:<10}{trials:>7}{equal:>7}{at_work:>16}{twice:>22}{CONCURRENCY:>14}")


def whole_count(found: dict[str, bytes]) -> int:
    """Return the number of rows."""
    return sum(len(content.splitlines()) for content in found.values())


if __name__ == "__main__":
    main()
