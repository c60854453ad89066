"""A dataset that is cleaned, whose rows keep all verdicts: rows of a file, 19 filters, and who else rejects a row."""

import pytest
from textual.widgets import TabbedContent

from iftgen.tui.screens.run import RunScreen
from iftgen.tui.widgets.coverage import CoverageMap
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, SMALL, USUAL, lines, look, shown
from tests.tui.test_rows_pane import opened, rested
from tests.watch.conftest import Clock
from tests.watch.made import Made, row, told, verdict

STACK = (
    "conflict", "exact_duplicate", "length", "format", "language", "boilerplate", "truncated", "repetition", "refusal",
    "echo", "constraints", "safety", "pii", "profanity", "readability", "naturalness", "decontamination",
    "near_duplicate", "pair_duplicate",
)  # fmt: skip
CAUGHT = {"length": 1, "near_duplicate": 2}


@pytest.fixture
def cleaned(run: Made, clock: Clock) -> Made:
    """A run over 52,000 rows: one row too short and too like another, two that are only too like another."""
    clock.after = 10
    run.start(target=None, rows=52_000, filters=STACK, method="file", quotas={}, backends={})
    masked = [{"filter": "pii", "masked": {"email": 2}}]
    kept = told(length=(8, 4), near_duplicate=(0.5, 0.7))
    for number in range(10):
        run.rows("examples", row(
            number, task="file", attributes={}, scores={"length": 8, "near_duplicate": 0.5}, verdicts=kept,
            history=masked, extra={"source": "forum [b]", "votes": {"up": 3}},
        ))  # fmt: skip
    short = told("length_instruction", "near_duplicate", length_instruction=(2, 4), near_duplicate=(0.9, 0.7))
    run.rows("rejected", row(
        20, task="file", scores={"length_instruction": 2, "near_duplicate": 0.9}, verdicts=short,
        verdict=verdict("length", "2 words", 2, threshold=4, stage="instruction"),
    ))  # fmt: skip
    for number in (21, 22):
        near = verdict("near_duplicate", "too like row 1", 0.8, threshold=0.7, stage="instruction")
        run.rows("rejected", row(
            number, task="file", scores={"length": 8, "near_duplicate": 0.8}, verdict=near,
            verdicts=told("near_duplicate", length=(8, 4), near_duplicate=(0.8, 0.7)),
        ))  # fmt: skip
    for second in range(1, 11):
        run.progress(second, accepted=second, by_filter=CAUGHT if second == 10 else {}, in_flight=512)
    return run


async def test_the_head_tells_which_rows_a_model_is_asked_for(run: Made, viewer: Viewer, clock: Clock) -> None:
    clock.after = 2
    note = "12 rows have no response: mock is asked for them; method.answer=never rejects them"
    run.start(target=None, rows=52, method="file", quotas={}, note=note)
    run.progress(1, accepted=3)
    app = viewer(run.path)
    async with app.run_test(size=USUAL) as pilot:
        await look(pilot)
        assert note in shown(app) and "mock" in lines(app)[0]
        run.end(2, accepted=3, rejected=0, failed=0)
        await look(pilot)
        assert note not in shown(app)


@pytest.mark.parametrize("size", [SMALL, USUAL, LARGE])
async def test_progress_is_told_by_rows_and_all_filters_can_be_read(
    cleaned: Made, viewer: Viewer, size: tuple[int, int]
) -> None:
    app = viewer(cleaned.path)
    async with app.run_test(size=size) as pilot:
        await look(pilot)
        screen = shown(app)
        assert "13 of 52,000 rows" in screen and "left" in lines(app)[0]
        assert "mock" not in lines(app)[0]  # no model is asked
        await pilot.press("pagedown")
        await pilot.pause()
        screen += shown(app)
        for name in STACK:
            assert name in screen
        assert not app.screen.query_one(CoverageMap).display  # all rows are of one task


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_filters_tell_what_only_they_caught(cleaned: Made, viewer: Viewer, size: tuple[int, int]) -> None:
    app = viewer(cleaned.path)
    async with app.run_test(size=size) as pilot:
        await look(pilot)
        await pilot.press("pagedown")
        await pilot.pause()
        found = {line.strip("│ ").split()[0]: line for line in lines(app) if line.strip("│ ")}
        (near,) = [line for name, line in found.items() if "near_duplicate" in line and "%" in line and name]
        assert near.split("near_duplicate")[1].split()[:4] == ["12", "2", "17%", "2"]
        assert "by no other filter" in shown(app)


async def test_a_row_tells_who_else_rejects_it_and_all_verdicts(cleaned: Made, viewer: Viewer) -> None:
    app = viewer(cleaned.path)
    async with app.run_test(size=LARGE) as pilot:
        pane = await opened(pilot)
        said = await rested(pilot, pane)
        assert "no other filter rejects it" in said
        assert "1 of 3 checks reject it" in said
        await pilot.press("home")
        said = await rested(pilot, pane)
        assert "also rejected by near_duplicate" in said
        assert "length (instr.)        2 (threshold 4)" in said
        assert "near_duplicate         0.9 (threshold 0.7)" in said
        assert 'near_duplicate {says} "no"' in said
        assert "kept by format" in said
        assert " file " not in lines(app)[8]  # the task that all have is no column


async def test_a_row_tells_what_was_masked_and_its_further_columns(cleaned: Made, viewer: Viewer) -> None:
    app = viewer(cleaned.path)
    async with app.run_test(size=LARGE) as pilot:
        said = await rested(pilot, await opened(pilot, "3"))
        for words in ("pii: masked email 2", "source  forum [b]", "votes  up 3", "0 of 3 checks reject it"):
            assert words in said


async def test_another_threshold_is_told_by_what_would_be_accepted(cleaned: Made, viewer: Viewer) -> None:
    app = viewer(cleaned.path)
    async with app.run_test(size=LARGE) as pilot:
        await pilot.press("5")
        await look(pilot)
        await pilot.press(*["up"] * 30)
        await look(pilot)
        screen = shown(app)
        assert "Scores: near_duplicate" in screen
        assert "+2 would be accepted (1 more stay rejected by others), -0 accepted ones would not be" in screen
        assert "rejected for this score alone" in screen


async def test_the_reason_of_a_rejection_is_searched(cleaned: Made, viewer: Viewer) -> None:
    app = viewer(cleaned.path)
    async with app.run_test(size=USUAL) as pilot:
        pane = await opened(pilot)
        await pilot.press("slash", *"like row", "enter")
        await look(pilot)
        assert [pane.index.numbers[pane.rows[place]] for place in range(len(pane.rows))] == [21, 22]
        near = verdict("near_duplicate", "too like row 9")
        cleaned.rows("rejected", row(30, task="file", verdict=near), row(31, task="file", verdict=verdict("length")))
        await look(pilot)
        assert len(pane.rows) == 3


@pytest.mark.parametrize("key", ["2", "3", "5"])
async def test_the_overview_is_shown_again_by_its_key(cleaned: Made, viewer: Viewer, key: str) -> None:
    app = viewer(cleaned.path)
    async with app.run_test(size=USUAL) as pilot:
        await opened(pilot, key) if key in "23" else await pilot.press(key)
        await pilot.press("1")
        await look(pilot)
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, RunScreen)
        assert screen.query_one(TabbedContent).active == "overview"
        assert app.focused is not None and app.focused.id == "overview-body"
