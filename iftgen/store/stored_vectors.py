"""The vectors of a finished run, read without changing anything in its folder."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iftgen.store.vectors import FILE, MOST_KEYS, key_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float16]


class StoredVectors:
    """The vectors of one embedder by text; `kind` names all that tells whether two of them may be compared."""

    def __init__(self, connection: sqlite3.Connection, identity: str, max_chars: int) -> None:
        """Read from an open file."""
        self.kind = (identity, max_chars)
        self._connection, self._max_chars = connection, max_chars
        self._model = identity.encode("utf-8", "surrogatepass")

    def get(self, texts: Iterable[str]) -> "dict[str, Vector]":
        """Return the vectors that are there, by text; a file that cannot be read has none."""
        import numpy as np

        found: dict[str, Vector] = {}
        waiting = iter(dict.fromkeys(texts))
        while chunk := list(islice(waiting, MOST_KEYS)):
            rows = dict(self._rows([self._key(text) for text in chunk]))
            for text in chunk:
                if (vector := rows.get(self._key(text))) is not None:
                    found[text] = np.frombuffer(vector, np.float16)
        return found

    def _key(self, text: str) -> bytes:
        return key_of(self._model, text[: self._max_chars])

    def _rows(self, keys: list[bytes]) -> list[tuple[bytes, bytes]]:
        query = f"SELECT key, vector FROM vectors WHERE key IN ({','.join('?' * len(keys))})"
        with contextlib.suppress(sqlite3.Error):
            return self._connection.execute(query, keys).fetchall()
        return []


def kind_of(manifest: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return embedder and most characters of a text as a manifest names them, None where there was no embedder."""
    told = manifest.get("embedder")
    identity, most = (told.get("identity"), told.get("max_chars")) if isinstance(told, Mapping) else (None, None)
    return (identity, most) if isinstance(identity, str) and isinstance(most, int) else None


@contextmanager
def stored_vectors(folder: Path, manifest: Mapping[str, Any]) -> "Iterator[StoredVectors | None]":
    """Open the vectors of a run, which those of a sweep share; None where it has none."""
    kind, sweep = kind_of(manifest), manifest.get("sweep")
    path = (folder / sweep if isinstance(sweep, str) else folder) / FILE
    if kind is None or not path.is_file():
        yield None
        return
    try:
        connection = _opened(path)
    except sqlite3.Error:
        yield None
        return
    with contextlib.closing(connection):
        yield StoredVectors(connection, *kind)


def _opened(path: Path) -> sqlite3.Connection:
    """Open the file to read; where nobody writes, without the two files that SQLite would put beside it."""
    log = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=5)
