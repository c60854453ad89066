"""Readers of instruction data: Alpaca JSON, JSONL and CSV, as a stream of rows.

    json    [{...}, {...}]           a list of objects (Alpaca)
    jsonl   {...} newline {...}      one object a line
    csv     a header line, commas, double quotes

The text of a row goes by several names (see NAMES): the first that is there is taken, the others travel in `extra`,
like every column that is not known.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from iftgen.errors import DataError, choices, nearest

NAMES: Mapping[str, tuple[str, ...]] = {
    "instruction": ("instruction", "prompt", "question"),
    "input": ("input", "context"),
    "output": ("output", "completion", "response", "answer"),
    "system": ("system",),
    "task": ("task",),
    "topic": ("topic",),
}
FORMATS = ("json", "jsonl", "csv")
CONVERT = 'Convert it to JSONL, one object a line: {"instruction": ..., "input": ..., "output": ...}.'


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read; `line` is where it starts, and all but the instruction may be empty."""

    line: int
    instruction: str
    input: str = ""
    output: str = ""
    system: str = ""
    task: str = ""
    topic: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def read_rows(path: Path, format: str | None = None) -> Iterator[Row]:
    """Yield the rows of a file; JSONL and CSV are never held in memory as a whole.

    The file is looked at when this is called, its rows are checked as they come: raises DataError with file and line.
    Without `format` the suffix and the first character decide.
    """
    _check_file(path)
    readers = {"json": _json_records, "jsonl": _jsonl_records, "csv": _csv_records}
    name = format or _recognise(path)
    if name not in readers:
        raise DataError(f"{path}: the format {name!r} is not read.{choices(name, FORMATS)} {CONVERT}")
    records = (given for line, record in readers[name](path) for given in _instances(line, record))
    return (_row(path, line, record) for line, record in records)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise DataError(f"{path} is a folder, but a JSON, JSONL or CSV file is read. Name the file in it.")
    if not path.is_file():
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = nearest(path.name, siblings)
        raise DataError(f"There is no file {path}.{f' Did you mean {near!r}?' if near else ' Check the path.'}")
    try:
        path.open("rb").close()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def _recognise(path: Path) -> str:
    """Return the format: `.csv` is CSV, else `[` begins a list and `{` begins JSONL."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return "csv"
    with path.open("rb") as file:
        start = file.read(4096)
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first in (b"[", b"{"):
        return "json" if first == b"[" else "jsonl"
    if suffix in (".json", ".jsonl"):
        return suffix[1:]
    what = "Parquet" if start[:4] == b"PAR1" else f"A file that ends in {suffix!r} and is no JSON"
    raise DataError(f"{path}: {what} is not read; JSON, JSONL and CSV are. {CONVERT}")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield numbered lines; split at newlines only, as a line of JSONL may hold other separators."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise _not_utf8(path, number, error) from None


def _not_utf8(path: Path, line: int, error: UnicodeDecodeError) -> DataError:
    kind = "UTF-16" if error.object[:2] in (b"\xff\xfe", b"\xfe\xff") else "another encoding"
    byte = error.object[error.start]
    return DataError(f"{path}, line {line}: byte 0x{byte:02x} is not UTF-8 (it may be {kind}); save the file as UTF-8.")


def _jsonl_records(path: Path) -> Iterator[tuple[int, Any]]:
    decoder = _decoder()
    for number, line in _lines(path):
        if not line.strip():
            continue
        try:
            record = decoder.decode(line.rstrip())
        except json.JSONDecodeError as error:
            raise DataError(
                f"{path}, line {number}, column {error.pos + 1}: no JSON: {error.msg}; "
                "write one object a line, or a list of objects."
            ) from None
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}, line {number}: no JSON: {error}.") from None
        yield number, record


def _json_records(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the elements of a list one by one, each with the line where it starts."""
    text = "".join(line for _, line in _lines(path))
    decoder, line, counted = _decoder(), 1, 0
    try:
        for start, record in _elements(text, decoder):
            line += text.count("\n", counted, start)
            counted = start
            yield line, record
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path}, line {error.lineno}, column {error.colno}: no JSON: {error.msg}; "
            "a list of objects is read: [{...}, {...}]."
        ) from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}, after line {line}: no JSON: {error}.") from None


_SPACE = re.compile(r"[ \t\r\n]*")


def _elements(text: str, decoder: json.JSONDecoder) -> Iterator[tuple[int, Any]]:
    """Yield the position and the value of each element of the JSON list that is the whole text."""
    place = _skip(text, 0)
    place = _skip(text, _expect(text, place, "["))
    more = text[place : place + 1] != "]"
    while more:
        value, end = decoder.raw_decode(text, place)
        yield place, value
        place = _skip(text, end)
        more = text[place : place + 1] == ","
        place = _skip(text, place + 1) if more else place
    place = _skip(text, _expect(text, place, "]"))
    if place < len(text):
        raise json.JSONDecodeError("text after the end of the list", text, place)


