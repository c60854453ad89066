"""The tables of rows: searched, filtered, followed, judged, copied, opened; by keys and by the mouse."""

from collections.abc import Iterator

import pytest
from textual.widgets import Input, Select

from iftgen.tui.screens.run import RunScreen
from iftgen.tui.widgets.detail import Detail
from iftgen.tui.widgets.rows_pane import RowsPane
from iftgen.tui.widgets.table import Table
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, SMALL, AppPilot, examples, fill, look, shown
from tests.watch.conftest import Clock
from tests.watch.made import Made, row, verdict


@pytest.fixture
def full(run: Made, clock: Clock) -> Made:
    """A run that goes on, ten seconds after its beginning."""
    fill(run)
    clock.after = 10
    return run


@pytest.fixture
def slow_search(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Searches a row at a time."""
    monkeypatch.setattr("iftgen.watch.search.PIECE", 500)
    yield


async def opened(pilot: AppPilot, key: str = "2") -> RowsPane:
    """Show a tab with rows."""
    await pilot.press(key)
    await look(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, RunScreen)
    return screen.panes[screen._tab]


async def rested(pilot: AppPilot, pane: RowsPane) -> str:
    """What the detail shows once the cursor rests."""
    pane._detail()
    await pilot.pause()
    return str(pane.query_one("#detail-text").render())


def numbers(pane: RowsPane) -> list[int]:
    """The indices of the rows that are offered, in order."""
    return [pane.index.numbers[pane.rows[place]] for place in range(len(pane.rows))]


async def test_the_newest_row_is_shown_in_full_and_followed(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=LARGE) as pilot:
        pane = await opened(pilot)
        said = await rested(pilot, pane)
        for words in ("near_duplicate", "score 0.9, threshold 0.7", "Too like", "Explain step 2 of the plan."):
            assert words in said
        full.rows("rejected", row(60, "new", verdict=verdict("length")))
        await look(pilot)
        assert (pane.row["index"], pane.table.follow) == (60, True)
        assert "9 of 9  following" in shown(app)


async def test_space_stays_at_a_row_and_follows_again(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        pane = await opened(pilot)
        await pilot.press("space")
        full.rows("rejected", row(60, "new", verdict=verdict("length")))
        await look(pilot)
        assert (pane.row["index"], pane.table.follow) == (42, False)
        assert "8 of 9  paused" in shown(app)
        await pilot.press("space")
        assert (pane.row["index"], pane.table.follow) == (60, True)


async def test_the_cursor_moves_by_key_and_leaves_the_newest(full: Made, viewer: Viewer) -> None:
    examples(full, 100, start=60)
    app = viewer(full.path)
    async with app.run_test(size=SMALL) as pilot:
        pane = await opened(pilot, "3")
        table, height = pane.table, pane.table.size.height - 2
        seen = []
        for key in ("up", "k", "down", "j", "pageup", "pagedown", "home", "up", "end", "down"):
            await pilot.press(key)
            seen.append(table.cursor)
            assert 0 <= table.cursor - table.scroll_offset.y < table.size.height - 1
        assert seen == [110, 109, 110, 111, 111 - height, 111, 0, 0, 111, 111]
        assert table.follow
        await pilot.press("home")
        assert not table.follow


async def test_a_search_narrows_the_rows_as_it_is_typed(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        pane = await opened(pilot)
        await pilot.press("slash")
        assert isinstance(app.focused, Input)
        await pilot.press(*"LOCK")
        await look(pilot)
        assert numbers(pane) == [30, 31]
        await pilot.press("enter")
        assert pane.table.has_focus
        full.rows("rejected", row(60, "another lock", verdict=verdict("length")), row(61, verdict=verdict("length")))
        await look(pilot)
        assert numbers(pane) == [30, 31, 60]
        await pilot.press("escape")
        await look(pilot)
        assert len(numbers(pane)) == 10
        assert pane.table.has_focus


async def test_a_search_without_a_hit_says_so(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        pane = await opened(pilot)
        await pilot.press("slash", *"zzz", "enter")
        await look(pilot)
        assert (numbers(pane), pane.row) == ([], {})
        assert "No row is chosen." in await rested(pilot, pane)
        await pilot.press("x", "y", "o", "enter", "up", "end", "escape")
        await look(pilot)
        assert len(numbers(pane)) == 8


@pytest.mark.usefixtures("slow_search")
async def test_rows_that_a_search_finds_above_leave_the_chosen_row_alone(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        pane = await opened(pilot, "3")
        await pilot.press("slash", *"explain", "enter")
        for _ in range(4):
            pane.poll()
        pane.show()
        await pilot.press("up", "up")
        chosen = pane.row["index"]
        while pane.behind:
            pane.poll()
            assert pane.row["index"] == chosen
        pane.show()
        assert pane.row["index"] == chosen
        assert (len(numbers(pane)), pane.table.cursor) == (12, chosen)


async def test_rows_are_chosen_by_filter_and_by_task(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        pane = await opened(pilot)
        await pilot.press("f")
        await pilot.pause()
        assert "any filter" in shown(app)
        await pilot.press("down", "enter")  # length, the first by name
        await look(pilot)
        assert numbers(pane) == [20, 21, 22]
        await pilot.press("t")
        await pilot.pause()
        await pilot.press("down", "enter")  # coding/debugging, which none of them has
        await look(pilot)
        assert numbers(pane) == []
        pane.table.focus()
        await pilot.press("escape")
        await look(pilot)
        assert len(numbers(pane)) == 8


async def test_filters_that_come_up_later_are_offered(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        pane = await opened(pilot)
        select = pane.query_one("#by-filter", Select)
        select.value = "refusal"
        await pilot.pause()
        full.rows("rejected", row(60, verdict=verdict("[new]")))
        await look(pilot)
        assert [value for _, value in select._options if isinstance(value, str)] == [
            "[new]", "length", "near_duplicate", "refusal",
        ]  # fmt: skip
        assert (select.value, numbers(pane)) == ("refusal", [30, 31])


async def test_enter_shows_the_row_in_full_and_escape_goes_back(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=SMALL) as pilot:
        pane = await opened(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert not pane.table.display
        assert isinstance(app.focused, Detail)
        assert pane.query_one(Detail).size.height > 15
        await pilot.press("escape")
        await pilot.pause()
        assert pane.table.display
        assert pane.table.has_focus


async def test_the_mouse_chooses_opens_and_scrolls(full: Made, viewer: Viewer) -> None:
    examples(full, 100, start=60)
    app = viewer(full.path)
    async with app.run_test() as pilot:
        pane = await opened(pilot, "3")
        top = pane.table.scroll_offset.y
        await pilot.click(pane.table, offset=(5, 3))
        assert (pane.table.cursor, pane.table.follow) == (top + 2, False)
        await pilot.click(pane.table, offset=(5, 0))  # a heading
        assert pane.table.cursor == top + 2
        await pilot.click(pane.table, offset=(5, 4), times=2)
        await pilot.pause()
        assert pane.table.cursor == top + 3
        assert pane.has_class("-full")


async def test_a_click_below_the_last_row_does_nothing(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=LARGE) as pilot:
        pane: RowsPane = await opened(pilot)
        await pilot.click(Table, offset=(5, 3))
        await pilot.click("#rejected-rows Table", offset=(5, 30))
        assert pane.table.cursor == 2
