"""Folders that are empty, torn, of another version, or that vanish while they are shown: the viewer goes on."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iftgen.tui.screens.run import RunScreen
from tests.tui.conftest import Viewer
from tests.tui.scenes import AppPilot, fill, look, shown, told
from tests.watch.conftest import Clock
from tests.watch.made import Made, row, verdict


async def every_tab(pilot: AppPilot) -> None:
    """Show every tab, and press what may be pressed on it."""
    for key in ("1", "2", "3", "4", "5"):
        pilot.app.screen.set_focus(None)
        await pilot.press(key)
        await look(pilot)
        assert isinstance(pilot.app.screen, RunScreen)
        if key in "24":
            await pilot.press("home", "x", "o")
            await pilot.pause()
            await pilot.press("escape", "enter", "escape", "end")


def empty(run: Made) -> None:
    """Write nothing."""


def missing(run: Made) -> None:
    """Take the folder away."""
    run.path.rmdir()


def torn(run: Made) -> None:
    """Cut every file in the middle of a line."""
    fill(run)
    for file in run.path.iterdir():
        os.truncate(file, file.stat().st_size - 25)


def newer(run: Made) -> None:
    """Write what another version might write."""
    run.start(schema=9, filters=[{"name": "length"}], backends={"a": {"model": "m"}}, quotas=None, target=None)
    run.event("progress", 1)
    run.event("progress", 1, accepted="3", rejected=[], failed=None, in_flight=0, by_filter={})
    run.event("telepathy", 1, accepted=3)
    run.event("start", 1, target={"n": 5})
    run.event("steer", 1, change=[1])
    run.progress(2, accepted=3, paid={"calls": 1, "tiers": {"a": 5}, "budget": {"usd": 5}})
    run.progress(3, accepted=4, paid={"calls": 1, "tiers": {"a": 5}, "budget": {"euros": [0.5, 9]}})


def odd_rows(run: Made) -> None:
    """Write rows in which nothing is of the usual type."""
    nothing: dict[str, Any] = {"instruction": None, "output": 5}
    odd = [
        row(1, messages="x", extra=[1], scores=[], attributes=[], parents="p", usage=None, models=5),
        row(2, messages=[1, None, {}], extra={"iftgen": 5}, attributes={"a": {"b": [1]}}, scores={"a": "high"}),
        row(3, **nothing, input=["a"], task=None, id=5, cost_usd="x"),
        row(4, calls=5, scores={"length": 1e308, "other": -1e308}),
    ]  # fmt: skip
    run.rows("examples", *odd)
    run.rows("rejected", *(one | {"verdict": verdict("length", score=2.5, threshold=9e9)} for one in odd))
    run.rows("rejected", row(9, verdict="no"), row(10, verdict={"filter": 5}), row(11, verdict=[]), row(12))
    run.rows("failed", {"index": 1}, {"index": 2, "error": {"a": 1}}, row(3))
    run.start()
    run.progress(1, accepted=4, by_filter={"length": 8})


def noise(run: Made) -> None:
    """Write bytes that are no text."""
    for name in ("events", "examples", "rejected", "failed", "reviews"):
        (run.path / f"{name}.jsonl").write_bytes(bytes(range(256)) * 40 + b"\n" + b"\xff" * 50 + b"\n")
    (run.path / "manifest.json").write_bytes(b"\xff{")
    (run.path / "calls.sqlite").write_bytes(b"\xff" * 999)
    (run.path / "control.json").write_bytes(b"[")


def folders(run: Made) -> None:
    """Put folders where files are awaited, which nobody can read either."""
    for name in ("events.jsonl", "examples.jsonl", "rejected.jsonl", "reviews.jsonl", "manifest.json", "calls.sqlite"):
        (run.path / name).mkdir()


@pytest.mark.parametrize("damage", [empty, missing, torn, newer, odd_rows, noise, folders])
async def test_a_damaged_folder_is_shown_as_far_as_it_goes(
    run: Made, viewer: Viewer, clock: Clock, damage: Callable[[Made], None]
) -> None:
    damage(run)
    clock.after = 3
    app = viewer(run.path)
    async with app.run_test() as pilot:
        await every_tab(pilot)
        if damage is torn:
            assert "Accepted 9" in shown(app)
        if damage is newer:
            assert "Accepted 4" in shown(app)


async def test_a_folder_that_vanishes_leaves_what_was_seen(run: Made, viewer: Viewer, clock: Clock) -> None:
    fill(run)
    clock.after = 10
    app = viewer(run.path)
    async with app.run_test() as pilot:
        for key in ("2", "3", "4", "5", "1"):
            await pilot.press(key)
            await look(pilot)
        shutil.rmtree(run.path)
        await every_tab(pilot)
        assert "Accepted 12" in shown(app)
        clock.after = 30
        await look(pilot)
        assert "✗ killed" in shown(app)
        await pilot.press("p", "r")
        await pilot.pause()


async def test_a_file_that_is_cut_while_it_is_shown_is_read_anew(run: Made, viewer: Viewer, clock: Clock) -> None:
    fill(run)
    clock.after = 10
    app = viewer(run.path)
    async with app.run_test() as pilot:
        await pilot.press("2")
        await look(pilot)
        path = run.path / "rejected.jsonl"
        first = path.read_bytes().split(b"\n")[0] + b"\n"
        path.write_bytes(first)
        screen = app.screen
        assert isinstance(screen, RunScreen)
        pane = screen.panes["rejected"]
        pane.index.poll()  # the reader's thread has read it, the screen has not drawn it yet
        pane.table.refresh()
        await pilot.press("up", "up", "x", "o")
        await pilot.pause()
        if not isinstance(app.screen, RunScreen):
            await pilot.press("escape")
        await look(pilot)
        await pilot.press("5")
        await look(pilot)
        assert pane.index.numbers[0] == 20
        assert len(pane.rows) == 1


async def test_a_folder_that_nobody_may_read_is_shown_as_one_that_is_empty(
    run: Made, viewer: Viewer, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    fill(run)
    clock.after = 10

    app = viewer(run.path)
    for name in ("open", "stat", "read_text", "iterdir"):
        original = getattr(Path, name)

        def guarded(self: Path, *args: object, original: Callable[..., object] = original, **more: object) -> object:
            if self.is_relative_to(run.path):
                raise PermissionError(13, "Permission denied", str(self))
            return original(self, *args, **more)

        monkeypatch.setattr(Path, name, guarded)
    async with app.run_test() as pilot:
        await every_tab(pilot)
        assert "○ starting" in shown(app)
        await pilot.press("r")
        await pilot.pause()
        assert all("Traceback" not in words for words in told(app))
