"""The screen of a run: its tabs, its numbers, and the keys that steer it."""

import pytest
from textual.widgets import Input, TabbedContent

from iftgen.tui.screens.dialogs import Ask, Sure
from iftgen.tui.screens.run import TABS, RunScreen
from tests.tui.conftest import Viewer
from tests.tui.scenes import LARGE, SMALL, control, fill, look, shown, tell, told
from tests.watch.conftest import Clock
from tests.watch.made import Made


@pytest.fixture
def full(run: Made, clock: Clock) -> Made:
    """A run that goes on, ten seconds after its beginning."""
    fill(run)
    clock.after = 10
    return run


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_overview_tells_how_the_run_goes(full: Made, viewer: Viewer, size: tuple[int, int]) -> None:
    app = viewer(full.path)
    async with app.run_test(size=size) as pilot:
        await look(pilot)
        screen = shown(app)
        for words in (
            "● running",
            "12 of 20",
            "60%",
            "0:10 elapsed",
            "rejected",
            "Rejected 8",
            "Accepted 12",
            "Errors 5",
        ):
            assert words in screen
        for words in ("$0.12", "near_duplicate", "Filters, in order", "usd left", "$0.38"):
            assert words in screen
        if size == LARGE:
            assert "#11 writing/poem" in screen
            assert "Explain step 11 of the plan." in screen


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_every_tab_has_a_key_and_the_focus(full: Made, viewer: Viewer, size: tuple[int, int]) -> None:
    app = viewer(full.path)
    words = ("Candidates", "too like row 2", "Explain step 11", "HTTP 400: the prompt", "rejected for this score")
    async with app.run_test(size=size) as pilot:
        for number, (tab, said) in enumerate(zip(TABS, words, strict=True), 1):
            await pilot.press(str(number))
            await look(pilot)
            assert app.screen.query_one(TabbedContent).active == tab
            assert said in shown(app)
            assert number == 1 or app.focused is not None


async def test_a_run_is_paused_and_goes_on(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("p")
        assert control(full)["paused"] is True
        assert told(app) == ["It pauses: calls in flight are finished."]
        tell(full, 11, paused=True)
        await look(pilot)
        assert "‖ paused" in shown(app)
        await pilot.press("p")
        assert control(full)["paused"] is False


async def test_concurrency_goes_up_and_down_from_what_was_asked_for(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        wanted = []
        for key in ("plus", "plus", "minus", "minus", "equals_sign"):
            await pilot.press(key)
            wanted.append(control(full)["concurrency"])
        assert wanted == [10, 12, 9, 7, 8]
        assert told(app)[-1] == "At most 8 calls at once."


async def test_after_an_answer_of_the_run_concurrency_starts_from_what_is_so(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("plus")
        full.event("steer", 11, change={"concurrency": 10}, refused="the server [allows] 8")
        await look(pilot)
        assert told(app)[-1] == "Refused: the server [allows] 8"
        await pilot.press("minus")
        assert control(full)["concurrency"] == 6


async def test_what_was_refused_before_one_looks_is_not_told(full: Made, viewer: Viewer) -> None:
    full.event("steer", 10, change={"concurrency": 10}, refused="too many")
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await look(pilot)
        assert told(app) == []


async def test_concurrency_has_bounds(full: Made, viewer: Viewer) -> None:
    full.event("steer", 10, change={"concurrency": 4000})
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("plus")
        assert "5000 is not a whole number" in told(app)[-1]
        await pilot.press("minus")
        assert control(full)["concurrency"] == 3000


async def test_another_budget_is_asked_for(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        for typed, budget in (("usd=8", {"usd": 8.0}), ("usd=1.5, tokens=2e6", {"usd": 1.5, "tokens": 2e6})):
            await pilot.press("b")
            field = app.screen.query_one(Input)
            assert field.value == "usd=0.5"  # the cap that there is
            field.value = typed
            await pilot.press("enter")
            await pilot.pause()
            assert control(full)["budget"] == budget
            assert isinstance(app.screen, RunScreen)


async def test_what_is_no_budget_is_refused_with_words(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        for number, typed in enumerate(("a lot", "usd", "usd=", "euros=5", "usd=-1", "calls=1.5", "usd=nan"), 1):
            await pilot.press("b")
            app.screen.query_one(Input).value = typed
            await pilot.press("enter")
            await pilot.pause()
            assert len(told(app)) == number
            assert control(full) == {}


async def test_the_question_for_a_budget_can_be_given_up(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("b")
        assert isinstance(app.screen, Ask)
        await pilot.press("escape")
        assert (isinstance(app.screen, RunScreen), control(full), told(app)) == (True, {}, [])


@pytest.mark.parametrize(("key", "finish"), [("y", True), ("enter", True), ("n", None), ("escape", None)])
async def test_finishing_early_is_asked_about(full: Made, viewer: Viewer, key: str, finish: bool | None) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, Sure)
        assert "with the examples that are there?" in shown(app)
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        assert control(full).get("finish") is finish


async def test_a_run_that_has_ended_is_not_steered(full: Made, viewer: Viewer) -> None:
    full.end(11, accepted=12, rejected=8, failed=2)
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("p", "plus", "minus", "b", "e")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        assert control(full) == {}


async def test_a_folder_that_cannot_be_written_is_told(full: Made, viewer: Viewer) -> None:
    (full.path / ".control.lock").mkdir()
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("p")
        assert "cannot be written" in told(app)[-1]


async def test_backspace_does_nothing_without_a_sweep(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        await pilot.press("backspace")
        assert isinstance(app.screen, RunScreen)


ENDS = {
    "completed": "✓ completed", "stopped": "■ stopped", "budget_exhausted": "■ budget spent",
    "exhausted": "■ out of candidates", "failed": "✗ failed", "hologram": "● hologram",
}  # fmt: skip


async def test_how_a_run_ended_is_told_with_its_message(full: Made, viewer: Viewer) -> None:
    app = viewer(full.path)
    async with app.run_test(size=SMALL) as pilot:
        for status, words in ENDS.items():
            full.end(11, status, "what to [do] next", accepted=12)
            await look(pilot)
            assert words in shown(app)
            assert "what to [do] next" in shown(app)
            assert "in flight" not in shown(app)


async def test_the_clock_goes_on_without_events(full: Made, viewer: Viewer, clock: Clock) -> None:
    app = viewer(full.path)
    async with app.run_test() as pilot:
        clock.after = 12
        assert isinstance(app.screen, RunScreen)
        app.screen._tick()
        await pilot.pause()
        assert "0:12 elapsed" in shown(app)
