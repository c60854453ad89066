"""The child's side of a run with a viewer: it tells its parent where it works, through a pipe, and keeps silent.

A pipe, not a file: nothing is left behind whoever is killed, and the parent sees at once when the child has ended.
"""

import contextlib
import json
import os
from pathlib import Path

# The number of the pipe's writing end. Dropped from the environment at once: a child of ours is no engine of a viewer.
VARIABLE = "IFTGEN_POINTER"


class Pointer:
    """Whether a viewer has started this process, and the pipe to it."""

    def __init__(self) -> None:
        """Begin as a process that nobody watches."""
        self.watched = False
        self._pipe: int | None = None

    def take(self) -> None:
        """Take over what the parent left in the environment, if it did."""
        number = os.environ.pop(VARIABLE, None)
        self.watched = number is not None
        if number is not None and number.isdecimal():
            with contextlib.suppress(OSError):
                os.set_inheritable(int(number), False)
                self._pipe = int(number)

    def tell(self, folder: Path) -> None:
        """Say where the run or the sweep is; only the first time counts."""
        self._send({"folder": str(folder.absolute())})

    def decline(self) -> None:
        """Say that the config wants no viewer: the parent is to run by itself."""
        self._send({"declined": True})

    def _send(self, message: dict[str, object]) -> None:
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            with contextlib.suppress(OSError):  # the viewer may be gone; the run goes on
                os.write(pipe, json.dumps(message).encode() + b"\n")
            with contextlib.suppress(OSError):
                os.close(pipe)


POINTER = Pointer()
