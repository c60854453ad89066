"""JSON: one object a line, or a list of objects; neither is held in memory as a whole."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from iftgen.data.files import chunks_of, lines_of
from iftgen.data.rows import Broken, Records
from iftgen.errors import DataError

ONE_A_LINE = "write one object a line, or a list of objects."
# What JSON may still be cut off at the end of a piece of text: the longest literal is -Infinity.
CUT = 16
_SPACE = re.compile(r"[ \t\r\n]*")


def read_lines(path: Path) -> Records:
    """Yield the record of each line that is not blank, Broken where it is no JSON."""
    decoder = _decoder()
    for number, line in lines_of(path):
        if not line.strip():
            continue
        try:
            record = decoder.decode(line.rstrip())
        except json.JSONDecodeError as error:
            record = Broken(f", column {error.pos + 1}", f"no JSON: {error.msg}", f"; {ONE_A_LINE}", line)
        except (ValueError, RecursionError) as error:
            record = Broken("", f"no JSON: {error}", ".", line)
        yield number, record


def read_list(path: Path) -> Records:
    """Yield the elements of the list that is the whole file, each with the line where it starts."""
    text = _Text(path, chunks_of(path))
    text.expect("[")
    more = text.peek() != "]"
    while more:
        line, value = text.value()
        yield line, value
        more = text.peek() == ","
        if more:
            text.expect(",")
    text.expect("]")
    if text.peek():
        raise text.error("text after the end of the list", text.place)


class _Text:
    """The text of a file from a place on, read further as it is needed."""

    def __init__(self, path: Path, chunks: Iterator[str]) -> None:
        self.path, self._chunks = path, chunks
        self._decoder = _decoder()
        self._text, self.place = "", 0
        self._line, self._counted, self._column = 1, 0, 1  # of the place up to which newlines were counted
        self._ended = False

    def peek(self) -> str:
        """Go to the next character that is no white space, and return it; "" at the end."""
        while True:
            match = _SPACE.match(self._text, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self._text) or not self._read(1):
                return self._text[self.place : self.place + 1]

    def expect(self, sign: str) -> None:
        """Step over a sign."""
        if self.peek() != sign:
            raise self.error(f"expecting {sign!r}", self.place)
        self.place += 1

    def value(self) -> tuple[int, Any]:
        """Read the value that comes next, and return it with the line where it starts."""
        self.peek()
        self._count(self.place)
        line = self._line
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self.place)
            except json.JSONDecodeError as error:
                if not (self._is_cut(error) and self._read(len(self._text) - self.place)):
                    raise self.error(error.msg, error.pos) from None
            except (ValueError, RecursionError) as error:
                raise DataError(f"{self.path}, line {line}: no JSON: {error}.") from None
            else:
                if end < len(self._text) or not self._read(1):  # a number may go on
                    self.place = end
                    return line, value

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated") or error.pos > len(self._text) - CUT

    def _read(self, least: int) -> bool:
        """Read at least so many characters more, if there are any; what was read before the place is dropped."""
        parts, got = [], 0
        while got < max(1, least) and not self._ended:
            chunk = next(self._chunks, None)
            self._ended = chunk is None
            parts.append(chunk or "")
            got += len(chunk or "")
        if not got:
            return False
        self._count(self.place)
        self._text, self.place, self._counted = "".join([self._text[self.place :], *parts]), 0, 0
        return True

    def _count(self, place: int) -> None:
        """Count the lines and columns up to a place."""
        lines = self._text.count("\n", self._counted, place)
        self._line += lines
        if lines:
            self._column = place - self._text.rindex("\n", self._counted, place)
        else:
            self._column += place - self._counted
        self._counted = place

    def error(self, reason: str, place: int) -> DataError:
        """Return the error at a place."""
        self._count(place)
        where = f"{self.path}, line {self._line}, column {self._column}"
        return DataError(f"{where}: no JSON: {reason}; a list of objects is read: [{{...}}, {{...}}].")


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number; write null")
