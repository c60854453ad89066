"""The ledger of a run or a sweep: one small file with its books, shared by all its processes.

Each entry is one SQLite transaction. After SIGKILL nothing is lost; after a power cut the entries of the last moments
may be, as in the call store.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from iftgen.errors import RunError
from iftgen.store import sqlite as sql
from iftgen.store.books import Books, committed, empty_books, enter, leave, tick
from iftgen.store.charges import NOTHING, PICO, Caps, Charge, Spent, add
from iftgen.store.network import on_network
from iftgen.store.owner import is_gone, new_owner

# Seconds between two signs of life, and after which a process that cannot be looked at is taken for dead.
HEARTBEAT, SILENT_AFTER = 2.0, 30.0
NO_CAPS = Caps()


class Ledger:
    """The books of a run, opened by one process: `owner` is its name in them.

    What a killed process had set aside is spent: its calls may have been billed in full. Caps are not stored: those of
    the process that asks hold.
    """

    def __init__(
        self,
        path: Path,
        caps: Caps = NO_CAPS,
        *,
        opening: Charge = NOTHING,
        seconds: float = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Create the file (mode 0600) or open it, and register; raises RunError where that is impossible.

        `opening` and `seconds` are what a run had used before it kept a ledger: a new one begins with them.
        """
        self.path, self.caps, self.clock = path, caps, clock
        self.owner = new_owner()
        self._text, self._books = "", empty_books()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            with contextlib.ExitStack() as undo:
                self._file = undo.enter_context(contextlib.closing(_connect(path)))
                self._create_books(opening, seconds)
                self._register()
                undo.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise RunError(
                f"{path}: the ledger cannot be opened: {error}. Where it is damaged, move it away: the next run counts "
                "what is in the call store."
            ) from None

    @contextlib.contextmanager
    def entry(self) -> Iterator[Books]:
        """Change the books; all of it is kept, or nothing where the body raises. Raises RunError on a full disk."""
        try:
            with self._transaction() as books:
                tick(books, self.owner, self.clock())
                yield books
                self._seconds, self._beat = books["seconds"], books["beat"]
        except sqlite3.Error as error:
            raise RunError(f"{self.path}: the ledger cannot be written: {error}. Make room, then resume.") from None

    def beat(self) -> None:
        """Show that this process lives, and strike out those that do not."""
        with self.entry() as books:
            self._bury(books)

    def spent(self) -> Spent:
        """Return what was used so far, over all jobs and resumes."""
        try:
            books = self._read()
        except sqlite3.Error as error:
            raise RunError(f"{self.path}: the ledger cannot be read: {error}.") from None
        total, both = books["spent"], committed(books)
        return Spent(
            calls=total["calls"],
            tokens=total["tokens"],
            usd=None if total["unpriced"] else total["picodollars"] / PICO,
            seconds=books["seconds"],
            reserved_calls=both["calls"] - total["calls"],
            reserved_tokens=both["tokens"] - total["tokens"],
            reserved_usd=(both["picodollars"] - total["picodollars"]) / PICO,
        )

    def seconds_left(self) -> float | None:
        """Return the seconds until what is in flight must be cut off, None without a cap on time.

        It costs no look into the file.
        """
        if self.caps.deadline is None:
            return None
        running = max(0.0, self.clock() - self._beat)
        return max(0.0, self.caps.deadline - self._seconds - running)

    def close(self) -> None:
        """Sign off; what is still set aside is spent. Safe to call twice."""
        with contextlib.suppress(RunError, sqlite3.ProgrammingError), self.entry() as books:
            leave(books, self.owner)
        self._file.close()

    def _create_books(self, opening: Charge, seconds: float) -> None:
        books = empty_books()
        add(books["spent"], opening)
        books["seconds"] = seconds
        self._file.execute("CREATE TABLE IF NOT EXISTS books (id INTEGER PRIMARY KEY, content TEXT NOT NULL)")
        self._file.execute("INSERT OR IGNORE INTO books VALUES (0, ?)", (json.dumps(books),))

    def _register(self) -> None:
        with self._transaction() as books:
            self._bury(books)
            enter(books, self.owner, self.clock())
            self._seconds, self._beat = books["seconds"], books["beat"]

    def _bury(self, books: Books) -> None:
        """Strike out the processes that died."""
        now = self.clock()
        dead = [
            name
            for name, owner in books["owners"].items()
            if name != self.owner and (is_gone(name) or now - owner["beat"] > SILENT_AFTER)
        ]
        for name in dead:
            leave(books, name)
        if dead and not books["owners"]:  # the last one worked on for so long at most after its last entry
            books["seconds"] += min(HEARTBEAT, max(0.0, now - books["beat"]))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Books]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            books = self._read()
            self._text = ""  # what follows changes the books that belong to it
            yield books
            text = json.dumps(books, separators=(",", ":"))
            self._file.execute("UPDATE books SET content = ?", (text,))
            self._file.execute("COMMIT")
            self._text, self._books = text, books
        except BaseException:
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")
            raise

    def _read(self) -> Books:
        """Return the books; those of the last entry, where nobody has written since."""
        (text,) = self._file.execute("SELECT content FROM books").fetchone()
        if text != self._text:
            try:
                self._text, self._books = text, json.loads(text)
            except ValueError:
                raise sqlite3.DatabaseError("its content is no JSON") from None
        return self._books


def _connect(path: Path) -> sqlite3.Connection:
    network = on_network(path)
    patience = sql.NETWORK_PATIENCE if network else sql.PATIENCE
    connection = sql.patiently(lambda: sql.connect(path, network), patience)
    connection.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")
    return connection
