"""The coverage map and the scores: their axes, names, thresholds."""

import pytest
from textual.widgets import TabbedContent

from iftgen.tui.screens.run import RunScreen
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, SMALL, examples, fill, look, shown
from tests.watch.conftest import Clock
from tests.watch.made import Made, row


@pytest.fixture
def full(run: Made, clock: Clock) -> Made:
    """A run that goes on, ten seconds after its beginning."""
    fill(run)
    clock.after = 10
    return run


async def test_coverage_counts_tasks_by_complexity_and_tells_what_is_owed(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=LARGE) as pilot:
        await look(pilot)
        screen = shown(app)
        for words in ("task × complexity", "coding/debugging", "4/6", "4/8", "easy", "medium"):
            assert words in screen


def axes(screen: RunScreen) -> tuple[str, str]:
    """What the rows and the columns of the coverage are."""
    assert screen.coverage.value is not None
    return screen.coverage.value.axes


async def test_the_axes_are_changed_one_by_one(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=LARGE) as pilot:
        await look(pilot)
        screen = app.screen
        assert isinstance(screen, RunScreen)
        screen.coverage.focus()
        seen = []
        for key in ("a", "a", "a", "c", "c"):
            await pilot.press(key)
            seen.append(axes(screen))
        assert seen == [
            ("task family", "complexity"), ("style", "complexity"), ("task", "complexity"),
            ("task", "style"), ("task", "task family"),
        ]  # fmt: skip
        assert "task × task family" in shown(app)
        examples(full, 1, start=60)
        await look(pilot)
        assert axes(screen) == ("task", "task family")  # what was chosen stays


async def test_a_task_without_an_example_is_in_the_map(run: Made, viewer: Viewer, clock: Clock) -> None:
    run.start()
    run.rows("examples", row(0, task="coding/debugging"))
    run.progress(1, accepted=1)
    clock.after = 1
    app = viewer(run.path)
    async with app.run_test(size=LARGE) as pilot:
        await look(pilot)
        assert "0/6" in shown(app)


async def test_names_with_markup_and_wide_names_are_shown_as_they_are(run: Made, viewer: Viewer, clock: Clock) -> None:
    run.start(quotas={})
    for number, name in enumerate(("[red]x", "[/]", "中文任务", "a" * 80)):
        run.rows("examples", row(number, task=name, attributes={"[bold]": name, "[/x]": "y"}))
    run.progress(1, accepted=4)
    clock.after = 1
    app = viewer(run.path)
    async with app.run_test(size=LARGE) as pilot:
        await look(pilot)
        for words in ("[red]x", "[/]", "中文任务", "task × [bold]"):
            assert words in shown(app)


async def scored(run: Made, viewer: Viewer, *steps: str, size: tuple[int, int] = SMALL) -> list[str]:
    """What the tab of the scores shows at first, and after each step: some keys."""
    app = viewer(run.path)
    async with app.run_test(size=size) as pilot:
        await pilot.press("5")
        await look(pilot)
        assert app.screen.query_one(TabbedContent).active == "scores"
        found = [shown(app)]
        for keys in steps:
            await pilot.press(*keys.split())
            await pilot.pause()
            found.append(shown(app))
        return found


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_scores_show_the_threshold_and_what_passes(full: Made, viewer: Viewer, size: tuple[int, int]) -> None:
    (screen,) = await scored(full, viewer, size=size)
    for words in ("Scores: length", "As it is: at least 4", "15 of 20 scores pass (75%)", "┃"):
        assert words in screen


async def test_left_and_right_go_through_the_scores(full: Made, viewer: Viewer) -> None:
    first, second, third, last = await scored(full, viewer, "right", "right", "left")
    assert "Scores: length" in first and "Scores: length" in third
    assert "Scores: near_duplicate" in second and "Scores: near_duplicate" in last


async def test_up_and_down_try_another_threshold_and_zero_resets(full: Made, viewer: Viewer) -> None:
    _, lower, back, higher = await scored(full, viewer, "down down", "0", "up up")
    assert "What if: at least 2  19 of 20 scores pass" in lower
    assert "+2 that it rejected would pass it, -0 accepted ones would not" in lower
    assert "As it is: at least 4" in back
    assert "What if: at least 6" in higher
    assert "-1 accepted ones" in higher


async def test_s_takes_the_other_side(full: Made, viewer: Viewer) -> None:
    _, other, tried, back = await scored(full, viewer, "s", "up", "s")
    assert "It has rejected nothing so far" in other
    assert "What if: at most" in tried
    assert "As it is: at least 4" in back


async def test_a_threshold_stays_within_reach(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("5")
        await look(pilot)
        screen = app.screen
        assert isinstance(screen, RunScreen)
        for by, words in ((1, "0 of 20 scores pass"), (-1, "20 of 20 scores pass (100%)")):
            for _ in range(60):
                screen.histogram.action_threshold(by)
            await pilot.pause()
            assert words in shown(app)


async def test_without_scores_there_are_words(run: Made, viewer: Viewer) -> None:
    assert "No filter has given a score yet." in (await scored(run, viewer, "left right up down s 0"))[-1]
