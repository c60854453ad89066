"""Writers: each turns a file of rows into one file of the dataset, row by row, in the order of the rows."""

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from iftgen.export.rows import Shape, alpaca_shape, read_examples, with_metadata

# Columns of CSV and Parquet. Those whose keys vary from run to run are JSON text: all exports have one schema.
JSON_COLUMNS = ("attributes", "scores", "history", "models", "extra")
COLUMNS = (
    *("id", "index", "instruction", "input", "output", "system", "messages", "task", "attributes", "method", "parents"),
    *("scores", "alternatives", "history", "tests", "models", "usage", "cost_usd", "extra"),
)
# Rows of a Parquet row group: with Polars' default the memory grows with the number of rows.
ROW_GROUP = 10_000
# The first characters that make a spreadsheet take a cell for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

_json = json.JSONEncoder(ensure_ascii=False).encode  # one encoder: json.dumps would make one for each value


@dataclass(frozen=True, slots=True)
class Options:
    """What the user may choose beside the format; see conf/export/."""

    csv_safe: bool = False
    metadata: bool = False


Writer = Callable[[Path, Path, Options], None]


def write_alpaca_list(source: Path, target: Path, options: Options) -> None:
    """Write one JSON list, one row a line."""
    shape = _shape(alpaca_shape(source), options)
    with _open(target) as file:
        file.write("[")
        for number, row in enumerate(read_examples(source)):
            file.write(f"{',' if number else ''}\n{_json(shape(row))}")
        file.write("\n]\n")


def write_alpaca_lines(source: Path, target: Path, options: Options) -> None:
    """Write JSONL in the Alpaca format."""
    json_lines(alpaca_shape(source))(source, target, options)


def json_lines(shape: Shape) -> Writer:
    """Return the writer of JSONL with rows of this shape."""

    def write(source: Path, target: Path, options: Options) -> None:
        final = _shape(shape, options)
        with _open(target) as file:
            file.writelines(f"{_json(final(row))}\n" for row in read_examples(source))

    return write


def write_csv(source: Path, target: Path, options: Options) -> None:
    """Write all columns as in RFC 4180; nested values are JSON text, null is empty."""
    with _open(target) as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for row in read_examples(source):
            table.writerow([_cell(row.get(name), options.csv_safe) for name in COLUMNS])


def write_parquet(source: Path, target: Path, options: Options) -> None:
    """Write all columns through Polars: `messages` as a list of structs, `usage` as a struct (see `parquet_schema`)."""
    import polars as pl

    flat = target.with_name(f"{target.name}.jsonl")
    try:
        with _open(flat) as file:
            file.writelines(f"{_json(_flat(row))}\n" for row in read_examples(source))
        schema = parquet_schema()
        frame = pl.scan_ndjson(flat, schema=schema) if flat.stat().st_size else pl.LazyFrame(schema=schema)
        frame.sink_parquet(target, maintain_order=True, row_group_size=ROW_GROUP)
    finally:
        flat.unlink(missing_ok=True)


def parquet_schema() -> dict[str, Any]:
    """Return the Polars type of each column, the same for every run."""
    import polars as pl

    turn = pl.Struct({"role": pl.String, "content": pl.String})
    special = {
        "index": pl.Int64(),
        "messages": pl.List(turn),
        "parents": pl.List(pl.String),
        "alternatives": pl.List(pl.String),
        "usage": pl.Struct({f"{kind}_tokens": pl.Int64 for kind in ("prompt", "completion", "reasoning")}),
        "cost_usd": pl.Float64(),
    }
    return {name: special.get(name, pl.String()) for name in COLUMNS}


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat = {name: row.get(name) for name in COLUMNS}
    return {**flat, **{name: _json(flat[name]) for name in JSON_COLUMNS if flat[name] is not None}}


def _cell(value: Any, safe: bool) -> Any:
    if isinstance(value, dict | list):
        return _json(value)
    return f"'{value}" if safe and isinstance(value, str) and value.startswith(FORMULA) else value


def _shape(shape: Shape, options: Options) -> Shape:
    return with_metadata(shape) if options.metadata else shape


def _open(path: Path) -> TextIO:
    # A lone surrogate in a model's text cannot be written as UTF-8; it becomes "?" instead of ending the export.
    return path.open("w", encoding="utf-8", newline="", errors="replace")
