"""What the viewer knows of the process that it was opened for."""

from pathlib import Path
from typing import Protocol


class Engine(Protocol):
    """The process that makes the run or the sweep; all of this is cheap, and may be asked many times a second."""

    @property
    def place(self) -> Path | None:
        """The folder of the run or the sweep, None until the process has told it."""
        ...

    @property
    def exit_code(self) -> int | None:
        """The exit code, None while the process works, negative where a signal killed it (-9: SIGKILL)."""
        ...

    def output(self) -> str:
        """Return what it has printed on stderr so far: the reason where it failed, a summary where it did not."""
        ...

    def stop(self, now: bool) -> None:
        """Ask it to stop: what is in flight is finished, or with `now` is cut off. May be asked again, to hurry."""
        ...
