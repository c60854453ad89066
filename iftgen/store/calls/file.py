"""The call store: every reply that was paid for, in one SQLite file, durable before it is used.

Writes are committed in groups by one thread (WAL, synchronous NORMAL; see sqlite for network file systems): a
reply costs no disk wait of its own, and `put` returns only when its group is committed. Jobs of a sweep share the file;
what one of them is buying the others wait for.
"""

import asyncio
import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from iftgen.errors import RunError
from iftgen.store import sqlite as sql
from iftgen.store.calls.base import QueuedCalls
from iftgen.store.calls.codec import StoredCall, decode_reply, digest_of, totals_of
from iftgen.store.calls.worker import GroupWorker, Operation
from iftgen.store.network import on_network
from iftgen.store.owner import BEATS, LEASE, new_owner

__all__ = ["CallStore", "StoredCall"]


class CallStore(QueuedCalls):
    """Replies by call key in a file. Close it to write what is queued and to join its thread.

    `shared` says that several processes use the file at once: then keys are leased to whoever buys their reply.
    """

    def __init__(
        self, path: Path, shared: bool = False, *, lease: float = LEASE, clock: Callable[[], float] = time.time
    ) -> None:
        """Create the file (mode 0600) or open it; raises RunError where that is impossible.

        `lease` is in seconds; the `clock` is compared with that of other machines on the same file.
        """
        self.path = path
        self.place = str(path)
        self.shared = shared
        self._owner, self._lease, self._clock = new_owner(), lease, clock
        self._locked_out = False
        try:
            self._open()
        except sqlite3.Error as error:
            raise sql.explained(path, error) from None
        except OSError as error:
            raise RunError(f"{path}: the call store cannot be opened: {error}") from None
        self._worker = GroupWorker(self._carry_out, lease / BEATS if shared else None)

    async def get(self, key: str) -> StoredCall | None:
        """Return what is stored under the key, or None."""
        give_up = time.monotonic() + self._patience
        while True:
            try:
                row = self._reader.execute("SELECT reply, error FROM calls WHERE key = ?", (key,)).fetchone()
                return self._decoded(*row) if row is not None else None
            except sqlite3.Error as error:
                if not sql.is_busy(error) or time.monotonic() >= give_up:
                    raise sql.explained(self.path, error) from None
                await asyncio.sleep(sql.RETRY)

    def digest(self) -> str:
        """Return the hex SHA-256 over all calls in order of key."""
        with self._reading() as connection:
            return digest_of(connection.execute("SELECT key, request, reply, error FROM calls ORDER BY key"))

    def totals(self) -> dict[str, Any]:
        """Return the calls, tokens and dollars of all replies; dollars are None when a price is unknown."""
        with self._reading() as connection:
            rows = connection.execute("SELECT reply FROM calls WHERE reply IS NOT NULL")
            return totals_of(reply for (reply,) in rows)

    def close(self) -> None:
        """Write what is queued, give leases back and close; safe to call twice."""
        self._worker.close()
        with contextlib.suppress(sqlite3.Error):
            if self.shared:
                sql.resign(self._writer, self._owner)
        self._writer.close()
        self._reader.close()

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):  # to open and close a file in use would drop its locks
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        self._network = on_network(self.path)
        self._patience = sql.NETWORK_PATIENCE if self._network else sql.PATIENCE
        with contextlib.ExitStack() as undo:
            self._writer = undo.enter_context(contextlib.closing(self._connected()))
            sql.patiently(lambda: sql.prepare(self._writer, self.shared, self._clock()), self._patience)
            self._reader = undo.enter_context(contextlib.closing(self._connected()))
            self._reader.execute("PRAGMA busy_timeout=0")  # the event loop waits for a lock in its own way
            undo.pop_all()

    def _connected(self) -> sqlite3.Connection:
        return sql.patiently(lambda: sql.connect(self.path, self._network), self._patience)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection of its own to a long look at all rows; what fails is explained."""
        try:
            with contextlib.closing(self._connected()) as connection:
                yield connection
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise sql.explained(self.path, error) from None

    def _decoded(self, reply: str | None, error: str | None) -> StoredCall:
        if reply is None:
            return StoredCall(None, error)
        try:
            return StoredCall(decode_reply(json.loads(reply)), error)
        except (ValueError, KeyError, TypeError) as problem:
            raise sql.explained(self.path, problem) from None

    def _carry_out(self, group: Sequence[Operation]) -> None:
        """Commit a group in one transaction; after a lock that never went away, the next groups do not wait again."""
        awaited = any(operation.waiter for operation in group)
        try:
            sql.patiently(lambda: self._commit(group), self._patience if awaited and not self._locked_out else 0)
            self._locked_out = False
        except sqlite3.Error as error:
            self._locked_out = self._locked_out or (awaited and sql.is_busy(error))
            raise sql.explained(self.path, error) from None

    def _commit(self, group: Sequence[Operation]) -> None:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            self._write(group)
            self._writer.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise

    def _write(self, group: Sequence[Operation]) -> None:
        puts = [operation for operation in group if operation.kind == "put"]
        sql.insert_calls(self._writer, [(operation.key, *operation.row) for operation in puts])
        if not self.shared:
            return
        if puts:
            sql.drop_leases(self._writer, [operation.key for operation in puts])
        rest = [operation for operation in group if operation.kind != "put"]
        for kind, run in groupby(rest, key=lambda operation: operation.kind):
            self._lease_out(kind, list(run))

    def _lease_out(self, kind: str, run: Sequence[Operation]) -> None:
        """Carry out claims, releases or a beat, in the order in which they came."""
        keys, now = [operation.key for operation in run], self._clock()
        if kind == "release":
            sql.release(self._writer, keys, self._owner)
            return
        sql.extend(self._writer, self._owner, now + self._lease)
        if kind == "claim":
            held = sql.claim(self._writer, keys, self._owner, now)
            for operation in run:
                operation.result = operation.key in held
