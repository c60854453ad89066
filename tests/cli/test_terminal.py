"""The command in a real terminal, with a stub in the place of the viewer."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, until
from tests.run.test_kills import written

RUN = ("backend=mock", "num_examples=30", "window=10", "backend.concurrency=4", "filters=[length]", "export=none")
SLOW = (*RUN, "backend.mock.latency=0.1")
Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the command in a terminal; ends what a test left behind."""
    opened: list[Terminal] = []

    def run(*arguments: str, **environment: str) -> Terminal:
        opened.append(Terminal([sys.executable, "-m", "tests.cli.terminal", *arguments], tmp_path, **environment))
        return opened[-1]

    yield run
    for terminal in opened:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()


def status_in_the_end(place: Path) -> str:
    """Wait until the run is over, and return how it ended."""

    def status() -> str:
        return str(json.loads((place / "manifest.json").read_text())["status"])

    until(lambda: (place / "manifest.json").exists() and status() != "running")
    return status()


def place_of(terminal: Terminal) -> Path:
    """The folder that the viewer was told."""
    return Path(terminal.wait_for(r"place: (/.*)\n")[1])


def test_bad_input_shows_its_message_and_no_screen(start: Start, tmp_path: Path) -> None:
    terminal = start("backend=mock", "num_exmaples=5")
    assert terminal.ended() == 2
    assert "\niftgen: num_exmaples: there is no key" in terminal.shown and "screen" not in terminal.shown
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_left_goes_on_to_its_end(start: Start) -> None:
    terminal = start(*SLOW)
    place = place_of(terminal)
    terminal.type("d\n")
    assert terminal.ended() == 0
    assert terminal.shown.endswith(f"iftgen: the run goes on: iftgen watch {place}\n{place}\n")
    assert status_in_the_end(place) == "completed"


def test_a_stop_ends_the_run_and_shows_its_summary(start: Start) -> None:
    terminal = start(*SLOW)
    place = place_of(terminal)
    until(lambda: written(place) >= 3)
    terminal.type("s\n")
    assert terminal.ended() == 3
    assert "\nstopped: " in terminal.shown and terminal.shown.endswith(f"\n{place}\n")


def test_ctrl_c_before_the_screen_is_there_stops_the_engine_too(start: Start, tmp_path: Path) -> None:
    terminal = start(*SLOW)
    terminal.wait_for("the engine is started")
    terminal.type("\x03")
    assert terminal.ended() == 3
    assert terminal.shown.endswith("iftgen: stopped before the run began\n") and "screen" not in terminal.shown
    assert list(tmp_path.glob("outputs/**/manifest.json")) == []


@pytest.mark.parametrize("how", ["killed", "closed"])
def test_a_viewer_that_is_killed_or_whose_terminal_is_closed_leaves_the_run_alone(how: str, start: Start) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # means something also where the tests run under nohup
    try:
        terminal = start(*SLOW)
    finally:
        signal.signal(signal.SIGHUP, before)
    place = place_of(terminal)
    if how == "killed":
        terminal.process.kill()
        assert terminal.process.wait(60) == -signal.SIGKILL
    else:
        terminal.close()
    assert status_in_the_end(place) == "completed"
    assert len((place / "examples.jsonl").read_text().splitlines()) == 30


def test_lines_are_printed_where_no_screen_can_be_drawn(start: Start) -> None:
    for settings, environment in ((("ui=plain",), {}), ((), {"TERM": "dumb"}), ((), {"CI": "true"})):
        terminal = start(*RUN, *settings, **environment)
        assert terminal.ended() == 0
        assert terminal.shown.startswith("iftgen: /") and "a screen is opened" not in terminal.shown


def test_a_config_that_asks_for_lines_gets_them(start: Start, tmp_path: Path) -> None:
    (tmp_path / "mine" / "experiment").mkdir(parents=True)
    (tmp_path / "mine" / "experiment" / "quiet.yaml").write_text("# @package _global_\nui: plain\n")
    terminal = start("--config-dir", "mine", "experiment=quiet", *RUN)
    assert terminal.ended() == 0
    assert "30 accepted" in terminal.shown and " with mock\n" in terminal.shown


def test_a_finished_run_that_is_resumed_says_that_there_is_nothing_to_do(start: Start) -> None:
    terminal = start(*RUN, "ui=plain")
    terminal.ended()
    place = Path(terminal.shown.splitlines()[-1])
    terminal = start("resume", str(place), "ui=auto")
    assert place_of(terminal) == place
    terminal.type("e\n")
    assert terminal.ended() == 0
    assert "nothing to do" in terminal.shown
