"""The planner of `method=file`: the rows of a dataset are the draws, in their own order."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from iftgen.apportion import WHOLE, Shard
from iftgen.data import Row
from iftgen.hashing import stable_hash
from iftgen.types import Draw, Pair

# Rows that are read at once, for filters that compare many texts at a lower price than one after the other.
BLOCK = 512


class FilePlanner:
    """Hands out the rows of a file, one a draw, at most `window` ahead of the commits; `limit` caps the rows judged."""

    def __init__(
        self,
        rows: Iterator[Row],
        seed: int,
        window: int,
        limit: int | None = None,
        foresee: Callable[[Sequence[Row]], None] | None = None,
        shard: Shard = WHOLE,
    ) -> None:
        """Take the rows as a stream, of which a block is held; `foresee` is shown each block before its first draw.

        Of the rows within the limit a shard has its own; an index counts those, `n` of a draw is the place in the file.
        """
        self.commits = self.next_index = 0
        self.window, self.seed = window, seed
        self.moves = 0
        self.quotas: Mapping[str, int] = {}  # a file has none
        self.unfilled: Mapping[str, int] = {}
        self.shard = shard
        self._rows = islice(rows, shard.index, limit, shard.count)
        self._foresee = foresee
        self._ahead: deque[Row] = deque()
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
        row = self._next_row()
        if row is None:
            self._ended = True
            return None
        index, n = self.next_index, self.shard.place(self.next_index)
        self._held[index] = row
        self.next_index += 1
        return Draw(
            task=row.task or "file",
            n=n,
            key=stable_hash(self.seed, "file", n),
            index=index,
            count=1,
            view=self.commits,
            method="file",
            attributes=row.carried.get("attributes", {}),
            topic=row.topic,
            shots=(),
        )

    def _next_row(self) -> Row | None:
        if not self._ahead:
            self._ahead.extend(islice(self._rows, BLOCK))
            if self._ahead and self._foresee is not None:
                self._foresee(list(self._ahead))
        return self._ahead.popleft() if self._ahead else None

    def commit(self, index: int, task: str, example: Pair | None) -> None:
        """Forget the row of the next index."""
        if index != self.commits:
            raise ValueError(f"commit of index {index}, but {self.commits} is due")
        self._held.pop(index, None)
        self.commits += 1

    def full(self, task: str) -> bool:
        """A file has no quotas."""
        return False

    def row_at(self, index: int) -> Row:
        """Return the row behind an index that is not committed yet."""
        return self._held[index]
