"""Whether a backend still answers: the circuit breaker of a run, and the waits between attempts."""

import asyncio
import random

from iftgen.errors import BackendError, TransientCallError

# A server that asks for a longer wait than this ends the run, which can be resumed.
LONGEST_RETRY_AFTER = 600.0
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0


class Pulse:
    """Counts answers and the silence between them.

    A silence begins with the first attempt that failed after the last answer. It ends the run when it lasts
    `dead_after` seconds, beyond the longest wait that the server itself asked for, and two attempts failed in it.
    """

    def __init__(self, name: str, dead_after: float) -> None:
        """Start without a silence; `name` is the backend's, for the message."""
        self.answers = 0
        self._name = name
        self._dead_after = dead_after
        self._answered = float("-inf")
        self._since: float | None = None
        self._failures = 0
        self._granted = 0.0

    def answer(self) -> None:
        """Note an answer of any kind that shows a living backend."""
        self.answers += 1
        self.forgive()

    def forgive(self) -> None:
        """Forget the silence so far: nothing was asked meanwhile."""
        self._answered = asyncio.get_running_loop().time()
        self._since, self._failures, self._granted = None, 0, 0.0

    def check(self, error: TransientCallError, begun: float) -> float:
        """Note an attempt that failed, begun at that time of the loop; returns the seconds left to the backend.

        Raises BackendError when the backend has been silent for too long.
        """
        now = asyncio.get_running_loop().time()
        asked = error.retry_after or 0.0
        if self._since is None:
            self._since = max(begun, self._answered)
        self._failures += 1
        self._granted = max(self._granted, min(asked, LONGEST_RETRY_AFTER))
        silent = now - self._since
        left = self._dead_after + self._granted - silent
        if asked > LONGEST_RETRY_AFTER or (left <= 0 and self._failures > 1):
            if asked > LONGEST_RETRY_AFTER:
                raise BackendError(
                    f"Backend {self._name!r} asks to wait {asked:.0f} s: {error} The run can be resumed."
                ) from None
            raise BackendError(
                f"Backend {self._name!r} gave no answer for {silent:.0f} s: {error} The run can be resumed."
            ) from None
        return max(left, 1.0)


def backoff(tries: int, retry_after: float | None) -> float:
    """Return the seconds before the next attempt: the server's wish, else doubling; spread so that calls part ways."""
    base = min(LONGEST_WAIT, FIRST_WAIT * 2.0**tries)
    if retry_after is not None:
        return min(retry_after, LONGEST_RETRY_AFTER) + random.uniform(0, 0.1 * base)
    return base * random.uniform(0.5, 1.5)
