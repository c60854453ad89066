"""Pictures of every screen in its states; `pytest --snapshot-update` draws them anew where a change is wanted."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from textual.screen import ModalScreen

from iftgen.review.sample import sample
from iftgen.store.lock import locked
from iftgen.tui.app import IftgenApp
from iftgen.watch.feed import SILENT
from tests.tui.conftest import Viewer
from tests.tui.scenes import SMALL, USUAL, AppPilot, fill, look, shown, tell
from tests.tui.test_sweep_screen import sweep
from tests.watch.conftest import Clock
from tests.watch.made import Made

Compare = Callable[..., bool]
Step = Callable[[AppPilot], Awaitable[None]]
# Times that the screen is looked at until it is taken as it is.
LOOKS = 100


@pytest.fixture(autouse=True)
def neutral(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Paths in messages are relative, and the same everywhere."""
    monkeypatch.chdir(tmp_path)
    yield


@pytest.fixture
def place(run: Made, clock: Clock, tmp_path: Path) -> Made:
    """A run that goes on, by a path that tells nothing of the machine."""
    fill(run)
    clock.after = 10
    return Made(run.path.relative_to(tmp_path))


def keys(*names: str) -> Step:
    """Press keys, then draw what they lead to."""

    async def press(pilot: AppPilot) -> None:
        assert isinstance(pilot.app, IftgenApp)
        if pilot.app.watching is not None:
            await look(pilot)
        await settled(pilot)  # else a dialog covers a foot that shows no keys yet
        for name in names:
            await pilot.press(name)
            if pilot.app.watching is pilot.app.screen:
                await look(pilot)
        await pilot.pause(0.15)  # the chosen row is shown in full once the cursor rests
        await settled(pilot)

    return press


async def settled(pilot: AppPilot) -> None:
    """Wait for the dialog that a worker opens, then until several drawings are the same: a busy machine takes long."""
    seen: list[str] = []
    app = pilot.app
    assert isinstance(app, IftgenApp)
    for _ in range(LOOKS):
        still(pilot)
        await pilot.pause(0.05)
        busy = any(worker.is_running for worker in app.workers) and not isinstance(app.screen, ModalScreen)
        seen = [] if busy or not app.screen.is_mounted else [*seen[-2:], shown(app)]
        if len(seen) == 3 and len(set(seen)) == 1:
            return


def still(pilot: AppPilot) -> None:
    """Let no cursor blink."""
    for field in pilot.app.screen.query("Input, TextArea"):
        field.cursor_blink = False  # type: ignore[attr-defined]
    pilot.app.clear_notifications()


def paused(run: Made, clock: Clock) -> None:
    """Pause the run."""
    tell(run, 11, paused=True, in_flight=0, concurrency=0)


def silent(run: Made, clock: Clock) -> None:
    """Hear nothing of it."""
    clock.after = 10 + SILENT + 5


def ended(status: str, message: str = "") -> Callable[[Made, Clock], None]:
    """End the run."""
    return lambda run, clock: run.end(11, status, message, accepted=12, rejected=8, failed=2)


def spent(run: Made, clock: Clock) -> None:
    """Spend the budget."""
    message = "budget.usd: the next call may cost $0.02, but $0.01 of $0.50 is left. `iftgen resume DIR budget.usd=1`"
    ended("budget_exhausted", message)(run, clock)


STATES: dict[str, Callable[[Made, Clock], None]] = {
    "paused": paused,
    "silent": silent,
    "stopping": lambda run, clock: run.event("stopping", 11, calls=3),
    "stopped": ended("stopped"),
    "completed": ended("completed"),
    "failed": ended("failed", "no answer from https://example.com/v1 for 60 s. The run can be resumed."),
    "killed": silent,
    "budget spent": spent,
}


@pytest.mark.parametrize("state", STATES)
def test_the_overview(snap_compare: Compare, viewer: Viewer, place: Made, clock: Clock, state: str) -> None:
    STATES[state](place, clock)
    with ExitStack() as stack:
        if state == "silent":
            stack.enter_context(locked(place.path))
        assert snap_compare(viewer(place.path), terminal_size=USUAL, run_before=keys())


@pytest.mark.parametrize("size", [SMALL, USUAL, (200, 60)])
def test_a_run_that_goes_on(snap_compare: Compare, viewer: Viewer, place: Made, size: tuple[int, int]) -> None:
    assert snap_compare(viewer(place.path), terminal_size=size, run_before=keys())


def test_a_run_of_which_nothing_is_known(snap_compare: Compare, viewer: Viewer) -> None:
    empty = Made(Path("2025-06-15/15-06-40-a1b2c3"))
    assert snap_compare(viewer(empty.path), terminal_size=USUAL, run_before=keys())


@pytest.mark.parametrize(
    ("pressed", "size"),
    [
        (("2",), USUAL), (("2",), SMALL), (("2", "enter"), SMALL), (("2", "x", "slash", "z", "q"), USUAL),
        (("3",), USUAL), (("4",), USUAL), (("5",), SMALL), (("5", "down", "down"), USUAL), (("2", "o"), USUAL),
        (("question_mark",), SMALL), (("b",), SMALL), (("e",), SMALL), (("q",), SMALL),
    ],
    ids=lambda value: "-".join(value) if isinstance(value[0], str) else str(value[0]),
)  # fmt: skip
def test_tabs_and_dialogs(
    snap_compare: Compare, viewer: Viewer, place: Made, pressed: tuple[str, ...], size: tuple[int, int]
) -> None:
    assert snap_compare(viewer(place.path), terminal_size=size, run_before=keys(*pressed))


@pytest.mark.parametrize("size", [SMALL, USUAL])
def test_a_sweep(snap_compare: Compare, viewer: Viewer, clock: Clock, size: tuple[int, int]) -> None:
    clock.after = 10
    folder = sweep(Path("2025-06-15/15-06-40-5eeb00"))
    assert snap_compare(viewer(folder), terminal_size=size, run_before=keys("down"))


@pytest.mark.parametrize("pressed", [(), ("v",), ("b",), ("e",), ("g", "s", "g")], ids="-".join)
def test_a_review(snap_compare: Compare, viewer: Viewer, place: Made, pressed: tuple[str, ...]) -> None:
    app: Any = viewer(place.path, review=sample(place.path, 3))
    assert snap_compare(app, terminal_size=SMALL, run_before=keys(*pressed))


def test_the_start(snap_compare: Compare, viewer: Viewer) -> None:
    assert snap_compare(viewer(None), terminal_size=SMALL, run_before=keys())
