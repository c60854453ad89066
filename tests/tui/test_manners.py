"""Help, command palette, themes, focus, and that nothing lies over anything else on a small screen."""

from collections.abc import Iterable
from itertools import combinations

import pytest
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, TabbedContent

from iftgen.review.sample import sample
from iftgen.tui.screens.dialogs import Reader
from iftgen.tui.screens.help import GENERAL, help_text
from iftgen.tui.screens.run import TABS
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, SMALL, control, fill, look, shown
from tests.tui.test_sweep_screen import sweep
from tests.watch.conftest import Clock
from tests.watch.made import Made


@pytest.fixture
def full(run: Made, clock: Clock) -> Made:
    """A run that goes on, ten seconds after its beginning."""
    fill(run)
    clock.after = 10
    return run


def tooltips(node: Widget) -> Iterable[str]:
    """What the keys of a node do, as far as they are ours."""
    for kind in type(node).__mro__:
        if kind.__module__.startswith("iftgen."):
            yield from (binding.tooltip for binding in vars(kind).get("BINDINGS", ()) if binding.tooltip)


async def test_the_help_of_a_run_lists_every_key_of_what_is_shown(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        for number, tab in enumerate(TABS, 1):
            await pilot.press(str(number))
            await pilot.pause()
            said = help_text(app.screen).plain
            shown_ones = [node for node in app.screen.query("*").results(Widget) if node.is_on_screen]
            wanted = {words for node in (app.screen, *shown_ones) for words in tooltips(node)}
            assert len(wanted) >= 12
            assert all(words in said for words in wanted), tab
            assert all(words in said for _, words in GENERAL)


async def test_question_mark_shows_the_help_on_every_screen(full: Made, viewer: Viewer) -> None:
    items = sample(full.path, 3)
    place = sweep(full.path.parent / "sweep")
    for app, words in (
        (viewer(full.path), "Pause the run"),
        (viewer(place), "Turn the order around"),
        (viewer(full.path, review=items), "A good pair"),
        (viewer(None), "Leave, or stop the run"),
    ):
        async with app.run_test(size=SMALL) as pilot:
            await pilot.press("question_mark")
            await pilot.pause()
            assert isinstance(app.screen, Reader)
            assert words in help_text(app.screen_stack[-2]).plain
            assert "Keys" in shown(app)
            await pilot.press("question_mark")
            await pilot.pause()
            assert not isinstance(app.screen, Reader)


async def test_a_long_help_is_scrolled_by_keys(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("2", "question_mark", "end")
        await pilot.pause()
        box = app.screen.query_one(VerticalScroll)
        assert box.scroll_offset.y > 0
        assert "Leave at once; the run goes on" in shown(app)


async def test_the_palette_offers_what_the_keys_do(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        names = {command.title: command for command in app.get_system_commands(app.screen)}
        assert {"Leave", "All keys", "Review", "Pause or go on", "Budget", "Finish early", "Theme"} <= set(names)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"pause or", "enter")
        await pilot.pause(0.1)
        await pilot.pause()
        assert control(full).get("paused") is True


async def test_the_palette_offers_no_steering_of_what_has_ended(full: Made, viewer: Viewer) -> None:
    full.end(11)
    app = viewer(full.path)
    async with app.run_test():
        names = {command.title for command in app.get_system_commands(app.screen)}
        assert "Review" in names
        assert not names & {"Pause or go on", "Budget", "Finish early"}


async def test_every_theme_can_be_taken(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=SMALL) as pilot:
        for number, theme in enumerate(sorted(app.available_themes)):
            app.theme = theme
            if number % 5 == 0:
                await pilot.press(str(1 + number // 5 % 5))
                assert "running" in shown(app)


def overlaps(screen: Screen[object]) -> list[tuple[Widget, Widget]]:
    """Pairs of widgets of which neither holds the other, and which lie over each other."""
    nodes = [node for node in screen.query("*").results(Widget) if node.is_on_screen and node.display]
    nodes = [node for node in nodes if clipped(node).area and node.styles.overlay != "screen"]
    nodes = [node for node in nodes if all(above.styles.overlay != "screen" for above in node.ancestors[:-2])]
    return [
        (one, other)
        for one, other in combinations(nodes, 2)
        if one not in other.ancestors and other not in one.ancestors
        if clipped(one).intersection(clipped(other)).area
    ]


def clipped(node: Widget) -> Region:
    """The part of a widget that can be seen."""
    try:
        region, clip = node.screen.find_widget(node).region, node.screen.find_widget(node).clip
    except Exception:
        return Region()
    return region.intersection(clip)


async def check(pilot: Pilot[None]) -> None:
    """Nothing overlaps, and nothing leaves the screen."""
    await pilot.pause()
    screen = pilot.app.screen
    assert overlaps(screen) == []
    if footers := screen.query(Footer):
        foot = footers.first()
        assert foot.region.bottom == screen.size.height
        assert max((key.region.right for key in foot.query("FooterKey")), default=0) <= screen.size.width  # all seen


async def test_nothing_overlaps_on_a_small_screen(full: Made, viewer: Viewer) -> None:
    place = sweep(full.path.parent / "sweep")
    app = viewer(full.path)
    async with app.run_test(size=SMALL) as pilot:
        for number in range(1, 6):
            await pilot.press(str(number))
            await look(pilot)
            await check(pilot)
        await pilot.press("2", "enter")
        await check(pilot)
    for app in (viewer(place), viewer(None), viewer(full.path, review=sample(full.path, 3))):
        async with app.run_test(size=SMALL) as pilot:
            await check(pilot)


@pytest.mark.parametrize("size", [(20, 6), (1, 1)])
async def test_a_tiny_screen_fails_nothing(full: Made, viewer: Viewer, size: tuple[int, int]) -> None:
    app = viewer(full.path)
    async with app.run_test(size=size) as pilot:
        for number in range(1, 6):
            await pilot.press(str(number))
            await look(pilot)
    place = sweep(full.path.parent / "sweep")
    app = viewer(place)
    async with app.run_test(size=size) as pilot:
        await pilot.press("down", "enter")
        await pilot.pause()


async def test_the_size_may_change_at_any_time(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=(200, 60)) as pilot:
        for number in range(1, 6):
            await pilot.press(str(number))
            await look(pilot)
            for size in ((30, 8), SMALL if number % 2 else LARGE):
                await pilot.resize_terminal(*size)
                await pilot.pause()
        assert "0:10 elapsed" in shown(app)


async def test_tab_reaches_every_part_of_a_screen(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        for key, wanted in (("1", "coverage"), ("2", "by-filter"), ("3", "by-task"), ("5", "histogram")):
            app.screen.set_focus(None)  # a field would take the digit
            await pilot.press(key)
            await look(pilot)
            reached = set()
            for _ in range(8):
                await pilot.press("tab")
                if app.focused is not None:
                    reached |= {app.focused.id, type(app.focused).__name__}
            assert wanted in reached, (key, reached)
            if key in "23":
                assert {"Line", "Table", "Detail", "Select"} <= reached


async def test_the_focus_can_be_seen(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        for key in ("1", "2", "5"):
            app.screen.set_focus(None)
            await pilot.press(key)
            await look(pilot)
            app.screen.set_focus(None)
            await pilot.pause()
            before = app.screen._compositor.render_strips()
            active = app.screen.query_one(TabbedContent).active_pane
            assert active is not None
            for node in active.query("Panel, Table, Input, Select, Detail").results(Widget):
                if node.focusable and node.is_on_screen:
                    node.focus()
                    await pilot.pause()
                    inside = slice(node.region.y, node.region.bottom)
                    assert app.screen._compositor.render_strips()[inside] != before[inside], node
