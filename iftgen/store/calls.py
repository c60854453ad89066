"""The call store: every reply that was paid for, in one SQLite file, durable before it is used.

Writes are committed in groups by one thread (WAL, synchronous NORMAL): a reply costs no disk wait of its own, and
`put` returns only when its group is on disk. Jobs of a sweep may share the file.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import queue
import sqlite3
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from iftgen.errors import RunError
from iftgen.types import Reply, Usage

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, reply TEXT, error TEXT
) WITHOUT ROWID
"""
# Rows that one transaction may hold; more only makes the group wait longer.
GROUP = 500


@dataclass(frozen=True, slots=True)
class StoredCall:
    """What a key holds: a reply, or the error of a call that failed for good."""

    reply: Reply | None
    error: str | None


_Write = tuple[tuple[str, str, str | None, str | None], asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class CallStore:
    """Replies by call key. Open it with a path; close it to flush and to join the writer."""

    def __init__(self, path: Path) -> None:
        """Create the file (mode 0600) or open it; raises RunError where that is impossible."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._reader = _connect(path)
            self._writer = _connect(path)
            self._reader.execute(SCHEMA)
            self._reader.commit()
        except (OSError, sqlite3.Error) as error:
            raise RunError(f"{path}: the call store cannot be opened: {error}") from None
        self._writes: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_groups, name="call-store", daemon=True)
        self._thread.start()

    async def get(self, key: str) -> StoredCall | None:
        """Return what is stored under the key, or None."""
        row = self._reader.execute("SELECT reply, error FROM calls WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        return StoredCall(_reply(json.loads(row[0])) if row[0] is not None else None, row[1])

    async def put(self, key: str, request: str, reply: Reply) -> None:
        """Store a reply; returns when it is durable."""
        await self._enqueue((key, request, json.dumps(asdict(reply)), None))

    async def put_failure(self, key: str, request: str, error: str) -> None:
        """Store the error of a call that failed for good, so that it is not tried again."""
        await self._enqueue((key, request, None, error))

    def digest(self) -> str:
        """Return the hex SHA-256 over all rows in order of key."""
        sha = hashlib.sha256()
        for row in self._reader.execute("SELECT key, request, reply, error FROM calls ORDER BY key"):
            sha.update(json.dumps(row, ensure_ascii=False).encode())
        return sha.hexdigest()

    def totals(self) -> dict[str, Any]:
        """Return the calls, tokens and dollars of all replies; dollars are None when a price is unknown."""
        row = self._reader.execute(
            "SELECT coalesce(sum(reply IS NOT NULL), 0), coalesce(sum(reply->>'$.usage.prompt_tokens'), 0),"
            " coalesce(sum(reply->>'$.usage.completion_tokens'), 0), sum(reply->>'$.cost_usd'),"
            " sum(reply IS NOT NULL AND reply->>'$.cost_usd' IS NULL) FROM calls"
        ).fetchone()
        calls, prompt, completion, cost, unpriced = row
        return {
            "calls": calls,
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "cost_usd": None if unpriced else round(cost or 0.0, 10),
        }

    def close(self) -> None:
        """Write what is queued and close; safe to call twice."""
        if self._thread.is_alive():
            self._writes.put(None)
            self._thread.join()
            with contextlib.suppress(sqlite3.Error):
                self._reader.close()

    async def _enqueue(self, row: tuple[str, str, str | None, str | None]) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._writes.put((row, loop, done))
        await done

    def _write_groups(self) -> None:
        with contextlib.closing(self._writer) as connection:
            while (first := self._writes.get()) is not None:
                group, last = [first], False
                while len(group) < GROUP and not last:
                    try:
                        item = self._writes.get_nowait()
                    except queue.Empty:
                        break
                    if item is None:
                        last = True
                    else:
                        group.append(item)
                _commit_group(connection, group)
                if last:
                    return


def _commit_group(connection: sqlite3.Connection, group: list[_Write]) -> None:
    """Write a group in one transaction, then wake those who wait for it."""
    failure: RunError | None = None
    try:
        with connection:
            connection.executemany("INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?)", [row for row, _, _ in group])
    except Exception as error:  # the writer must live on, and those who wait must hear of it
        failure = RunError(f"The call store cannot be written: {error}. Make room, then resume the run.")
    for _, loop, done in group:
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_wake, done, failure)


def _wake(done: "asyncio.Future[None]", failure: RunError | None) -> None:
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=60, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


def _reply(raw: dict[str, Any]) -> Reply:
    return Reply(**{**raw, "usage": Usage(**raw["usage"])})
