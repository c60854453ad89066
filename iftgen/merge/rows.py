"""The rows of all parts as one stream, in the order of the merged dataset."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iftgen.errors import DataError
from iftgen.export import Applied, read_examples, reviewed_rows
from iftgen.merge.parts import Part
from iftgen.store.folder import RunFolder

Row = dict[str, Any]
NOTES = "iftgen"  # the key of `extra` under which iftgen keeps its own notes on a row


def ordered(parts: Sequence[Part], reviews: bool, applied: Sequence[Applied]) -> Iterator[tuple[int, Row]]:
    """Yield the number of the part and the row, in order of plan, index and shard.

    With `reviews` those of the parts are applied, and counted in `applied`, one for each part.
    """

    def place(entry: tuple[int, Row]) -> tuple[str, int, int]:
        part = parts[entry[0]]
        return part.base, entry[1]["index"], entry[0]  # parts of one plan are sorted by shard

    streams = [_rows(number, part, reviews, applied[number]) for number, part in enumerate(parts)]
    return heapq.merge(*streams, key=place)


def notes_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return iftgen's own notes on a row; those of a row from a file are the user's, but for the lineage."""
    extra = row.get("extra")
    notes = extra.get(NOTES) if isinstance(extra, Mapping) else None
    return notes if isinstance(notes, Mapping) else {}


def is_template(row: Mapping[str, Any]) -> bool:
    """Tell whether the wording was chosen from a fixed list: the input then carries the content."""
    return row.get("method") != "file" and bool(notes_of(row).get("template"))


def whole_text(row: Mapping[str, Any]) -> str:
    """Return instruction and input as one text."""
    return f"{row['instruction']}\n{row['input']}" if row.get("input") else str(row["instruction"])


def _rows(number: int, part: Part, reviews: bool, applied: Applied) -> Iterator[tuple[int, Row]]:
    path = RunFolder(part.folder).rows("examples")
    for row in reviewed_rows(part.folder, applied) if reviews else read_examples(path):
        if not (isinstance(row.get("index"), int) and isinstance(row.get("instruction"), str)):
            raise DataError(f"{path}: the row {row.get('id')} has no index or no instruction; the file was damaged.")
        yield number, row
