"""Viewer: six jobs at 500 events a second, a finished run of 120,000 candidates, and what a viewer costs a run.

Run: python -m tests.benchmarks.viewer
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.terminal import Terminal

JOBS, EVENTS, SECONDS = 6, 500, 20
REJECTED, ACCEPTED = 100_000, 20_000
KEYS = {"up": "\x1b[A", "pageup": "\x1b[5~", "home": "\x1b[H", "end": "\x1b[F", "down": "\x1b[B", "escape": "\x1b"}


def made(folder: Path, examples: int) -> Path:
    """Make a run with the mock backend."""
    command = [
        "iftgen",
        "backend=mock",
        f"num_examples={examples}",
        "ui=none",
        "export=none",
        f"hydra.run.dir={folder}",
    ]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    return folder


def enlarged(run: Path, folder: Path) -> Path:
    """Make a large finished run of the rows of a small one."""
    folder.mkdir()
    first = 0
    for name, count in (("rejected", REJECTED), ("examples", ACCEPTED)):
        lines = (run / f"{name}.jsonl").read_bytes().splitlines(keepends=True)
        with (folder / f"{name}.jsonl").open("wb") as file:
            for place in range(count):
                number = b'"index":%d' % (first + place)
                file.write(re.sub(rb'"index":\d+', number, lines[place % len(lines)], count=1))
        first += count
    counts = {"candidates": REJECTED + ACCEPTED, "accepted": ACCEPTED, "rejected": REJECTED, "failed": 0}
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    events[-1]["counts"] = counts
    calls = [{"time": events[0]["time"], "event": "call", "backend": "mock", "seconds": 0.1}] * 200_000
    lines_of = [json.dumps(event, separators=(",", ":")) for event in (events[0], *calls, *events[1:])]
    (folder / "events.jsonl").write_text("\n".join(lines_of) + "\n")
    (folder / "manifest.json").write_text((run / "manifest.json").read_text())
    return folder


def under_load(run: Path, place: Path) -> dict[str, Any]:
    """Show a sweep of six jobs while they tell 500 events a second together."""
    sweep, out = place / "sweep", place / "load.json"
    started = json.loads((run / "events.jsonl").read_text().splitlines()[0])
    logs = []
    for number in range(JOBS):
        (sweep / str(number)).mkdir(parents=True)
        logs.append((sweep / str(number) / "events.jsonl").open("a", buffering=1))
        _tell(logs[-1], {**started, "time": time.time()})
    viewer = Terminal("tests.benchmarks.terminal", str(sweep), str(out))
    time.sleep(3)
    before, begun = viewer.cpu(), time.monotonic()
    for tick in range(SECONDS * EVENTS):
        _tell(logs[tick % JOBS], _event(tick))
        time.sleep(max(0.0, begun + tick / EVENTS - time.monotonic()))
    share = (viewer.cpu() - before) / (time.monotonic() - begun)
    viewer.close()
    return {"cpu": share, "lags": json.loads(out.read_text())["lags"]}


def _event(tick: int) -> dict[str, Any]:
    """Return what a job tells: mostly calls, ten counts a second, now and then a retry."""
    done = tick // JOBS
    if done % 8 == 0:
        paid = {"calls": done, "prompt_tokens": 200 * done, "completion_tokens": 100 * done, "cost_usd": done / 1e4}
        counts = {"accepted": done // 2, "rejected": done // 8, "failed": 0, "in_flight": 64, "tokens": 300 * done}
        return {"event": "progress", **counts, "by_filter": {"count": done // 9, "parse": done // 30}, "paid": paid}
    if done % 50 == 7:
        return {"event": "retry", "backend": "mock", "kind": "overload", "reason": "429: slow down", "wait": 0.5}
    return {"event": "call", "backend": "mock", "role": "response", "seconds": 0.2, "cost_usd": 1e-4}


def _tell(log: Any, event: dict[str, Any]) -> None:
    log.write(json.dumps({"time": round(time.time(), 3), **event}, separators=(",", ":")) + "\n")


def attached(folder: Path, place: Path) -> dict[str, Any]:
    """Open a large finished run, scroll, filter and search."""
    out = place / "attach.json"
    viewer = Terminal("tests.benchmarks.terminal", str(folder), str(out))
    time.sleep(3)
    for keys in ("2", *[KEYS["pageup"]] * 40, *[KEYS["up"]] * 40, KEYS["home"], KEYS["end"], *[KEYS["pageup"]] * 20):
        viewer.press(keys)
        time.sleep(2.5 if keys == "2" else 0.06)
    for words in ("/orchestra\r", "\x1b", "/the\r", "\x1b", "/zzz\r", "\x1b", "fre\r", "\x1b", "tcod\r"):
        for letter in words if words[0] != "\x1b" else [words]:
            viewer.press(letter)
            time.sleep(0.15)
        time.sleep(1.0)
    memory = viewer.memory()
    viewer.close()
    notes = json.loads(out.read_text())
    return {**notes, "memory": memory, "first": notes["first"] - viewer.started}


def slowed(place: Path, pairs: int = 4) -> tuple[float, float]:
    """Return the wall seconds of a run without and with a viewer, the best of each; they take turns."""
    best = {False: float("inf"), True: float("inf")}
    for number in range(pairs):
        for shown in (False, True):
            folder = place / f"pace-{number}-{shown}"
            folder.mkdir()
            viewer = Terminal("tests.benchmarks.terminal", str(folder), str(place / "pace.json")) if shown else None
            time.sleep(2)
            begun = time.monotonic()
            made(folder, 3000)
            best[shown] = min(best[shown], time.monotonic() - begun)
            if viewer is not None:
                viewer.close()
    return best[False], best[True]


def p99(values: list[float]) -> float:
    """Return the 99th percentile."""
    return sorted(values)[int(0.99 * (len(values) - 1))]


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        run = made(place / "run", 500)
        load = under_load(run, place)
        print(f"{JOBS} jobs, {EVENTS} events a second, {COLUMNS_BY_LINES}")
        print(f"  viewer                {load['cpu']:.0%} of a core")
        print(f"  event to screen       p50 {p50(load['lags']):.3f} s, p99 {p99(load['lags']):.3f} s")
        large = attached(enlarged(run, place / "large"), place)
        keys = [seconds for _, seconds in large["keys"]]
        print(f"a finished run of {REJECTED + ACCEPTED:,} candidates, {REJECTED:,} of them rejected")
        print(f"  start to first screen {large['first']:.2f} s")
        print(
            f"  key to screen         p50 {p50(keys) * 1000:.0f} ms, p99 {p99(keys) * 1000:.0f} ms of {len(keys)} keys"
        )
        print(f"  memory                {large['memory']:.0f} MB")
        alone, shown = slowed(place)
        print("3,000 mock examples, whole command, best of four")
        print(
            f"  without a viewer      {alone:.2f} s\n  with a viewer         {shown:.2f} s ({shown / alone - 1:+.1%})"
        )


COLUMNS_BY_LINES = "a terminal of 120 x 36"


def p50(values: list[float]) -> float:
    """Return the median."""
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