def _skip(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _expect(text: str, place: int, sign: str) -> int:
    if text[place : place + 1] != sign:
        raise json.JSONDecodeError(f"expecting {sign!r}", text, place)
    return place + 1


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number; write null")


def _csv_records(path: Path) -> Iterator[tuple[int, Any]]:
    reader = csv.reader((line for _, line in _lines(path)), strict=True)
    header: list[str] | None = None
    start = 1
    try:
        for cells in reader:
            if header is None and cells:
                header = _header(path, start, cells)
            elif header is not None and cells:
                yield start, _csv_record(path, start, header, cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {start}: {error}; is a double quote left open or not doubled?") from None
    if header is None:
        raise DataError(f"{path}: there is no header line. The first line names the columns: instruction,input,output.")


def _header(path: Path, line: int, cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = next((name for place, name in enumerate(header) if name in header[:place]), None)
    if twice is not None:
        raise DataError(f"{path}, line {line}: the column {twice!r} is there twice; rename one.")
    _columns_at(path, line, tuple(header))
    return header


def _csv_record(path: Path, line: int, header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise DataError(
            f"{path}, line {line}: {len(cells)} cells, but the header has {len(header)}; "
            "put text that holds a comma or a newline in double quotes."
        )
    return dict(zip(header, cells, strict=True))


def _instances(line: int, record: Any) -> Iterator[tuple[int, Any]]:
    """Yield a record for each of the `instances` that Self-Instruct's files give an instruction, else the record."""
    instances = record.get("instances") if isinstance(record, dict) else None
    if not isinstance(instances, list) or not all(isinstance(one, dict) for one in instances):
        yield line, record
        return
    rest = {key: value for key, value in record.items() if key != "instances"}
    for one in instances:
        yield line, {**rest, **one}


def _row(path: Path, line: int, record: Any) -> Row:
    if not isinstance(record, dict):
        raise DataError(f"{path}, line {line}: a row must be an object, but this is {_kind(record)}; {CONVERT}")
    columns = _columns_at(path, line, tuple(record))
    texts = {name: _text(path, line, key, record[key]) for name, key in columns.items()}
    if not texts["instruction"].strip():
        raise DataError(f"{path}, line {line}: {columns['instruction']!r} is empty; fill it in or delete the row.")
    used = set(columns.values())
    extra = {key: value for key, value in record.items() if key not in used}
    try:
        json.dumps([texts, extra], ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DataError(
            f"{path}, line {line}: the text holds half of a character (a lone surrogate, \\ud800 to \\udfff); mend it."
        ) from None
    return Row(line=line, extra=extra, **texts)


def _text(path: Path, line: int, key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise DataError(f"{path}, line {line}: {key!r} must be text, but is {_kind(value)}; put it in double quotes.")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _columns_at(path: Path, line: int, keys: tuple[str, ...]) -> dict[str, str]:
    try:
        return _columns(keys)
    except DataError as error:
        raise DataError(f"{path}, line {line}: {error}") from None


@lru_cache(maxsize=256)
def _columns(keys: tuple[str, ...]) -> dict[str, str]:
    """Return the column of each field of a row; raises DataError for a missing instruction or a misspelt column."""
    found = {name: key for name, known in NAMES.items() for key in known[::-1] if key in keys}
    strange = [key for key in keys if key not in found.values()]
    for name in ("instruction", "input", "output"):  # the others may be missing: a near name is most likely chance
        near = None if name in found else _misspelt(name, strange)
        if near is not None:
            raise DataError(f"there is no {name!r}, but there is {near!r}; rename it to {name!r}.")
    if "instruction" not in found:
        raise DataError(_no_instruction(strange))
    return found


def _no_instruction(strange: list[str]) -> str:
    for name in ("messages", "conversations"):
        if name in strange:
            return f"a conversation ({name!r}) is not read. {CONVERT}"
    near = nearest("instruction", strange)
    hint = f"there is {near!r}; rename it to 'instruction'" if near else "name the column 'instruction'"
    return f"there is no instruction among the columns {', '.join(strange) or '(none)'}: {hint}."


def _misspelt(name: str, strange: list[str]) -> str | None:
    """Return the column that is one typing slip or a change of case away from `name`."""
    from rapidfuzz.distance import OSA

    return next((key for key in strange if OSA.distance(key.strip().casefold(), name, score_cutoff=1) <= 1), None)
