"""The SQL of the call store: its tables, how it is opened, how a group is written, and what its errors mean.

A lease is alive while its owner is: the owner's row carries the expiry, so that a heartbeat is one row however many
calls are in flight. Whatever is written for a group takes few statements: each one hands the interpreter lock over
twice, and beside a busy event loop that costs more than the statement.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from iftgen.errors import RunError
from iftgen.store.calls.codec import CallRow
from iftgen.store.owner import is_gone

# With row ids: rows of some kilobytes are appended, and only the small index of the keys is written at random places.
CALLS = "CREATE TABLE IF NOT EXISTS calls (key TEXT PRIMARY KEY, request TEXT NOT NULL, reply TEXT, error TEXT)"
PAGE_SIZE = 8192
# Kilobytes of pages that a connection keeps: keys are looked up all over the file.
CACHE = 16_000
OWNERS = "CREATE TABLE IF NOT EXISTS owners (owner TEXT PRIMARY KEY, expires REAL NOT NULL) WITHOUT ROWID"
LEASES = "CREATE TABLE IF NOT EXISTS leases (key TEXT PRIMARY KEY, owner TEXT NOT NULL) WITHOUT ROWID"
# A key that has its reply by now is not leased again, nor one whose owner is alive.
CLAIM = """
INSERT INTO leases (key, owner)
    SELECT value, :me FROM json_each(:keys) WHERE NOT EXISTS (SELECT 1 FROM calls WHERE calls.key = value)
ON CONFLICT (key) DO UPDATE SET owner = excluded.owner
    WHERE NOT EXISTS (SELECT 1 FROM owners WHERE owners.owner = leases.owner AND owners.expires > :now)
"""
HELD = """
SELECT json_group_array(leases.key) FROM leases
    WHERE leases.owner = :me AND leases.key IN (SELECT value FROM json_each(:keys))
"""
BEAT = "INSERT INTO owners VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET expires = excluded.expires"
DROP = "DELETE FROM leases WHERE key IN (SELECT value FROM json_each(?))"
RELEASE = f"{DROP} AND owner = ?"

# Seconds until a lock that another process holds is an error; a network file system may take its time.
PATIENCE = 60.0
NETWORK_PATIENCE = 300.0
# Seconds that SQLite itself waits for a lock, and seconds between two looks at a lock.
BUSY = 5.0
RETRY = 0.02
# Most rows of one INSERT, a power of two; four variables each, of 999 that any SQLite allows.
MOST_ROWS = 64

T = TypeVar("T")


def connect(path: Path, network: bool) -> sqlite3.Connection:
    """Open the database in the journal mode that suits its place.

    WAL with synchronous NORMAL where that works. Else a journal that is truncated, because a name that comes and goes
    may be cached wrongly by another machine, and FULL, because a torn journal could not undo a torn write.
    """
    connection = sqlite3.connect(path, timeout=BUSY, check_same_thread=False, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size={PAGE_SIZE}")  # of a new file
        mode = connection.execute(f"PRAGMA journal_mode={'truncate' if network else 'wal'}").fetchone()[0]
        if mode != "wal":
            connection.execute("PRAGMA journal_mode=truncate")
        connection.execute(f"PRAGMA cache_size=-{CACHE}")
        connection.execute(f"PRAGMA synchronous={'NORMAL' if mode == 'wal' else 'FULL'}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def is_busy(error: sqlite3.Error) -> bool:
    """Return whether an error only says that another process is at work on the file."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)


def patiently(action: Callable[[], T], patience: float) -> T:
    """Do something as soon as no other process has the file locked, within `patience` seconds."""
    give_up = time.monotonic() + patience
    while True:
        try:
            return action()
        except sqlite3.Error as error:
            if not is_busy(error) or time.monotonic() >= give_up:
                raise
            time.sleep(RETRY)


def explained(path: Path, error: Exception) -> RunError:
    """Return what an error of the database means to the user, and what to do."""
    if not isinstance(error, sqlite3.Error) or _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return RunError(
            f"{path}: the call store is damaged ({error}). Move it away, with its -wal and -shm, and resume the run: it"
            " goes on with an empty one. What `sqlite3 FILE .recover` can rescue of it need not be bought again."
        )
    if is_busy(error):
        return RunError(f"{path}: another process keeps the call store locked. End that process, then resume the run.")
    return RunError(f"{path}: the call store cannot be used: {error}. Make room, or allow writing, and resume the run.")


def insert_calls(connection: sqlite3.Connection, rows: Sequence[CallRow]) -> None:
    """Store calls; what a key holds already stays."""
    done = 0
    while done < len(rows):
        size = min(MOST_ROWS, 1 << ((len(rows) - done).bit_length() - 1))
        chunk = rows[done : done + size]
        connection.execute(_insert(size), [value for row in chunk for value in row])
        done += size


def extend(connection: sqlite3.Connection, me: str, expires: float) -> None:
    """Keep the leases of an owner alive until a time in seconds since the epoch."""
    connection.execute(BEAT, (me, expires))


def claim(connection: sqlite3.Connection, keys: Sequence[str], me: str, now: float) -> set[str]:
    """Lease what is neither stored nor leased by a living owner; return which of the keys are now held."""
    values = {"keys": json.dumps(keys), "me": me, "now": now}
    connection.execute(CLAIM, values)
    held = set(json.loads(connection.execute(HELD, values).fetchone()[0]))
    if len(held) < len(set(keys)) and _forget_the_gone(connection, me):
        connection.execute(CLAIM, values)
        held = set(json.loads(connection.execute(HELD, values).fetchone()[0]))
    return held


def release(connection: sqlite3.Connection, keys: Sequence[str], me: str) -> None:
    """Give the leases of an owner on some keys back."""
    connection.execute(RELEASE, (json.dumps(keys), me))


def drop_leases(connection: sqlite3.Connection, keys: Sequence[str]) -> None:
    """End all leases on keys that have their reply."""
    connection.execute(DROP, (json.dumps(keys),))


def prepare(connection: sqlite3.Connection, shared: bool, now: float) -> None:
    """Create the tables that lack, and forget owners that expired."""
    connection.execute(CALLS)
    if shared:
        connection.execute(OWNERS)
        connection.execute(LEASES)
        connection.execute("DELETE FROM owners WHERE expires < ?", (now,))
        connection.execute("DELETE FROM leases WHERE owner NOT IN (SELECT owner FROM owners)")


def resign(connection: sqlite3.Connection, owner: str) -> None:
    """Forget an owner and its leases."""
    connection.execute("DELETE FROM leases WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM owners WHERE owner = ?", (owner,))


def _forget_the_gone(connection: sqlite3.Connection, me: str) -> bool:
    owners = [row[0] for row in connection.execute("SELECT owner FROM owners WHERE owner != ?", (me,)).fetchall()]
    gone = [owner for owner in owners if is_gone(owner)]
    for owner in gone:
        resign(connection, owner)
    return bool(gone)


@cache
def _insert(rows: int) -> str:
    return f"INSERT OR IGNORE INTO calls VALUES {','.join(['(?, ?, ?, ?)'] * rows)}"


def _code(error: sqlite3.Error) -> int:
    """Return the primary result code of SQLite, 0 where there is none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
