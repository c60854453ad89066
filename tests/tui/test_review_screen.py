"""Human review, one row at a time."""

import json
from collections.abc import Sequence

import pytest
from textual.widgets import Input, TextArea

from iftgen.review.sample import sample
from iftgen.store.items import Item
from iftgen.tui.app import IftgenApp
from iftgen.tui.screens.dialogs import Ask
from iftgen.tui.screens.edit import EditScreen
from iftgen.tui.screens.review import ReviewScreen
from iftgen.tui.screens.run import RunScreen
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, SMALL, fill, reviews, shown, told
from tests.watch.conftest import Clock
from tests.watch.made import Made


@pytest.fixture
def full(run: Made, clock: Clock) -> Made:
    """A run that has ended."""
    fill(run)
    run.end(10, accepted=12, rejected=8, failed=2)
    (run.path / "manifest.json").write_text(json.dumps({"status": "completed", "counts": {}}))
    clock.after = 10
    return run


@pytest.fixture
def items(full: Made) -> list[Item]:
    """A sample of four."""
    return sample(full.path, 4)


def said(run: Made) -> list[tuple[str, str | None, str]]:
    """The verdicts in their order: id, verdict, reason."""
    return [(one["id"], one["verdict"], one["reason"]) for one in reviews(run)]


def screen_of(app: IftgenApp) -> ReviewScreen:
    """The review, over which a dialog may lie."""
    return next(screen for screen in app.screen_stack if isinstance(screen, ReviewScreen))


async def test_verdicts_are_noted_and_go_on_to_the_next_row(full: Made, viewer: Viewer, items: list[Item]) -> None:
    app = viewer(full.path, review=items)
    async with app.run_test(size=SMALL) as pilot:
        assert "0 of 4" in shown(app) and "reviewer ann" in shown(app)
        assert f"Row {items[0].index}" in shown(app)
        await pilot.press("g")
        await pilot.pause()
        assert f"Row {items[1].index}" in shown(app)
        await pilot.press("s")
        await pilot.pause()
        assert "2 of 4" in shown(app)
        assert said(full) == [(items[0].id, "good", ""), (items[1].id, "skip", "")]
        assert {one["kind"] for one in reviews(full)} <= {"examples", "rejected"}


async def test_a_bad_row_needs_a_reason_in_words_or_by_its_number(
    full: Made, viewer: Viewer, items: list[Item]
) -> None:
    app = viewer(full.path, review=items)
    async with app.run_test() as pilot:
        await pilot.press("b")
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        assert "wrong answer" in shown(app)
        await pilot.press(*"too [long]", "enter")
        await pilot.pause()
        await pilot.press("b")
        await pilot.pause()
        assert "1   too [long]" in shown(app)  # what was given is offered first
        await pilot.press("2", "enter")
        await pilot.pause()
        await pilot.press("b", "escape")
        await pilot.pause()
        await pilot.press("b", "enter")
        await pilot.pause()
        assert said(full) == [(items[0].id, "bad", "too [long]"), (items[1].id, "bad", "wrong answer")]


async def test_the_texts_are_edited_and_the_row_is_good_with_them(
    full: Made, viewer: Viewer, items: list[Item]
) -> None:
    app = viewer(full.path, review=items)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, EditScreen)
        field = app.screen.query_one("#edit-output", TextArea)
        assert app.focused is field
        field.text = "A better [answer]."
        await pilot.press("ctrl+s")
        await pilot.pause()
        (review,) = reviews(full)
        assert (review["verdict"], review["edit"]["output"]) == ("good", "A better [answer].")
        await pilot.press("left")
        await pilot.pause()
        assert "A better [answer]." in shown(app)
        assert "your verdict: good, edited" in shown(app)
        await pilot.press("e", "x", "escape")
        await pilot.pause()
        assert len(reviews(full)) == 1


async def test_the_last_verdict_is_taken_back(full: Made, viewer: Viewer, items: list[Item]) -> None:
    app = viewer(full.path, review=items)
    async with app.run_test() as pilot:
        await pilot.press("u")
        await pilot.pause()
        assert reviews(full) == []
        await pilot.press("g", "g", "u")
        await pilot.pause()
        assert said(full)[-1] == (items[1].id, None, "")
        assert f"Row {items[1].index}" in shown(app) and "1 of 4" in shown(app)
        await pilot.press("u")
        await pilot.pause()
        assert said(full)[-1] == (items[0].id, None, "")
        assert "0 of 4" in shown(app)


