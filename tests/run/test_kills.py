"""SIGKILL at any moment loses nothing: the run goes on to the bytes of an undisturbed one, and buys nothing twice."""

import json
import subprocess
import sys
import time
from pathlib import Path

from iftgen.store.folder import KINDS

KILLS = 5
CONCURRENCY = 8
RUN = (
    "backend=mock", "num_examples=90", "window=20", "backend.mock.latency=0.06", "backend.mock.jitter=0.8",
    f"backend.concurrency={CONCURRENCY}", "filters=[length,refusal,near_duplicate]", "ui=none", "export=none",
)  # fmt: skip


def iftgen(*arguments: str) -> "subprocess.Popen[bytes]":
    """Start the command."""
    return subprocess.Popen([sys.executable, "-m", "iftgen", *arguments], stdout=subprocess.DEVNULL)


def content(folder: Path) -> dict[str, bytes]:
    """The bytes of the row files."""
    return {kind: (folder / f"{kind}.jsonl").read_bytes() for kind in KINDS}


def written(folder: Path) -> int:
    """The number of rows so far."""
    files = [folder / f"{kind}.jsonl" for kind in KINDS]
    return sum(file.read_bytes().count(b"\n") for file in files if file.exists())


def kill_after(rows: int, folder: Path, *arguments: str) -> None:
    """Start a run and kill it as soon as so many more rows are written."""
    process = iftgen(*arguments)
    until, before = time.monotonic() + 60, written(folder)
    while written(folder) < before + rows and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -9, "the run ended before it was killed"


def calls(folder: Path) -> tuple[int, int]:
    """Return the calls that were sent, as far as anybody saw them end, and the calls that were paid for."""
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines() if line.endswith("}")]
    paid: int = json.loads((folder / "manifest.json").read_text())["paid"]["calls"]
    return sum(event["event"] == "call" for event in events), paid


def test_a_run_that_is_killed_again_and_again_ends_with_the_bytes_of_an_undisturbed_one(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert iftgen(*RUN, f"hydra.run.dir={whole}").wait() == 0
    kill_after(5, killed, *RUN, f"hydra.run.dir={killed}")
    for number in range(1, KILLS):
        kill_after(7 + number, killed, "resume", str(killed))
    assert iftgen("resume", str(killed)).wait() == 0
    assert content(killed) == content(whole)
    bought, paid = calls(killed)
    assert bought <= paid == calls(whole)[1]
