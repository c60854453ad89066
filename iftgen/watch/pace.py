"""How fast a run goes: now, and over its time."""

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from itertools import pairwise

# Seconds over which "now" is averaged, those over which what is left is estimated (rows of a file are judged in blocks,
# some faster than others), and the points of the curve that are kept.
RECENT, STEADY = 10.0, 60.0
POINTS = 512


class Pace:
    """Accepted examples, candidates and tokens at the moments of the progress events."""

    def __init__(self) -> None:
        """Begin without any."""
        self._recent: deque[tuple[float, int, int]] = deque()
        self._curve: list[tuple[float, int]] = []  # (seconds of work, accepted)
        self._idle = 0.0  # time between a stop and the next start, which is no work
        self._last = 0.0
        self._step = 1
        self._seen = 0

    def begin(self, time: float) -> None:
        """Note that the run starts, or goes on."""
        self._idle += time - self._last if self._last else time
        self._last = time
        self._recent.clear()

    def note(self, time: float, accepted: int, candidates: int, tokens: int) -> None:
        """Note a moment; of many, every second one is dropped now and then."""
        self._last = time
        self._recent.append((time, accepted, tokens))
        while time - self._recent[0][0] > STEADY and len(self._recent) > 2:
            self._recent.popleft()
        self._seen += 1
        if self._seen % self._step == 0:
            self._curve.append((time - self._idle, accepted))
        if len(self._curve) > POINTS:
            self._curve, self._step = self._curve[::2], self._step * 2

    def now(self) -> tuple[float, float]:
        """Return accepted examples and tokens a second over the last moments."""
        time, now_accepted, now_tokens = self._recent[-1]
        recent = [one for one in self._recent if time - one[0] <= RECENT]
        then, accepted, tokens = recent[0] if len(recent) > 1 else self._recent[max(0, len(self._recent) - 2)]
        seconds = time - then
        return ((now_accepted - accepted) / seconds, (now_tokens - tokens) / seconds) if seconds > 0 else (0.0, 0.0)

    def steady(self) -> float:
        """Return accepted examples a second over the last minute."""
        (then, before, _), (time, accepted, _) = self._recent[0], self._recent[-1]
        return (accepted - before) / (time - then) if time > then else 0.0

    def overall(self) -> float:
        """Return accepted examples a second over the whole time."""
        return self._curve[-1][1] / self._curve[-1][0] if self._curve and self._curve[-1][0] > 0 else 0.0

    def curve(self, steps: int) -> list[float]:
        """Return accepted examples a second in equal steps of its time; empty before there are two points."""
        points = self._curve  # the reader's thread may put another one in its place
        if len(points) < 2:
            return []
        begin, end = points[0][0], points[-1][0]
        width = (end - begin) / steps
        if width <= 0:
            return []
        counts = [_at(points, begin + width * step) for step in range(steps + 1)]
        return [max(0.0, (after - before) / width) for before, after in pairwise(counts)]


def _at(points: Sequence[tuple[float, int]], time: float) -> float:
    """Return the accepted examples at a time, between two points by a straight line."""
    place = min(max(bisect_left(points, (time, 0)), 1), len(points) - 1)
    (left, low), (right, high) = points[place - 1], points[place]
    share = (time - left) / (right - left) if right > left else 1.0
    return low + (high - low) * min(max(share, 0.0), 1.0)