async def test_what_the_run_made_of_a_row_is_hidden_until_it_is_wanted(
    full: Made, viewer: Viewer, items: list[Item]
) -> None:
    app = viewer(full.path, review=items)
    async with app.run_test() as pilot:
        assert "the run" not in shown(app)
        await pilot.press("v")
        await pilot.pause()
        assert "the run rejected it" in shown(app) or "the run accepted it" in shown(app)
        await pilot.press("v")
        await pilot.pause()
        assert "the run" not in shown(app)
        await pilot.press("v", "right")
        await pilot.pause()
        assert "the run" not in shown(app)  # the next row is not revealed


async def test_one_goes_back_and_forth(full: Made, viewer: Viewer, items: list[Item]) -> None:
    app = viewer(full.path, review=items)
    async with app.run_test() as pilot:
        seen = []
        for key in ("left", "right", "right", "left"):
            await pilot.press(key)
            seen.append(screen_of(app).place)
        assert seen == [0, 1, 2, 1]
        await pilot.press("g")
        assert said(full) == [(items[1].id, "good", "")]


async def test_a_review_goes_on_where_it_was_left(full: Made, viewer: Viewer, items: Sequence[Item]) -> None:
    first = viewer(full.path, review=items)
    async with first.run_test() as pilot:
        await pilot.press("g", "right", "g")
    again = viewer(full.path, review=items)
    async with again.run_test() as pilot:
        await pilot.pause()
        assert "2 of 4" in shown(again)
        assert screen_of(again).place == 1
    other = viewer(full.path, review=items, reviewer="bob")
    async with other.run_test():
        assert "0 of 4" in shown(other)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_at_the_end_there_is_a_summary_and_one_may_still_undo(
    full: Made, viewer: Viewer, items: list[Item], size: tuple[int, int]
) -> None:
    app = viewer(full.path, review=items)
    async with app.run_test(size=size) as pilot:
        await pilot.press("g", "g", "g", "g")
        await pilot.pause()
        assert "4 of 4" in shown(app)
        assert "All rows of the sample have a verdict" in shown(app)
        await pilot.press("g", "e", "b")  # there is nothing left to judge
        await pilot.pause()
        assert len(reviews(full)) == 4
        assert isinstance(app.screen, ReviewScreen)
        await pilot.press("u")
        await pilot.pause()
        assert f"Row {items[3].index}" in shown(app)


async def test_a_review_is_opened_from_the_run_and_closed_again(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("r")
        await pilot.pause()
        assert isinstance(app.screen, ReviewScreen)
        assert "of 20" in shown(app)
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        await pilot.press("q")
        await pilot.pause()
        assert app._exit


async def test_a_run_without_rows_has_nothing_to_review(run: Made, viewer: Viewer) -> None:
    app = viewer(run.path)
    async with app.run_test() as pilot:
        await pilot.press("r")
        await pilot.pause()
        assert told(app) == ["There is nothing to review yet."]
        assert isinstance(app.screen, RunScreen)


async def test_a_review_that_was_opened_by_itself_is_left_at_once(
    full: Made, viewer: Viewer, items: list[Item]
) -> None:
    app = viewer(full.path, review=items)
    async with app.run_test() as pilot:
        await pilot.press("q")
        await pilot.pause()
        assert app._exit


async def test_a_verdict_that_cannot_be_written_is_told_and_the_row_stays(
    full: Made, viewer: Viewer, items: list[Item]
) -> None:
    app = viewer(full.path, review=items)
    async with app.run_test() as pilot:
        (full.path / "reviews.jsonl").mkdir()
        await pilot.press("g")
        await pilot.pause()
        assert "cannot be written" in told(app)[-1]
        assert screen_of(app).place == 0


async def test_rows_that_are_gone_are_not_shown_and_not_edited(full: Made, viewer: Viewer, items: list[Item]) -> None:
    (full.path / "examples.jsonl").unlink()
    (full.path / "rejected.jsonl").unlink()
    app = viewer(full.path, review=items)
    async with app.run_test() as pilot:
        await pilot.press("e", "v", "right")
        await pilot.pause()
        assert isinstance(app.screen, ReviewScreen)
        assert "Row" in shown(app)


async def test_reasons_of_others_are_offered_without_their_controls(
    full: Made, viewer: Viewer, items: list[Item]
) -> None:
    said = {"time": 1, "reviewer": "bob", "id": "x", "index": 1, "kind": "examples", "verdict": "bad"}
    (full.path / "reviews.jsonl").write_text(json.dumps({**said, "reason": "\x1b[2J[red]"}) + "\n")
    app = viewer(full.path, review=items)
    async with app.run_test() as pilot:
        await pilot.press("b")
        await pilot.pause()
        assert "␛[2J[red]" in shown(app)
        app.screen.query_one(Input).value = "1"
        await pilot.press("enter")
        await pilot.pause()
        assert reviews(full)[-1]["reason"] == "\x1b[2J[red]"
        await pilot.press("left")
        await pilot.pause()
        assert "your verdict: bad, ␛[2J[red]" in shown(app)
