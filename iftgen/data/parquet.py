"""Parquet through Polars, some rows at a time; nested columns become lists and objects."""

import base64
import math
from pathlib import Path
from typing import Any

from iftgen.data.rows import Records
from iftgen.errors import DataError

MAGIC = b"PAR1"
BATCH = 2048


def read_parquet(path: Path) -> Records:
    """Yield the rows, each with its number from 1."""
    import polars as pl

    number = 0
    try:
        for frame in pl.scan_parquet(path, glob=False).collect_batches(chunk_size=BATCH, lazy=True):
            for record in frame.iter_rows(named=True):
                number += 1
                yield number, plain(record)
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path}: the Parquet file is damaged or of a kind that is not read: {reason}.") from None


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: dates as text, bytes in Base64, what is no number as null."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
