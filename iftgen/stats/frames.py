"""The row files of a run as Polars frames: only the columns that are counted, with long texts reduced to lengths."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iftgen.errors import DataError

if TYPE_CHECKING:
    import polars as pl

OUTCOMES = {"accepted": "examples.jsonl", "rejected": "rejected.jsonl", "failed": "failed.jsonl"}
TEXTS = ("instruction", "input", "output")
# Bytes that are read at once.
CHUNK = 1 << 20
TOKENS = ("prompt_tokens", "completion_tokens", "reasoning_tokens")


@dataclass(frozen=True, slots=True)
class Frames:
    """All candidates, one a row.

    Columns: outcome, task, category, attributes (struct of texts), filter and reason (of rejected rows), instruction,
    words of instruction, input and output, the tokens and cost_usd.
    """

    rows: "pl.DataFrame"
    attributes: tuple[str, ...]


def load(folder: Path) -> Frames:
    """Read the three row files; a missing or empty one has no rows, and a torn last line is left out."""
    import polars as pl

    sources = {outcome: source_of(folder / name) for outcome, name in OUTCOMES.items()}
    names = sorted({name for outcome in OUTCOMES for name in _attribute_names(sources[outcome])})
    schema = _schema(names)
    parts = [collect(sources[outcome], schema, _columns(outcome)) for outcome in OUTCOMES]
    return Frames(pl.concat(parts), tuple(names))


def source_of(path: Path) -> Path | bytes:
    """Return what Polars is to read: the file itself, or the bytes of its whole lines where the last one is torn."""
    if not path.is_file() or path.stat().st_size == 0:
        return b""
    with path.open("rb") as file:
        file.seek(-1, 2)
        if file.read(1) == b"\n":
            return path
    data = path.read_bytes()
    end = data.rfind(b"\n") + 1
    return data if _is_object(data[end:]) else data[:end]


def _attribute_names(source: Path | bytes) -> set[str]:
    """Return the names that attributes have: read as JSON text first, as a schema must name them.

    A name that only looks like one, inside a value, does no harm: it has no values.
    """
    import polars as pl

    texts = collect(source, {"attributes": pl.String()}, [pl.col("attributes")]).unique()["attributes"].drop_nulls()
    return {name for text in texts for name in re.findall(r'"([^"\\]+)": ', text)}


def _schema(attributes: list[str]) -> dict[str, Any]:
    import polars as pl

    texts = {name: pl.String() for name in ("task", *TEXTS)}
    return {
        **texts,
        "attributes": pl.Struct(dict.fromkeys(attributes, pl.String)),
        "verdict": pl.Struct({"filter": pl.String, "reason": pl.String}),
        "usage": pl.Struct(dict.fromkeys(TOKENS, pl.Int64)),
        "cost_usd": pl.Float64(),
    }


def _columns(outcome: str) -> list["pl.Expr"]:
    import polars as pl

    task = pl.col("task").fill_null("")
    return [
        pl.lit(outcome).alias("outcome"),
        task.alias("task"),
        task.str.split("/").list.first().alias("category"),
        pl.col("attributes"),
        *(pl.col("verdict").struct.field(name).fill_null("").alias(name) for name in ("filter", "reason")),
        pl.col("instruction").fill_null(""),
        *(pl.col(name).fill_null("").str.count_matches(r"\S+").alias(f"{name}_words") for name in TEXTS),
        *(pl.col("usage").struct.field(name).fill_null(0) for name in TOKENS),
        pl.col("cost_usd"),
    ]


def collect(source: Path | bytes, schema: dict[str, Any], columns: list["pl.Expr"]) -> "pl.DataFrame":
    """Return the columns of a row file; a key that a row lacks is null. Raises DataError for a damaged line."""
    import polars as pl

    try:
        parts = [pl.scan_ndjson(chunk, schema=schema).select(columns).collect() for chunk in _chunks(source)]
    except pl.exceptions.PolarsError as error:
        raise _damaged(source, error) from None
    return pl.concat(parts or [pl.LazyFrame(schema=schema).select(columns).collect()])


def _chunks(source: Path | bytes) -> Iterator[bytes]:
    """Yield a file in pieces of whole lines: read as a whole, it would be in memory with all its texts."""
    with source.open("rb") if isinstance(source, Path) else BytesIO(source) as file:
        while piece := file.read(CHUNK):
            yield piece + file.readline()


def _damaged(source: Path | bytes, error: Exception) -> DataError:
    """Return the error that names the first line that is not a JSON object."""
    name = source if isinstance(source, Path) else "A row file"
    lines = source.read_bytes().split(b"\n") if isinstance(source, Path) else source.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.strip() and not _is_object(line):
            return DataError(f"{name}, line {number}: no JSON object; the file was damaged, see `iftgen verify`.")
    return DataError(f"{name} cannot be read: {error}")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
