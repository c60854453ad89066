"""Signals: a run ends in order, keeps what it has, and goes on; a sweep ends with it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run.test_kills import content, iftgen, written

RUN = (
    "backend=mock", "num_examples=60", "window=10", "backend.mock.latency=0.1", "backend.concurrency=4",
    "filters=[length,refusal]", "ui=none", "export=none",
)  # fmt: skip


@pytest.fixture(autouse=True)
def terminal() -> Iterator[None]:
    """Let a closed terminal mean something to the children, also where the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def wait_for(rows: int, folder: Path) -> None:
    """Wait until so many rows are written."""
    until = time.monotonic() + 60
    while written(folder) < rows and time.monotonic() < until:
        time.sleep(0.02)


@pytest.mark.parametrize(("name", "times"), [("SIGINT", 1), ("SIGTERM", 1), ("SIGHUP", 1), ("SIGINT", 2)])
def test_a_signal_stops_a_run_that_goes_on_to_the_same_bytes(name: str, times: int, tmp_path: Path) -> None:
    folder, whole = tmp_path / "run", tmp_path / "whole"
    process = iftgen(*RUN, f"hydra.run.dir={folder}")
    wait_for(5, folder)
    for _ in range(times):
        process.send_signal(getattr(signal, name))
        time.sleep(0.05)
    assert process.wait() == 3
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "stopped"
    assert manifest["message"].endswith(f"`iftgen resume {folder}` goes on")
    assert manifest["cut_off"] == 0 if times == 1 else manifest["cut_off"] > 0
    assert iftgen("resume", str(folder)).wait() == 0
    assert iftgen(*RUN, f"hydra.run.dir={whole}").wait() == 0
    assert content(folder) == content(whole)


def test_a_signal_ends_a_whole_sweep(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "iftgen", "-m", *RUN, "seed=1,2,3", f"hydra.sweep.dir={tmp_path}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_for(5, tmp_path / "0")
    process.send_signal(signal.SIGINT)
    assert process.wait() == 3
    assert [number for number in range(3) if (tmp_path / str(number) / "manifest.json").exists()] == [0]
