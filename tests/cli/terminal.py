"""A terminal for tests, and a program: the command with a viewer that only tells what it sees and takes a letter.

`python -m tests.cli.terminal ARGUMENTS` writes `place: DIR` as soon as it is known, and takes d (leave), e (leave when
the engine has ended), s (stop) or x (fail), as a line.
"""

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

from iftgen.cli import front, main
from iftgen.cli.child import Child
from iftgen.tui.engine import Engine


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, command: list[str], folder: Path, **environment: str) -> None:
        """Start it."""
        self.shown = ""
        self._ours, theirs = pty.openpty()
        clean = {name: value for name, value in os.environ.items() if name != "CI"}
        paths = {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**clean, **paths, **environment},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self._ours, text.encode())

    def wait_for(self, pattern: str, seconds: float = 60) -> "re.Match[str]":
        """Return the first match in what was shown so far or is shown within that time."""
        until = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.shown)
            if found is not None:
                return found
            assert time.monotonic() < until and self._read(0.2), f"{pattern!r} is not in:\n{self.shown}"

    def ended(self) -> int:
        """Wait for its end; returns the exit code."""
        while self._read(60):
            pass
        return self.process.wait(60)

    def close(self) -> None:
        """Close the terminal, as a window is closed."""
        self._read(0)
        os.close(self._ours)
        self.process.wait(60)

    def _read(self, seconds: float) -> bool:
        """Take in what was shown; tells whether there may be more."""
        if select.select([self._ours], [], [], seconds)[0]:
            try:
                piece = os.read(self._ours, 65_536)
            except OSError:  # nobody has it open any more
                return False
            self.shown += piece.decode(errors="replace").replace("\r\n", "\n")
            return bool(piece)
        return self.process.poll() is None


def until(true: Callable[[], object]) -> None:
    """Wait until something holds that another process brings about."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def watch(place: Path | None, engine: Engine) -> None:
    """Stand in for the viewer."""
    print("a screen is opened", flush=True)  # noqa: T201
    while (place := engine.place) is None and engine.exit_code is None:
        select.select([], [], [], 0.05)
    print(f"place: {place}", flush=True)  # noqa: T201
    if place is None:
        return
    letter = sys.stdin.readline().strip()
    if letter == "s":
        engine.stop(now=False)
    elif letter == "e":
        until(lambda: engine.exit_code is not None)
    elif letter == "x":
        raise RuntimeError("the screen is torn")


class Announced(Child):
    """A child whose start is told."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Start it, and say so."""
        super().__init__(arguments)
        print("the engine is started", flush=True)  # noqa: T201


if __name__ == "__main__":
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # Ctrl-C and a closed terminal reach this process, as in a shell
    front.PATIENCE = 10.0  # bad input has time to be found, however busy the machine is
    setattr(front, "Child", Announced)  # noqa: B010
    sys.modules[front.VIEWER] = SimpleNamespace(watch=watch)  # type: ignore[assignment]
    main()
