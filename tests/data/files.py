"""Files that the tests read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iftgen.data import How, Row, read_rows


def put(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def lines(records: Sequence[Any]) -> str:
    """Return records as JSONL."""
    return "".join(json.dumps(record) + "\n" for record in records)


def lenient(path: Path, **how: Any) -> list[Row]:
    """Read a dataset as it is cleaned."""
    return list(read_rows(path, how=How(**how)))
