"""A waiting line in which the calls for earlier rows stand before those for later ones."""

import heapq
from collections.abc import Iterator
from contextvars import ContextVar
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")

# The index of the row that a call is for. The answer to an early instruction goes before the instructions of a late
# draw: rows are committed in order, and what is bought beyond the last one serves nobody when a budget ends.
PLACE: ContextVar[int] = ContextVar("place", default=0)


class Line(Generic[T]):
    """Items by place, then in the order in which they came."""

    def __init__(self) -> None:
        """Start empty."""
        self._heap: list[tuple[int, int, T]] = []
        self._numbers = count()

    def __len__(self) -> int:
        """Count those who wait."""
        return len(self._heap)

    def __iter__(self) -> Iterator[T]:
        """Give all who wait, in any order."""
        return (item for _, _, item in self._heap)

    def append(self, item: T) -> None:
        """Let an item wait, at the place of the current context."""
        heapq.heappush(self._heap, (PLACE.get(), next(self._numbers), item))

    def first(self) -> T:
        """Return who is next; raises IndexError where nobody waits."""
        return self._heap[0][2]

    def place(self) -> tuple[int, int]:
        """Return the place of who is next."""
        return self._heap[0][:2]

    def popleft(self) -> T:
        """Take out who is next."""
        return heapq.heappop(self._heap)[2]

    def clear(self) -> None:
        """Let nobody wait."""
        self._heap.clear()
