"""Looking for a text in the rows of a row file, in pieces, the newest rows first."""

import contextlib
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from iftgen.watch.verdict import TEXT, verdict_in

# Bytes that are searched in one piece: some milliseconds of work.
PIECE = 1 << 20
# What stands before, between and behind the texts of a row. Within a text every quote is escaped, so that these can
# only be keys.
_FIRST, _LAST = b'"instruction":"', b'","system":"'
_BETWEEN = (b'","input":"', b'","output":"')
# A draw that failed has no texts but its error.
_ERROR, _AFTER_ERROR = b'"error":"', b'","usage":'
_TEXT = rb'"((?:[^"\\]|\\.)*)"'
# A reply that could not be used, among iftgen's notes on the row.
_EXTRA = b',"extra":{'
_REPLY = re.compile(rb'"iftgen":\{(?:"\w+":(?:%(text)s|[^,"{}]+),)*"reply":(?P<reply>%(text)s)' % {b"text": TEXT})
_TEXTS = re.compile(
    rb'"instruction":%(text)s,"input":%(text)s,"output":%(text)s|"error":%(text)s,"usage":' % {b"text": _TEXT}
)
_BACKSLASH, _U = b"\\u"


def search(path: Path, offsets: Sequence[int], text: str) -> Iterator[list[int]]:
    """Yield the numbers of the rows whose texts hold the text, case folded.

    Texts are instruction, input, output and error, the reason of the verdict, and a reply that could not be used.

    `offsets` are those of the rows in the file. Each list is one piece of the file, from its end to its beginning;
    within a list the numbers grow. A file that is gone has no hits.
    """
    needle = json.dumps(text, ensure_ascii=False)[1:-1].lower()
    last = len(offsets) if needle else 0
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(offsets[-1] if last else 0)
        end = file.tell() + len(file.readline())
        while last:
            first = min(last - 1, bisect_left(offsets, end - PIECE if end > PIECE else 0))
            begin = offsets[first]
            file.seek(begin)
            data = file.read(end - begin)
            bounds = [offset - begin for offset in offsets[first:last]]
            yield [first + row for row in _rows(data, bounds, needle, text.lower())]
            last, end = first, begin


def _rows(data: bytes, bounds: list[int], needle: str, plain: str) -> Iterable[int]:
    if needle.isascii():
        return _hits(data.lower(), bounds, needle.encode())
    return (row for row in range(len(bounds)) if _holds(_piece(data, bounds, row), needle, plain))


def _hits(folded: bytes, bounds: list[int], needle: bytes) -> Iterator[int]:
    """Yield the rows with a hit within their texts; after one the search goes on at the next row."""
    place = folded.find(needle)
    while place >= 0:
        row = bisect_right(bounds, place) - 1
        after = bounds[row + 1] if row + 1 < len(bounds) else len(folded)
        if _in_texts(folded, place, bounds[row], after, needle) or _in_more(folded[bounds[row] : after], needle):
            yield row
        place = folded.find(needle, after)


def _in_texts(folded: bytes, place: int, begin: int, end: int, needle: bytes) -> bool:
    """Tell whether the needle stands in a text of the row, and not only in a key; it does not stand before `place`."""
    first, last = _bounds(folded, begin, end)
    keys = [(key, key + len(name)) for name in _BETWEEN if (key := folded.find(name, first, last)) >= 0]
    place = place if place >= first else folded.find(needle, first, last)
    while 0 <= place <= last - len(needle):
        in_key = any(place < stop and place + len(needle) > start for start, stop in keys)
        if not in_key and not _in_escape(folded, first, place):
            return True
        place = folded.find(needle, place + 1, last)
    return False


def _in_more(line: bytes, needle: bytes) -> bool:
    """Tell whether the needle stands in the reason or in the unused reply of a row."""
    for begin, end in _more(line):
        place = line.find(needle, begin, end)
        while place >= 0:
            if not _in_escape(line, begin, place):
                return True
            place = line.find(needle, place + 1, end)
    return False


def _more(line: bytes) -> Iterator[tuple[int, int]]:
    """Yield where reason and unused reply of a row begin and end."""
    verdict, extra = verdict_in(line), line.find(_EXTRA)
    if verdict is not None:
        yield verdict.start("reason") + 1, verdict.end("reason") - 1
    reply = _REPLY.search(line, extra) if extra >= 0 else None
    if reply is not None:
        yield reply.start("reply") + 1, reply.end("reply") - 1


def _bounds(folded: bytes, begin: int, end: int) -> tuple[int, int]:
    """Return where the texts of a row begin and end."""
    for before, behind in ((_FIRST, _LAST), (_ERROR, _AFTER_ERROR)):
        place = folded.find(before, begin, end)
        if place >= 0:
            first = place + len(before)
            return first, folded.find(behind, first, end)
    return end, end


def _in_escape(folded: bytes, first: int, place: int) -> bool:
    """Tell whether a place lies within an escape, as the n of a line feed does, which is no letter of the text."""
    begin = place
    while begin > first and place - begin < 5 and folded[begin - 1] != _BACKSLASH:
        begin -= 1
    slashes = 0
    while begin - slashes > first and folded[begin - slashes - 1] == _BACKSLASH:
        slashes += 1
    return bool(slashes % 2) and (place == begin or (folded[begin] == _U and place - begin <= 4))


def _piece(data: bytes, bounds: list[int], row: int) -> bytes:
    return data[bounds[row] : bounds[row + 1] if row + 1 < len(bounds) else len(data)]


def _holds(line: bytes, needle: str, plain: str) -> bool:
    """Tell whether a text of the row holds the needle, with the letters of all scripts folded."""
    found = _TEXTS.search(line)
    parts = [part for part in found.groups() if part is not None] if found is not None else []
    parts += [line[begin:end] for begin, end in _more(line)]
    return any(_text_holds(part, needle, plain) for part in parts)


def _text_holds(text: bytes, needle: str, plain: str) -> bool:
    if needle not in text.decode("utf-8", "replace").lower():
        return False
    try:  # only now, as it takes longer: the needle may have begun within an escape
        return plain in json.loads(b'"%s"' % text).lower()
    except ValueError:
        return False
