"""The pictures of the README, made from runs with the mock backend.

Run: python -m tests.tui.pictures. Writes tests/tui/pictures/*.svg.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from iftgen.tui.app import IftgenApp

PLACE = Path(__file__).with_name("pictures")
SIZE = (150, 42)
MOCK = ("backend=mock", "backend.mock.near_duplicate=0.25", "backend.concurrency=24", "ui=none", "export=none")
SWEEP = ("seed=1,2", "filters.near_duplicate.threshold=0.5,0.6,0.7")


async def picture(place: Path, name: str, keys: Sequence[str], pause: float = 0.4) -> None:
    """Open the viewer on a folder, press keys, and write what is seen."""
    app = IftgenApp(place, reviewer="you")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.0)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(pause)
        svg = app.export_screenshot(title="iftgen").replace(f"{Path.cwd()}/", "")
    (PLACE / f"{name}.svg").write_text(svg, encoding="utf-8")


def iftgen(*arguments: str, wait: bool = True) -> "subprocess.Popen[bytes]":
    """Start a run."""
    process = subprocess.Popen([sys.executable, "-m", "iftgen", *arguments], stdout=subprocess.DEVNULL)
    if wait:
        process.wait()
    return process


async def all_pictures() -> None:
    """Make them all."""
    run, sweep = Path("outputs/2026-06-01/14-02-11-5be3a7"), Path("outputs/sweeps/14-20-45-c01d9e")
    live = iftgen(*MOCK, "num_examples=3000", "backend.mock.latency=0.35", f"hydra.run.dir={run}", wait=False)
    await asyncio.sleep(24)
    await picture(run, "run", ())
    live.terminate()
    live.wait()
    await picture(run, "rejected", ("2", "f", "n", "enter", "up"))
    await picture(run, "review", ("r", "g", "g", "b", "1", "enter", "g"))
    jobs = iftgen(
        "-m", *MOCK, *SWEEP, "num_examples=400", "backend.mock.latency=0.2", f"hydra.sweep.dir={sweep}", wait=False
    )
    await asyncio.sleep(14)
    await picture(sweep, "sweep", ("down",))
    jobs.terminate()
    jobs.wait()


def main() -> None:
    """Make the pictures in a folder that is thrown away."""
    PLACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        asyncio.run(all_pictures())


if __name__ == "__main__":
    main()
