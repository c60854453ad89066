"""The planner of `method=file`: the rows of a dataset are the draws, in their own order."""

from collections.abc import Iterator, Mapping
from typing import Any

from iftgen.data import Row
from iftgen.hashing import stable_hash
from iftgen.types import Draw, Pair


class FilePlanner:
    """Hands out the rows of a file, one a draw, at most `window` ahead of the commits; `limit` caps the rows judged."""

    def __init__(self, rows: Iterator[Row], seed: int, window: int, limit: int | None = None) -> None:
        """Take the rows as a stream; only those in the window are held."""
        self.commits = self.next_index = 0
        self.window, self.limit, self.seed = window, limit, seed
        self._rows = rows
        self._held: dict[int, Row] = {}
        self._ended = False

    @property
    def finished(self) -> bool:
        """Every row is judged (or the limit is reached)."""
        return self._ended and self.commits >= self.next_index

    def next_draw(self) -> Draw | None:
        """Return the draw of the next row, or None while the window is full or when the file has ended."""
        if self._ended or self.next_index - self.commits > self.window:
            return None
        row = None if self.limit is not None and self.next_index >= self.limit else next(self._rows, None)
        if row is None:
            self._ended = True
            return None
        index = self.next_index
        self._held[index] = row
        self.next_index += 1
        return Draw(
            task=row.task or "file",
            n=index,
            key=stable_hash(self.seed, "file", index),
            index=index,
            count=1,
            view=self.commits,
            method="file",
            attributes={},
            topic=row.topic,
            shots=(),
        )

    def commit(self, index: int, task: str, example: Pair | None) -> None:
        """Forget the row of the next index."""
        if index != self.commits:
            raise ValueError(f"commit of index {index}, but {self.commits} is due")
        self._held.pop(index, None)
        self.commits += 1

    def full(self, task: str) -> bool:
        """A file has no quotas."""
        return False

    def row_at(self, index: int) -> Mapping[str, Any]:
        """Return the row behind an index that is not committed yet."""
        row = self._held[index]
        return {
            "instruction": row.instruction,
            "input": row.input,
            "output": row.output,
            "system": row.system,
            "extra": dict(row.extra),
        }
