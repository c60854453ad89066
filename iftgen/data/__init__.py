"""Readers of instruction data, as a stream of rows; `iftgen.data.reading` says which formats and names are known."""

from iftgen.data.reading import FORMATS, How, read_rows
from iftgen.data.rows import Row

__all__ = ["FORMATS", "How", "Row", "read_rows"]
