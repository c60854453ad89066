"""Throughput: 1,000 given instructions answered by a server that takes 200 ms, beside plain loops around the clients.

Run: python -m tests.benchmarks.throughput [--repeat 3] [--rows 1000] [--concurrency 256] [--latency 0.2]
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks import server
from tests.benchmarks.loops import WAYS

CLIENTS = ("direct", "litellm")
ASKED = ("Explain why", "Describe how", "Summarise when", "Tell a child that", "Argue in public that", "Show where")
DEEDS = "repair paint measure carry compare borrow protect clean move study count sell"
KINDS = "wooden green broken heavy ancient cheap narrow silent frozen open round wet"
THINGS = "bridges clocks letters boats ladders maps violins roofs lamps wells carts doors"
TIMES = ("before dawn", "in heavy rain", "during the harvest", "after a long strike", "while snow falls", "at low tide")
SYLLABLES = "bar del kin mor ven tas rol lun per gos hal rim"


@dataclass(frozen=True)
class Load:
    """What each way must do."""

    address: str
    data: Path
    rows: int
    concurrency: int


@dataclass(frozen=True)
class Measure:
    """One run, in seconds and MB; `first` is from its start to its first request, `span` from there to its last."""

    wall: float
    cpu: float
    peak: float
    first: float
    span: float
    rate: float


def instructions(count: int) -> Iterable[str]:
    """Yield JSON lines of instructions that differ enough for the default filters."""
    rng = random.Random(1)
    for _ in range(count):
        one, two, three = (" ".join(rng.choice(words.split()) for words in (DEEDS, KINDS, THINGS)) for _ in range(3))
        here, there, yonder = ("".join(rng.choices(SYLLABLES.split(), k=3)).title() for _ in range(3))
        first = f"{rng.choice(ASKED)} people {one} in {here} {rng.choice(TIMES)}"
        said = f"{first}, {two} near {there} and {three} for {yonder}."
        yield json.dumps({"instruction": said})


def iftgen(load: Load, client: str, folder: str) -> list[str]:
    """Return the whole command with one of iftgen's clients."""
    backend = {"client": client, "api_base": f"{load.address}/v1", "model": "m", "concurrency": load.concurrency}
    overrides = [f"backend.{key}={value}" for key, value in backend.items()]
    shape = ["method=file", f"method.path={load.data}", "backend=openai_compatible", "ui=none"]
    return [sys.executable, "-m", "iftgen", *shape, *overrides, f"hydra.run.dir={folder}/run"]


def loop(load: Load, way: str, folder: str) -> list[str]:
    """Return the command of a plain loop."""
    arguments = [way, load.address, str(load.data), str(load.concurrency), f"{folder}/out.jsonl"]
    return [sys.executable, "-m", "tests.benchmarks.loops", *arguments]


def measure(load: Load, make: Callable[[str], list[str]]) -> Measure:
    """Run a command once; what it did is told by the server and the kernel."""
    server.stats(load.address)
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        started = time.monotonic()
        process = subprocess.Popen(make(folder), stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - started
        seen = server.stats(load.address)
        if process.returncode or (seen["answered"], seen["repeated"]) != (load.rows, 0):
            log.seek(0)
            raise SystemExit(f"exit code {process.returncode}, {seen}\n{log.read()}")
    span = seen["last"] - seen["first"]
    cpu = usage.ru_utime + usage.ru_stime
    return Measure(wall, cpu, usage.ru_maxrss / 1024, seen["first"] - started, span, seen["requests"] / span)


def median(runs: list[Measure]) -> Measure:
    """Return the median of each number."""
    return Measure(*(statistics.median(column) for column in zip(*map(astuple, runs), strict=True)))


def table(load: Load, repeat: int) -> None:
    """Measure all ways in turn, `repeat` times, so that a busy minute of the machine hits all; print the medians."""
    ways = {f"iftgen client={client}": partial(iftgen, load, client) for client in CLIENTS}
    ways |= {f"loop {way}": partial(loop, load, way) for way in WAYS}
    runs: dict[str, list[Measure]] = {name: [] for name in ways}
    for _ in range(repeat):
        for name, make in ways.items():
            runs[name].append(measure(load, make))
    print(f"{'':<28}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'first s':>9}{'span s':>8}{'calls/s':>9}")
    for name, some in runs.items():
        m = median(some)
        print(f"{name:<28}{m.wall:>8.2f}{m.cpu:>8.2f}{m.peak:>9.0f}{m.first:>9.2f}{m.span:>8.2f}{m.rate:>9.0f}")


def example(load: Load, part: Load, repeat: int) -> None:
    """Print the CPU time of one more example: of the command, of bare HTTP, and of all that is not HTTP."""

    def each(make: Callable[[Load, str], list[str]]) -> float:
        whole, some = (median([measure(size, partial(make, size)) for _ in range(repeat)]).cpu for size in (load, part))
        return (whole - some) / (load.rows - part.rows) * 1000

    command = each(lambda size, folder: iftgen(size, "direct", folder))
    bare = each(lambda size, folder: loop(size, "aiohttp", folder))
    print(f"CPU of one more example (ms), client=direct: {command:.2f}, of it bare HTTP {bare:.2f}, all else ", end="")
    print(f"{command - bare:.2f}")


def main() -> None:
    """Read the options, start the server, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=256)
    parser.add_argument("--latency", type=float, default=0.2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server.running(given.latency) as address:
        data = Path(folder) / "instructions.jsonl"
        data.write_text("\n".join(instructions(given.rows)), encoding="utf-8")
        load = Load(address, data, given.rows, given.concurrency)
        table(load, given.repeat)
        few = Path(folder) / "few.jsonl"
        few.write_text("\n".join(instructions(given.rows // 10)), encoding="utf-8")
        example(load, Load(address, few, given.rows // 10, given.concurrency), given.repeat)


if __name__ == "__main__":
    main()
