"""The records of a benchmark's file as it was published: JSONL, JSON, CSV, TSV, Parquet or plain text, also gzipped."""

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, NoReturn

from iftgen.errors import ConfigError, nearest

PLACE = "filters.decontamination.files"
SUFFIXES = ("jsonl", "ndjson", "json", "csv", "tsv", "parquet", "txt")
READ = f"Files that end in {', '.join(f'.{suffix}' for suffix in SUFFIXES)} are read, also with .gz behind it."
Record = tuple[int, Any]  # the line or the number of the record, from 1, and what stands there
# Columns of the files of MMLU, which have no header line: the question, four choices and the letter of the right one.
_MMLU = ("question", "A", "B", "C", "D", "answer")


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file as it stands on the disk."""
    if path.is_dir():
        refuse(path, "is a folder. Name the files in it")
    if not path.is_file():
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = nearest(path.name, siblings)
        raise ConfigError(
            f"{PLACE}: there is no file {path}.{f' Did you mean {near!r}?' if near else ' Check the path.'}"
        )
    try:
        return path.read_bytes()
    except OSError as error:
        refuse(path, f"cannot be read: {error.strerror}")


def records(path: Path, data: bytes) -> Iterator[Record]:
    """Yield the records of a file with their places; a record of plain text is a text."""
    name = path.name.lower()
    if name.endswith(".gz") or data.startswith(b"\x1f\x8b"):
        name, data = name.removesuffix(".gz"), _unzipped(path, data)
    suffix = name.rpartition(".")[2]
    if suffix == "parquet" or data.startswith(b"PAR1"):
        return _parquet(path, data)
    text = _decoded(path, data)
    if suffix not in SUFFIXES:
        suffix = {"[": "json", "{": "jsonl"}.get(text.lstrip()[:1], suffix)
    readers: Mapping[str, Callable[[Path, str], Iterator[Record]]] = {
        "jsonl": _jsonl,
        "ndjson": _jsonl,
        "json": _json,
        "csv": lambda path, text: _table(path, text, ","),
        "tsv": lambda path, text: _table(path, text, "\t"),
        "txt": lambda path, text: _lines(text),
    }
    if suffix not in readers:
        refuse(path, f"is of no kind that is known. {READ[:-1]}")
    return readers[suffix](path, text)


def refuse(path: Path, what: str) -> NoReturn:
    """Raise a ConfigError about a file."""
    raise ConfigError(f"{PLACE}: {path} {what}.") from None


def _unzipped(path: Path, data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        refuse(path, "is no whole gzip file. Fetch it again")


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        refuse(path, f"is not UTF-8: line {line} holds the byte 0x{data[error.start]:02x}. Save it as UTF-8")


def _jsonl(path: Path, text: str) -> Iterator[Record]:
    for number, line in _lines(text):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                refuse(path, f"holds no JSON in line {number}: {error}. Write one object a line")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield numbered lines one by one; a list of all would take the memory of the file once more."""
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield number, text[start:end]
        start, number = end + 1, number + 1


def _json(path: Path, text: str) -> Iterator[Record]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":  # many a .json holds an object a line
            yield from _jsonl(path, text)
            return
        refuse(path, f"holds no JSON: line {error.lineno}, column {error.colno}: {error.msg}")
    except (ValueError, RecursionError) as error:
        refuse(path, f"holds no JSON: {error}")
    yield from enumerate(_list_in(whole), 1)


def _list_in(whole: Any) -> list[Any]:
    """Return the list of records: the value itself, the one list of an object, or the objects below its keys."""
    if not isinstance(whole, dict):
        return whole if isinstance(whole, list) else [whole]
    lists = [value for value in whole.values() if isinstance(value, list) and any(isinstance(x, dict) for x in value)]
    if len(lists) == 1:
        return list(lists[0])
    inner = list(whole.values())
    return inner if len(inner) > 1 and all(isinstance(value, dict) for value in inner) else [whole]


def _table(path: Path, text: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    header: list[str] = []
    try:
        for number, cells in enumerate(filter(None, reader), 1):
            if not header:
                header = list(_MMLU) if _is_mmlu(cells) else cells
                if header is cells:
                    continue
            yield number, dict(zip(header, cells, strict=False))
    except csv.Error as error:
        refuse(path, f"is no table, line {reader.line_num}: {error}")


def _is_mmlu(cells: list[str]) -> bool:
    return len(cells) == len(_MMLU) and len(cells[-1].strip()) == 1 and cells[-1].strip() in "ABCD"


def _parquet(path: Path, data: bytes) -> Iterator[Record]:
    import polars as pl

    try:
        frame = pl.read_parquet(BytesIO(data))
    except Exception as error:  # polars has an error for each way in which a file can be broken
        refuse(path, f"is no Parquet file: {' '.join(str(error).split())[:200]}")
    yield from enumerate(frame.iter_rows(named=True), 1)
