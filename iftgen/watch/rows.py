"""A choice of rows of a row file: by filter, by task, by a text; it grows with the file."""

import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from iftgen.watch.index import RowIndex
from iftgen.watch.search import search


@dataclass(frozen=True)
class Choice:
    """What rows are wanted; "" is any."""

    filter: str = ""
    task: str = ""
    text: str = ""

    @property
    def all(self) -> bool:
        """Whether every row is wanted."""
        return not (self.filter or self.task or self.text)


class Rows:
    """The rows of an index that a choice wants, by row number, growing: `places[n]` is the n-th of them.

    Where a text is looked for, the file is searched from its end in pieces (`step`), so that the newest are there at
    once; the rows that come later are looked at one by one (`update`).
    """

    def __init__(self, index: RowIndex, choice: Choice) -> None:
        """Choose by filter and task at once; a text is looked for by `step`."""
        self.index, self.choice = index, choice
        self._searching = threading.Lock()  # the screen begins a search, the reader's thread goes on with it
        self._begin()

    def _begin(self) -> None:
        index, choice = self.index, self.choice
        self._restarts = index.restarts
        self._filter, self._task = index.filter_names.find(choice.filter), index.task_names.find(choice.task)
        self._seen = 0 if choice.text else len(index)
        self._found: list[array[int]] = []  # pieces of the search, the newest rows first
        self._later: array[int] = array("L")
        self._search: Iterator[list[int]] | None = None
        if choice.text:
            self._seen = len(index)
            self._search = search(index.path, index.offsets[: self._seen], choice.text)
        elif not choice.all:
            self._later.extend(self._chosen(0, self._seen))

    @property
    def outdated(self) -> bool:
        """Whether the file was read anew, so that rows have other numbers, and `update` has not been told."""
        return self.index.restarts != self._restarts

    @property
    def searching(self) -> bool:
        """Whether part of the file has not been searched yet."""
        return self._search is not None

    @property
    def earlier(self) -> int:
        """The rows that the search has found so far: the next ones will stand before them."""
        return sum(map(len, self._found))

    def step(self) -> bool:
        """Search one more piece; returns whether that was one."""
        with self._searching:
            piece = next(self._search, None) if self._search is not None else None
            if piece is None:
                self._search = None
                return False
            self._found.append(array("L", [row for row in piece if self._suits(row)]))
            return True

    def update(self) -> None:
        """Take in the rows that are new in the index."""
        if self.outdated:
            with self._searching:
                self._begin()
        index, choice = self.index, self.choice
        self._filter, self._task = index.filter_names.find(choice.filter), index.task_names.find(choice.task)
        count = len(self.index)
        text = self.choice.text.lower()
        if not self.choice.all:
            new = self._chosen(self._seen, count)
            self._later.extend(row for row in new if not text or self._holds(row, text))
        self._seen = count

    def __len__(self) -> int:
        """The number of rows."""
        return self._seen if self.choice.all else sum(map(len, self._found)) + len(self._later)

    def __getitem__(self, place: int) -> int:
        """Return the row number at a place; places count from the oldest row."""
        if self.choice.all:
            return place
        for piece in reversed(self._found):
            if place < len(piece):
                return piece[place]
            place -= len(piece)
        return self._later[place]

    def _suits(self, row: int) -> bool:
        choice, index = self.choice, self.index
        return (not choice.filter or index.filters[row] == self._filter) and (
            not choice.task or index.tasks[row] == self._task
        )

    def _chosen(self, first: int, last: int) -> list[int]:
        """Return the rows from `first` to before `last` that suit; of 100,000 in a few milliseconds."""
        found: Iterable[int] = range(first, last)
        if self.choice.filter:
            filters, wanted = self.index.filters, self._filter
            found = [row for row in found if filters[row] == wanted]
        if self.choice.task:
            tasks, named = self.index.tasks, self._task
            found = [row for row in found if tasks[row] == named]
        return list(found)

    def _holds(self, row: int, text: str) -> bool:
        found = self.index.row(row)
        return any(text in part.lower() for part in texts_of(found))


def texts_of(row: Mapping[str, Any]) -> list[str]:
    """Return the texts of a row that are searched: its own, why it was rejected, a reply that could not be used."""
    found = [row.get(key) for key in ("instruction", "input", "output", "error")]
    found += [inner.get(key) for inner, key in ((row.get("verdict"), "reason"), (_notes(row), "reply"))
              if isinstance(inner, Mapping)]  # fmt: skip
    return [str(text) for text in found if text]


def _notes(row: Mapping[str, Any]) -> Any:
    extra = row.get("extra")
    return extra.get("iftgen") if isinstance(extra, Mapping) else None
