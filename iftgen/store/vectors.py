"""The vector store: what an embedder made of each text, in one SQLite file, and what that cost.

The rows of a run are a function of these vectors: a run that goes on, or another job of the sweep, reads them instead
of asking again, and of two processes that embed the same text the later one takes the vector of the first.
"""

import contextlib
import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from iftgen.errors import RunError
from iftgen.store import sqlite as sql
from iftgen.store.network import on_network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float16]

FILE = "embeddings.sqlite"
VECTORS = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
BILLS = "CREATE TABLE IF NOT EXISTS bills (calls INTEGER, texts INTEGER, tokens INTEGER, cost_usd REAL)"
TOTALS = """
SELECT coalesce(sum(calls), 0), coalesce(sum(texts), 0), coalesce(sum(tokens), 0), total(cost_usd), count(cost_usd),
    count(*) FROM bills
"""
KEY_BYTES = 16
# Most keys of one look-up, of 999 variables that any SQLite allows.
MOST_KEYS = 500


@dataclass(frozen=True, slots=True)
class VectorBill:
    """What the vectors of a batch cost; dollars are None where the price is unknown."""

    calls: int = 0
    texts: int = 0
    tokens: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: "VectorBill") -> "VectorBill":
        """Sum two bills; an unknown price makes the sum unknown."""
        known = self.cost_usd is not None and other.cost_usd is not None
        dollars = round((self.cost_usd or 0.0) + (other.cost_usd or 0.0), 10) if known else None
        return VectorBill(self.calls + other.calls, self.texts + other.texts, self.tokens + other.tokens, dollars)


class VectorStore:
    """Vectors of half precision by model and text; `model` is the identity of the embedder."""

    def __init__(self, path: Path, model: str) -> None:
        """Create the file (mode 0600) or open it; raises RunError where that is impossible."""
        self.path = path
        self._model = model.encode("utf-8", "surrogatepass")
        self._lock = threading.Lock()  # one thread writes while the event loop reads
        try:
            self._open()
        except (sqlite3.Error, OSError) as error:
            raise self._explained(error) from None

    def get(self, texts: Iterable[str]) -> "dict[str, Vector]":
        """Return the vectors that are there, by text."""
        import numpy as np

        found: dict[str, Vector] = {}
        waiting = iter(texts)
        while chunk := list(islice(waiting, MOST_KEYS)):
            keys = {self._key(text): text for text in chunk}
            for key, vector in self._rows(list(keys)):
                found[keys[key]] = np.frombuffer(vector, np.float16)
        return found

    def put(self, vectors: "Mapping[str, Vector]", bill: VectorBill) -> "dict[str, Vector]":
        """Store vectors with their bill; return those that hold: a text that has one already keeps it."""
        rows = [(self._key(text), vector.tobytes()) for text, vector in vectors.items()]
        try:
            with self._lock:
                kept = sql.patiently(lambda: self._write(rows, bill), self._patience)
        except sqlite3.Error as error:
            raise self._explained(error) from None
        return dict(vectors) if kept == len(rows) else {**vectors, **self.get(vectors)}

    def totals(self) -> VectorBill:
        """Return what all vectors cost; dollars are None where the price of some is unknown."""
        try:
            with self._lock:
                calls, texts, tokens, dollars, priced, bills = self._connection.execute(TOTALS).fetchone()
        except sqlite3.Error as error:
            raise self._explained(error) from None
        return VectorBill(calls, texts, tokens, round(dollars, 10) if priced == bills else None)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._connection.close()

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        network = on_network(self.path)
        self._patience = sql.NETWORK_PATIENCE if network else sql.PATIENCE
        self._connection = sql.patiently(lambda: sql.connect(self.path, network), self._patience)
        try:
            sql.patiently(lambda: self._connection.execute(VECTORS) and self._connection.execute(BILLS), self._patience)
        except sqlite3.Error:
            self._connection.close()
            raise

    def _rows(self, keys: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        query = f"SELECT key, vector FROM vectors WHERE key IN ({','.join('?' * len(keys))})"
        try:
            with self._lock:
                return sql.patiently(lambda: self._connection.execute(query, keys).fetchall(), self._patience)
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def _write(self, rows: Sequence[tuple[bytes, bytes]], bill: VectorBill) -> int:
        """Write in one transaction; return how many of the rows are new."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            before = self._connection.total_changes
            self._connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
            new = self._connection.total_changes - before
            values = (bill.calls, bill.texts, bill.tokens, bill.cost_usd)
            self._connection.execute("INSERT INTO bills VALUES (?, ?, ?, ?)", values)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return new

    def _key(self, text: str) -> bytes:
        return key_of(self._model, text)

    def _explained(self, error: Exception) -> RunError:
        return RunError(
            f"{self.path}: the store of embeddings cannot be used: {error}. Make room, or move the file away with its "
            "-wal and -shm: its texts are then embedded anew."
        )


def key_of(model: bytes, text: str) -> bytes:
    """Return the key of a text by a model."""
    content = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(model + b"\0" + content, digest_size=KEY_BYTES).digest()
