"""Comparing many rows with the shelf at once: one product of two matrices costs a tenth of as many with a vector."""

import asyncio
from collections import OrderedDict
from typing import Any

from iftgen.filters.semantic_duplicate.shelf import Array, Query, Shelf

# Blocks from which on it pays, and rows that are remembered until their check.
FEW = 4
KEPT = 4096


class Foresight:
    """The highest cosines by block for the rows to come: hints, which change no verdict."""

    def __init__(self) -> None:
        """Know nothing."""
        self._known: OrderedDict[tuple[int, str], Array] = OrderedDict()
        self._waiting: list[tuple[Shelf, Query, str, asyncio.Future[None]]] = []
        self._tasks: set[asyncio.Task[Any]] = set()

    def of(self, shelf: Shelf, text: str) -> Array | None:
        """Return what is known of a text."""
        return self._known.get((id(shelf), text))

    async def look(self, shelf: Shelf, query: Query, text: str) -> None:
        """Compare a text with the full blocks of a shelf, together with all that come in the same turn of the loop."""
        if shelf.full < FEW or (id(shelf), text) in self._known:
            return
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._begin)
        future = loop.create_future()
        self._waiting.append((shelf, query, text, future))
        await future

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, []
        task = asyncio.get_running_loop().create_task(self._compare(waiting))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _compare(self, waiting: "list[tuple[Shelf, Query, str, asyncio.Future[None]]]") -> None:
        """Compare in a thread: the loop goes on meanwhile, and full blocks do not change."""
        groups: dict[tuple[int, tuple[int, ...]], list[tuple[Shelf, Query, str]]] = {}
        for shelf, query, text, _ in waiting:
            groups.setdefault((id(shelf), query.parts), []).append((shelf, query, text))
        try:
            for group in groups.values():
                peaks = await asyncio.to_thread(group[0][0].peaks, [query for _, query, _ in group])
                for (shelf, _, text), row in zip(group, peaks, strict=True):
                    self._known[id(shelf), text] = row
        finally:  # without hints the checks find the same
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            for _, _, _, future in waiting:
                if not future.done():
                    future.set_result(None)
