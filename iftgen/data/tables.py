"""Tables as text: a header line, then cells between commas, semicolons or tabs, in double quotes where need be."""

import csv
from collections.abc import Callable
from pathlib import Path

from iftgen.data.files import lines_of
from iftgen.data.rows import Broken, Records
from iftgen.errors import DataError

# What stands between cells. The comma comes first: the others may stand inside its cells.
SEPARATORS = (",", "\t", ";")
# Characters of the longest cell; Python's own limit is 131,072.
LONGEST = 2**31 - 1

Known = Callable[[list[str]], bool]


def read_table(path: Path, known: Known, separators: tuple[str, ...] = SEPARATORS) -> Records:
    """Yield the rows; of the separators the first is taken for which `known` knows the columns of the header."""
    csv.field_size_limit(LONGEST)
    reader = csv.reader(
        (line for _, line in lines_of(path)), delimiter=_separator(path, known, separators), strict=True
    )
    header: list[str] | None = None
    start = 1
    try:
        for cells in reader:
            if header is None and cells:
                header = _header(path, start, cells)
            elif header is not None and cells:
                yield start, _record(header, cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {start}: {error}; is a double quote left open or not doubled?") from None
    if header is None:
        raise DataError(f"{path}: there is no header line. The first line names the columns: instruction,input,output.")


def tabs(path: Path, known: Known) -> Records:
    """Yield the rows of a table with tabs."""
    return read_table(path, known, ("\t",))


def _separator(path: Path, known: Known, separators: tuple[str, ...]) -> str:
    """Return the separator with which the first line that is not blank names a column that is known."""
    first = next((line for _, line in lines_of(path) if line.strip()), "")
    for separator in separators:
        cells = next(csv.reader([first.rstrip("\r\n")], delimiter=separator), [])
        if len(cells) > 1 and known([cell.strip() for cell in cells]):
            return separator
    return separators[0]


def _header(path: Path, line: int, cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = next((name for place, name in enumerate(header) if name in header[:place]), None)
    if twice is not None:
        raise DataError(f"{path}, line {line}: the column {twice!r} is there twice; rename one.")
    return header


def _record(header: list[str], cells: list[str]) -> dict[str, str] | Broken:
    if len(cells) == len(header):
        return dict(zip(header, cells, strict=True))
    reason = f"{len(cells)} cells, but the header has {len(header)}"
    hint = "; put text that holds a comma or a newline in double quotes."
    return Broken("", reason, hint, ",".join(cells))
