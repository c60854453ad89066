"""The command in a real terminal of 120 x 36, looked at and typed into through tmux."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import until
from tests.run.test_kills import written

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

WANTED = 40
RUN = (
    "backend=mock", "backend.concurrency=4", "backend.mock.latency=0.1", "filters=[length]", "export=none",
    f"num_examples={WANTED}", "window=10",
)  # fmt: skip


class Tmux:
    """A server of its own, with one window."""

    def __init__(self, folder: Path, aside: Path) -> None:
        """Open a window in `folder`; `aside` keeps what only the test needs."""
        self.folder, self._pid = folder, aside / "pid"
        self._socket = aside / "s"
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", "120", "-y", "36", "exec cat")

    def start(self, *arguments: str) -> None:
        """Start the command in the window, in the place of what was there; its exit code is written below it."""
        left_out = [word for name in ("CI", "COLUMNS", "LINES") for word in ("-u", name)]
        environment = ["env", *left_out, "TERM=xterm-256color", f"PYTHONPATH={Path(__file__).parents[2]}"]
        command = shlex.join([*environment, sys.executable, "-m", "iftgen", *arguments])
        noted = shlex.quote(f"echo $$ > {shlex.quote(str(self._pid))}; exec {command}")
        self._tmux("respawn-pane", "-k", "-c", str(self.folder), f"sh -c {noted}; echo [exit $?]; exec cat")

    def screen(self) -> str:
        """What is shown, line by line; long lines that were wrapped are one."""
        return self._tmux("capture-pane", "-p", "-J")

    def wait_for(self, *words: str) -> str:
        """Return the screen as soon as all the words are on it."""
        end = time.monotonic() + 60
        while not all(word in (shown := self.screen()) for word in words):
            assert time.monotonic() < end, f"{words} are not on the screen:\n{shown}"
            time.sleep(0.05)
        return shown

    def type(self, key: str) -> None:
        """Press a key, by tmux's name of it."""
        self._tmux("send-keys", key)

    def ended(self) -> int:
        """Wait until the command has ended; returns its exit code, 137 after SIGKILL."""
        return int(self.wait_for("[exit ").split("[exit ")[1].split("]")[0])

    @property
    def pid(self) -> int:
        """The process of the command."""
        return int(self._pid.read_text())

    def close(self) -> None:
        """End the server, and with it what runs in the window."""
        self._tmux("kill-server")

    def _tmux(self, *arguments: str) -> str:
        return subprocess.run(
            ["tmux", "-S", str(self._socket), *arguments], check=True, capture_output=True, encoding="utf-8"
        ).stdout


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Tmux]:
    """A terminal in a folder of its own."""
    for name in ("here", "aside"):
        (tmp_path / name).mkdir()
    tmux = Tmux(tmp_path / "here", tmp_path / "aside")
    yield tmux
    tmux.close()


def run_of(window: Tmux) -> Path:
    """Wait until the run in the window has written some rows; returns its folder."""
    until(lambda: any(written(file.parent) >= 3 for file in window.folder.glob("outputs/*/*/manifest.json")))
    return next(window.folder.glob("outputs/*/*/manifest.json")).parent


def manifest(run: Path) -> dict[str, object]:
    """The manifest of a run."""
    found: dict[str, object] = json.loads((run / "manifest.json").read_text())
    return found


def assert_it_ends_whole(run: Path) -> None:
    """Wait for the end of a run that nobody watches any more."""
    until(lambda: manifest(run)["status"] != "running")
    assert manifest(run)["status"] == "completed"
    assert len((run / "examples.jsonl").read_text().splitlines()) == WANTED


def test_the_screen_opens_and_a_run_that_is_left_goes_on_to_its_end(window: Tmux) -> None:
    window.start(*RUN)
    shown = window.wait_for("running", f"of {WANTED}", "accepted", "mock")
    assert max(len(line) for line in shown.splitlines()) == 120
    run = run_of(window)
    window.type("q")
    window.wait_for("Leave", "detach", "stop gracefully", "stop now")
    window.type("d")
    assert window.ended() == 0
    assert f"iftgen: the run goes on: iftgen watch {run}\n{run}\n" in window.screen()
    assert manifest(run)["status"] == "running"
    assert_it_ends_whole(run)


def test_a_run_is_looked_at_again_when_it_has_ended(window: Tmux) -> None:
    window.start(*RUN)
    window.wait_for("✓ completed")
    window.type("q")
    assert window.ended() == 0  # also where statistics and exports are still written
    assert f"{WANTED} accepted of " in window.screen()
    window.start("watch")
    window.wait_for("✓ completed", f"{WANTED} of {WANTED}")
    window.type("q")
    assert window.ended() == 0


@pytest.mark.parametrize("key", ["s", "n"])
def test_a_run_is_stopped_from_the_screen(key: str, window: Tmux) -> None:
    window.start(*RUN)
    run = run_of(window)
    window.type("q")
    window.wait_for("stop gracefully")
    window.type(key)
    assert window.ended() == 3
    assert f"`iftgen resume {run}` goes on" in window.screen()
    assert manifest(run)["status"] == "stopped"


def test_a_viewer_that_is_killed_leaves_the_run_alone(window: Tmux) -> None:
    window.start(*RUN)
    window.wait_for("running", "accepted")
    run = run_of(window)
    os.kill(window.pid, signal.SIGKILL)
    assert window.ended() == 128 + signal.SIGKILL
    assert manifest(run)["status"] == "running"
    assert_it_ends_whole(run)


def test_a_viewer_says_that_the_run_was_killed(window: Tmux) -> None:
    window.start(*RUN, "num_examples=400")
    run = run_of(window)
    os.kill(int(str(manifest(run)["pid"])), signal.SIGKILL)
    window.wait_for("✗ killed", "the process is gone")
    window.type("q")
    assert window.ended() == 1
    assert f"iftgen resume {run} goes on" in window.screen()


def test_the_jobs_of_a_sweep_are_on_the_screen(window: Tmux) -> None:
    window.start("-m", *RUN, "seed=1,2")
    window.wait_for("seed=1", "seed=2", "running")
    window.wait_for("completed")
    window.type("q")
    window.wait_for("stop gracefully")
    window.type("n")
    assert window.ended() in (0, 3)


def test_bad_input_shows_its_message_on_the_plain_terminal(window: Tmux) -> None:
    window.start("backend=mock", "num_exmaples=5")
    assert window.ended() == 2
    assert window.screen().startswith("iftgen: num_exmaples: there is no key 'num_exmaples'.")
    assert list(window.folder.iterdir()) == []
