"""What is done with the chosen row: restored, withdrawn, copied, its raw calls opened."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from textual.strip import Strip

from iftgen.tui.screens.dialogs import Reader
from iftgen.tui.screens.run import RunScreen
from iftgen.tui.widgets.rows_pane import RowsPane
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, fill, look, reviews, shown, told
from tests.tui.test_rows_pane import numbers, opened, rested
from tests.watch.conftest import Clock
from tests.watch.made import Made, row, verdict


@pytest.fixture
def full(run: Made, clock: Clock) -> Made:
    """A run that goes on, ten seconds after its beginning."""
    fill(run)
    clock.after = 10
    return run


def write(path: Path, text: str) -> None:
    """Write a file."""
    path.write_text(text)


@pytest.mark.parametrize(
    ("key", "kind", "verdict", "word"), [("2", "rejected", "good", "restored"), ("3", "examples", "bad", "withdrawn")]
)
async def test_a_row_is_restored_or_withdrawn_and_that_is_taken_back(
    full: Made, viewer: Viewer, key: str, kind: str, verdict: str, word: str
) -> None:
    app = viewer(full.path)
    async with app.run_test(size=LARGE) as pilot:
        pane = await opened(pilot, key)
        await pilot.press("x")
        index = pane.row["index"]
        (said,) = reviews(full)
        assert (said["reviewer"], said["index"], said["kind"]) == ("ann", index, kind)
        assert (said["verdict"], said["reason"], said["id"]) == (verdict, word, pane.row["id"])
        assert told(app)[-1] == f"Row {index} {word}; `iftgen export` follows."
        assert f"{word} (" in await rested(pilot, pane)
        assert ("✓" if verdict == "good" else "✗") in "".join(strip.text[:3] for strip in shown_rows(pane))
        await pilot.press("x")
        assert reviews(full)[-1]["verdict"] is None
        assert "taken back" in told(app)[-1]
        assert word not in await rested(pilot, pane)


def shown_rows(pane: RowsPane) -> list[Strip]:
    """The lines of the table."""
    return [pane.table.render_line(y) for y in range(1, pane.table.size.height)]


async def test_what_others_say_is_seen(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=LARGE) as pilot:
        pane = await opened(pilot)
        said = '{"time":1,"reviewer":"bob","id":"%s","index":42,"kind":"rejected","verdict":"good","reason":"fine"}\n'
        write(full.path / "reviews.jsonl", said % f"{42:016x}")
        await look(pilot)
        assert "restored (1 good, 0 bad): fine" in await rested(pilot, pane)


async def test_a_verdict_that_cannot_be_written_is_told(full: Made, viewer: Viewer) -> None:
    (full.path / "reviews.jsonl").mkdir()
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await opened(pilot)
        await pilot.press("x")
        assert "cannot be written" in told(app)[-1]


async def test_a_draw_that_failed_is_not_judged(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        pane = await opened(pilot, "4")
        await pilot.press("x")
        assert (reviews(full), told(app)) == ([], [])
        assert "HTTP 400: the prompt is too long" in await rested(pilot, pane)
        await pilot.press("slash", *"http", "enter")
        await look(pilot)
        assert numbers(pane) == [50, 51]


async def test_a_row_is_copied(full: Made, viewer: Viewer) -> None:
    full.rows("rejected", row(60, "ask \udc80", "answer", input="given", verdict=verdict("length")))
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await opened(pilot)
        await pilot.press("y")
        assert app.clipboard == "ask ?\n\ngiven\n\nanswer"
        assert told(app)[-1].startswith("Row 60 is in the clipboard")


async def test_the_raw_calls_are_shown(full: Made, viewer: Viewer) -> None:
    request = '{"role":"instruction","messages":[{"role":"user","content":"Write [one] task"}],"sampling":{"top_p":1}}'
    with closing(sqlite3.connect(full.path / "calls.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE calls (key TEXT PRIMARY KEY, request TEXT, reply TEXT, error TEXT)")
        reply = '{"text":"1. The [raw] reply\\u001b[2J","finish_reason":"stop"}'
        connection.execute("INSERT INTO calls VALUES (?, ?, ?, NULL)", ("abc" * 20, request, reply))
    full.rows("rejected", row(60, verdict=verdict("length"), calls=["abcabcabc"]))
    app = viewer(full.path)
    async with app.run_test() as pilot:
        pane = await opened(pilot)
        assert "Write [one] task" in await rested(pilot, pane)
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.screen, Reader)
        for words in ("Calls of row 60", "Write [one] task", "The [raw] reply␛[2J", "top_p 1"):
            assert words in shown(app)
        await pilot.press("o")
        assert isinstance(app.screen, RunScreen)
        await pilot.press("up", "o")
        await pilot.pause()
        assert "not in a call store" in shown(app)
        await pilot.press("escape")
