"""Start-up: seconds of wall and CPU until the command has answered. Run: python -m tests.benchmarks.start_up"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMANDS = {
    "import iftgen": [sys.executable, "-c", "import iftgen"],
    "iftgen --help": [sys.executable, "-m", "iftgen", "--help"],
    "completion query": [sys.executable, "-m", "iftgen", "-sc", "query=bash"],
    "a refused override": [sys.executable, "-m", "iftgen", "backend=opnai"],
    "iftgen --cfg job": [sys.executable, "-m", "iftgen", "--cfg", "job"],
    "12 mock examples": [sys.executable, "-m", "iftgen", "experiment=mock_smoke", "ui=none"],
}
REPEATS = 5


def measure(command: list[str], folder: str) -> tuple[float, float]:
    """Return wall and CPU seconds of one call."""
    environment = {**os.environ, "COMP_LINE": "iftgen backend=", "COMP_POINT": "15", "PYTHONPATH": str(Path.cwd())}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the median of some calls of each command, after one to warm up."""
    print(f"{'command':<22}{'wall s':>8}{'CPU s':>8}")
    for name, command in COMMANDS.items():
        with tempfile.TemporaryDirectory() as folder:
            measure(command, folder)
            walls, cpus = zip(*(measure(command, folder) for _ in range(REPEATS)), strict=True)
        print(f"{name:<22}{sorted(walls)[REPEATS // 2]:>8.2f}{sorted(cpus)[REPEATS // 2]:>8.2f}")


if __name__ == "__main__":
    main()
