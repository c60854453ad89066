"""Reading a dataset: which format it has, and its rows as a stream.

    json     [{...}, {...}]            a list of objects
    jsonl    {...} newline {...}       one object a line
    csv      a header line, then cells between commas (or semicolons, tabs), in double quotes where need be
    tsv      the same with tabs
    parquet  columns, nested ones too
    run      a run folder: its accepted and rejected rows, in order of index

Text formats may be gzipped. The shape of a record is told by its columns, or named instead of the format:

    alpaca, prompt_completion          a column for each text; it goes by several names (see `columns.NAMES`)
    messages, sharegpt                 a conversation: [{role, content}] or [{from, value}]

The first name that is there is taken, the others travel in `extra`, like every column that is not known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from iftgen.data.columns import CONVERSATIONS, CONVERT, Columns, check_named, no_column, strict_columns, usual_columns
from iftgen.data.files import beginning, check_file, suffix_of
from iftgen.data.json_files import read_lines, read_list
from iftgen.data.making import not_an_object, rejected, row_of, strict_row
from iftgen.data.parquet import MAGIC, read_parquet
from iftgen.data.rows import Broken, Reader, Records, Row
from iftgen.data.run_folder import is_run_folder, read_run
from iftgen.data.tables import read_table, tabs
from iftgen.errors import DataError, choices

SHAPES = ("alpaca", "prompt_completion", "messages", "sharegpt")
FORMATS = ("json", "jsonl", "csv", "tsv", "parquet", "run", *SHAPES)


@dataclass(frozen=True)
class How:
    """How a dataset is read: format or shape, columns that the user names, and what becomes of a broken line."""

    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    bad_rows: Literal["stop", "reject"] = "stop"


def read_rows(path: Path, format: str | None = None, how: How | None = None) -> Iterator[Row]:
    """Yield the rows of a dataset; none is held in memory as a whole.

    It is looked at when this is called, its rows are checked as they come: raises DataError with file and line. Without
    `format` name and content decide. With `how` a row that cannot be used is yielded with its problem; only what makes
    the file unreadable is an error. Without, each row has an instruction, and all texts are text.
    """
    given = how.format if how else format
    if given is not None and given not in FORMATS:
        raise DataError(f"{path}: the format {given!r} is not read.{choices(given, FORMATS)} {CONVERT}")
    if how is not None:
        check_named(how.columns)
        if path.is_dir() and given in (None, "run") and is_run_folder(path):
            return read_run(path)
    check_file(path)
    if given == "run":
        raise DataError(f"{path}: format run is a run folder, but this is a file. Name the folder, or another format.")
    reader = _readers(how)[given if given and given not in SHAPES else _recognise(path)]
    records = (one for line, record in reader(path) for one in _instances(line, record))
    return _strict(path, records) if how is None else _Lenient(path, how).rows(records)


def _readers(how: How | None) -> Mapping[str, Reader]:
    named = tuple((how.columns if how else {}).items())

    def known(header: list[str]) -> bool:
        try:
            (strict_columns if how is None else lambda keys: usual_columns(keys, named))(tuple(header))
        except DataError:
            return False
        return True

    def table(path: Path) -> Records:
        return read_table(path, known)

    return {
        "json": read_list,
        "jsonl": read_lines,
        "csv": table,
        "tsv": lambda path: tabs(path, known),
        "parquet": read_parquet,
    }


def _recognise(path: Path) -> str:
    """Return the format: a table or Parquet by its suffix or first bytes, else `[` begins a list and `{` JSONL."""
    suffix, start = suffix_of(path), beginning(path)
    if start.startswith(MAGIC):
        return "parquet"
    if suffix in (".csv", ".tsv"):
        return suffix[1:]
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first in (b"[", b"{"):
        return "json" if first == b"[" else "jsonl"
    if suffix in (".json", ".jsonl", ".parquet"):
        return suffix[1:]
    raise DataError(
        f"{path}: a file that ends in {suffix!r} and is no JSON is not read; JSON, JSONL, CSV, TSV and Parquet are. "
        f"{CONVERT}"
    )


def _instances(line: int, record: Any) -> Iterator[tuple[int, Any]]:
    """Yield a record for each of the `instances` that Self-Instruct's files give an instruction, else the record."""
    instances = record.get("instances") if isinstance(record, dict) else None
    if not isinstance(instances, list) or not instances or not all(isinstance(one, dict) for one in instances):
        yield line, record
        return
    rest = {key: value for key, value in record.items() if key != "instances"}
    for one in instances:
        yield line, {**rest, **one}


def _strict(path: Path, records: Records) -> Iterator[Row]:
    for line, record in records:
        try:
            if isinstance(record, Broken):
                raise DataError(f"{record.reason}{record.hint}")
            if not isinstance(record, dict):
                raise DataError(not_an_object(record))
            yield strict_row(line, record, strict_columns(tuple(record)))
        except DataError as error:
            place = record.place if isinstance(record, Broken) else ""
            raise DataError(f"{path}, line {line}{place}: {error}") from None


class _Lenient:
    """Makes rows of records; what cannot be used is a row with a problem, once the columns of the file are known."""

    def __init__(self, path: Path, how: How) -> None:
        self.path, self.how = path, how
        self._named = tuple(how.columns.items())
        self._unseen, self._seen = set(how.columns.values()), dict[str, None]()
        self._understood = how.bad_rows == "reject"  # whether a record had columns that are known

    def rows(self, records: Records) -> Iterator[Row]:
        """Yield the rows; raises DataError for a line that is broken, unless these are to be rejected.

        Raises it at the end where no record had a column that the user named.
        """
        for line, record in records:
            if self._unseen and isinstance(record, dict):
                self._seen.update(dict.fromkeys(record))
                self._unseen -= record.keys()
            yield self._row(line, record)
        if self._unseen and self._seen:
            raise DataError(f"{self.path}: {no_column(min(self._unseen), tuple(self._seen))}")

    def _row(self, line: int, record: Any) -> Row:
        if isinstance(record, Broken):
            if self.how.bad_rows == "stop":
                where = f"{self.path}, line {line}{record.place}"
                raise DataError(f"{where}: {record.reason}{record.hint} method.bad_rows=reject goes on without it.")
            return rejected(line, f"line {line}{record.place}: {record.reason}", {"text": record.text.rstrip("\r\n")})
        if not isinstance(record, dict):
            return rejected(line, f"line {line}: {not_an_object(record).partition(';')[0]}", {"value": record})
        try:
            columns = self._columns(tuple(record))
        except DataError as error:
            if not self._understood:
                raise DataError(f"{self.path}, line {line}: {error}") from None
            return rejected(line, "the row has no instruction", record)
        self._understood = True
        return row_of(line, record, columns)

    def _columns(self, keys: tuple[str, ...]) -> Columns:
        """Return the columns of a record; those of a shape that was named only."""
        columns = usual_columns(keys, self._named)
        shape = self.how.format
        if shape in ("messages", "sharegpt") and "messages" not in columns:
            raise DataError(f"there is no conversation ({', '.join(CONVERSATIONS)}) among {', '.join(keys)}.")
        if shape in ("alpaca", "prompt_completion") and "messages" in columns:
            columns = {name: key for name, key in columns.items() if name != "messages"}
            if "instruction" not in columns:
                raise DataError(
                    f"there is no instruction among {', '.join(keys)}: a conversation is not format {shape}."
                )
        return columns
