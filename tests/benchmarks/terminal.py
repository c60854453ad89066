"""A viewer in a terminal of its own, with what it took: for the benchmark `viewer`.

Run (by `viewer` only): python -m tests.benchmarks.terminal FOLDER OUT
"""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from typing import Any

from textual import events
from textual.widgets import TabbedContent

from iftgen.tui.app import IftgenApp, Watching
from iftgen.tui.screens.run import RunScreen
from iftgen.watch.fold import Fold

COLUMNS, LINES = 120, 36


class Probe(IftgenApp):
    """The viewer, noting when it drew what; written to a file when it ends."""

    def __init__(self, place: Path, out: Path) -> None:
        """Watch a place."""
        super().__init__(place)
        self._out = out
        self.notes: dict[str, Any] = {"lags": [], "keys": []}
        self._pending: list[float] = []
        take = Fold.take

        def noted(fold: Fold, event: Any) -> None:
            take(fold, event)
            self._pending.append(float(event["time"]))

        Fold.take = noted  # type: ignore[method-assign,assignment]

    def _draw(self, screen: Watching) -> None:
        super()._draw(screen)
        told, self._pending = self._pending, []
        self.call_after_refresh(self._drawn, told)

    def _drawn(self, told: list[float]) -> None:
        now = time.time()
        self.notes["lags"] += [now - then for then in told]
        screen = self.screen
        if isinstance(screen, RunScreen) and screen.feed.view.candidates:
            self.notes.setdefault("first", now)
            rows = screen.panes["rejected"]
            if screen.query_one(TabbedContent).active == "rejected" and not rows.behind:
                self.notes.setdefault("indexed", now)

    async def on_event(self, event: events.Event) -> None:
        """Time each key to the drawing after it."""
        begun = time.perf_counter()
        await super().on_event(event)
        if isinstance(event, events.Key):
            self.call_after_refresh(lambda: self.notes["keys"].append((event.key, time.perf_counter() - begun)))

    def on_unmount(self) -> None:
        """Write what was noted."""
        super().on_unmount()
        self._out.write_text(json.dumps(self.notes))


class Terminal:
    """A process in a terminal of its own, whose output is read and dropped."""

    def __init__(self, *command: str) -> None:
        """Start a Python module with arguments."""
        self.started = time.time()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command], stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        os.close(slave)
        threading.Thread(target=self._drain, daemon=True).start()

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def cpu(self) -> float:
        """Return the CPU seconds so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the most memory it held, in MB."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

    def close(self) -> None:
        """Leave by the key, and wait."""
        self.press("\x11")  # ctrl+q
        self._process.wait(20)

    def _drain(self) -> None:
        try:
            while os.read(self._master, 1 << 16):
                pass
        except OSError:
            return


def main() -> None:
    """Show a folder."""
    Probe(Path(sys.argv[1]), Path(sys.argv[2])).run()


if __name__ == "__main__":
    main()
