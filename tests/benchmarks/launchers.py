"""Launchers: eight jobs of a sweep one after the other, two at a time with joblib, and what starting a job costs.

Run: python -m tests.benchmarks.launchers [--ray]
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

JOBS, EXAMPLES, LATENCY = 8, 500, 0.2
BASE = ("backend=mock", f"backend.mock.latency={LATENCY}", "export=none", "ui=none")


def sweep(folder: Path, *arguments: str) -> tuple[float, list[float]]:
    """Return the wall seconds of a sweep, and for each job the seconds from its start to the first call's reply."""
    started = time.time()
    command = [sys.executable, "-m", "iftgen", "-m", *BASE, *arguments, f"hydra.sweep.dir={folder}"]
    subprocess.run(command, check=True, capture_output=True)
    seconds = time.time() - started
    return seconds, [first_call(job) - started for job in sorted(folder.glob("[0-9]*"), key=lambda job: int(job.name))]


def first_call(job: Path) -> float:
    """Return when the first call of a job was sent."""
    for line in (job / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        if event["event"] == "call":
            return float(event["time"]) - float(event["seconds"])
    return float("nan")


def main() -> None:
    """Print the table."""
    clusters = ["local", "joblib", *(["ray"] if "--ray" in sys.argv else [])]
    with tempfile.TemporaryDirectory() as temporary:
        place, wall = Path(temporary), {}
        print(f"{JOBS} jobs of {EXAMPLES} mock examples, {LATENCY * 1000:.0f} ms latency")
        for name in clusters:
            many = (f"num_examples={EXAMPLES}", f"seed=range({JOBS})", f"cluster={name}")
            two = ("hydra.launcher.n_jobs=2",) if name == "joblib" else ()
            wall[name], firsts = sweep(place / name, *many, *two)
            times = f"{wall['local'] / wall[name]:.2f} times as fast as local"
            print(f"  {name:<8}{wall[name]:7.1f} s  {times}, first call of the first job after {firsts[0]:.1f} s")


if __name__ == "__main__":
    main()
