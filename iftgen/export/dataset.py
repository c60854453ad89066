"""The table of formats, and the function that writes a dataset in some of them."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iftgen.errors import RunError, UserError, choices
from iftgen.export import rows
from iftgen.export.writers import (
    Options,
    Writer,
    json_lines,
    write_alpaca_lines,
    write_alpaca_list,
    write_csv,
    write_parquet,
)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: the name of the file, and what writes it from a file of rows."""

    file_name: str
    write: Writer


FORMATS: Mapping[str, Format] = {
    "alpaca": Format("alpaca.json", write_alpaca_list),
    "alpaca_jsonl": Format("alpaca.jsonl", write_alpaca_lines),
    "messages": Format("messages.jsonl", json_lines(rows.messages)),
    "sharegpt": Format("sharegpt.jsonl", json_lines(rows.sharegpt)),
    "prompt_completion": Format("prompt_completion.jsonl", json_lines(rows.prompt_completion)),
    "csv": Format("dataset.csv", write_csv),
    "parquet": Format("dataset.parquet", write_parquet),
}


def export_dataset(
    examples: Path | Iterable[Mapping[str, Any]],
    folder: Path,
    formats: Sequence[str],
    *,
    csv_safe: bool = False,
    metadata: bool = False,
) -> list[Path]:
    """Write the rows to `folder` in each format and return the files, in the order of `formats`.

    `examples` is a row file such as `examples.jsonl` (a missing one has no rows) or the rows themselves; their order is
    kept. Each file is written under another name and renamed at the end, so that a crash never leaves half of one.
    Memory does not grow with the number of rows. Raises UserError for an unknown format before anything is written.
    """
    check_formats(formats)
    if not formats:
        return []
    options = Options(csv_safe=csv_safe, metadata=metadata)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _row_file(examples, folder) as source:
            return [_write(FORMATS[name], source, folder, options) for name in dict.fromkeys(formats)]
    except OSError as error:
        raise RunError(f"The dataset cannot be written to {folder}: {error.strerror or error}.") from error


def check_formats(formats: Sequence[str]) -> None:
    """Raise UserError for the first name that is not a format."""
    for name in formats:
        if name not in FORMATS:
            raise UserError(f"There is no export format {name!r}.{choices(name, FORMATS)}")


def _write(format: Format, source: Path, folder: Path, options: Options) -> Path:
    target = folder / format.file_name
    with _temporary(target) as draft:
        format.write(source, draft, options)
        draft.replace(target)
    return target


@contextmanager
def _row_file(examples: Path | Iterable[Mapping[str, Any]], folder: Path) -> Iterator[Path]:
    """Give the rows as a file: several formats need several passes, and the rows may not fit in memory."""
    if isinstance(examples, Path) and examples.is_file():
        yield examples
        return
    with _temporary(folder / "rows.jsonl") as file:
        with file.open("w", encoding="utf-8") as stream:
            stream.writelines(f"{json.dumps(row)}\n" for row in (() if isinstance(examples, Path) else examples))
        yield file


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    path = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
