"""The engine as a child process: it works in a session of its own and outlives its viewer."""

import contextlib
import json
import locale
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from iftgen.cli.pointer import VARIABLE

# Seconds between the two signals that mean "stop now": two that arrive as one are one.
BETWEEN = 0.1
# Seconds that a process needs at most between closing its files and being gone.
MOMENT = 0.2
# Seconds between two looks at whether the waiting is to end.
SLICE = 0.05


class Child:
    """A run or a sweep in a process of its own; an `iftgen.tui.engine.Engine`.

    What it prints goes to files without a name: they take no place once nobody has them open, however it ends.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        """Start it with the arguments of the command line."""
        self._started, self._born = time.monotonic(), time.time()
        self._place: Path | None = None
        self._declined = False
        self._told = b""
        self._signals = 0
        self._out, self._err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
        self._pipe: int | None
        self._pipe, writing = os.pipe()
        try:
            self._process = self._start(arguments, writing)
        finally:
            os.close(writing)
        os.set_blocking(self._pipe, False)

    def _start(self, arguments: Sequence[str], pipe: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*_python(), "-m", "iftgen", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._err,
            start_new_session=True,  # neither Ctrl-C nor a closed terminal reaches it
            pass_fds=(pipe,),
            env={**os.environ, VARIABLE: str(pipe)},
        )

    def __enter__(self) -> "Child":
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of it; it works on if it has not ended."""
        self._hang_up()
        self._out.close()
        self._err.close()

    @property
    def place(self) -> Path | None:
        """The folder of the run or the sweep, None until the child has told it."""
        self._listen(0)
        return self._place

    @property
    def declined(self) -> bool:
        """Whether the config asks for no viewer; the child ends without having done anything."""
        self._listen(0)
        return self._declined

    @property
    def exit_code(self) -> int | None:
        """The exit code, None while the child works, negative where a signal killed it."""
        return self._process.poll()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._signals > 0

    def output(self) -> str:
        """Return what it has printed on stderr so far."""
        return _content(self._err)

    def data(self) -> str:
        """Return what it has printed on stdout so far."""
        return _content(self._out)

    def stop(self, now: bool) -> None:
        """Stop as Ctrl-C does: once, or with `now` twice; never more often, as a third one would cut the writing."""
        self._interrupt(1)
        if now:
            later = threading.Timer(BETWEEN, self._interrupt, (2,))
            later.daemon = True
            later.start()

    def _interrupt(self, number: int) -> None:
        if self._signals < number:
            self._signals = number
            if not self.writing_up:
                self._process.send_signal(signal.SIGINT)

    @property
    def writing_up(self) -> bool:
        """Whether the run is over, and statistics and exports are written, or are about to be; False for a sweep.

        A manifest that is older than the child tells how the run ended before it was resumed.
        """
        place = self.place
        try:
            file = place / "manifest.json" if place is not None else None
            return file is not None and file.stat().st_mtime >= self._born and status_of(file) not in ("", "running")
        except OSError:
            return False

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self._started

    def wait_for_place(self, seconds: float, unless: Callable[[], bool] = lambda: False) -> Path | None:
        """Wait, at most that long, until it has told its folder, declined or ended; returns the folder."""
        until = time.monotonic() + seconds
        self._listen(0)
        while self._pipe is not None and (left := until - time.monotonic()) > 0 and not unless():
            self._listen(min(left, SLICE))
        if self._place is None and self._pipe is None:
            self.wait(max(MOMENT, until - time.monotonic()))
        return self._place

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait until it has ended, or that long; returns its exit code, None while it works."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self.exit_code

    def _listen(self, seconds: float) -> None:
        """Take in what came through the pipe, waiting for something that long."""
        if self._pipe is None or not select.select([self._pipe], [], [], seconds)[0]:
            return
        piece = os.read(self._pipe, 65_536)
        self._told += piece
        if not piece or self._told.endswith(b"\n"):
            self._hang_up()
            message: dict[str, Any] = json.loads(self._told) if self._told.endswith(b"\n") else {}
            self._declined = bool(message.get("declined"))
            self._place = Path(message["folder"]) if "folder" in message else None

    def _hang_up(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None


def status_of(manifest: Path) -> str:
    """Return the status that a manifest tells, "" where it cannot be read."""
    try:
        return str(json.loads(manifest.read_text(encoding="utf-8")).get("status", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _python() -> list[str]:
    """Return the command of this Python, which finds modules in the current folder only if this process does.

    `-m` alone would look there first: a user's `random.py` would stand for the library's.
    """
    here = not sys.path or sys.path[0] in ("", str(Path.cwd()))
    return [sys.executable] if here else [sys.executable, "-P"]


def _content(file: IO[bytes]) -> str:
    """Return the content from its start; the child's own place in the file, which is the same one, must stay."""
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0).decode(locale.getpreferredencoding(False), "replace")
