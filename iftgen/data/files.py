"""Files as numbered lines of text: plain or gzipped, in UTF-8 with or without a byte order mark."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from iftgen.errors import DataError, nearest

GZIP = b"\x1f\x8b"
# Bytes that are read at once where lines do not matter.
CHUNK = 1 << 20


def check_file(path: Path) -> None:
    """Raise DataError where there is no file that can be read."""
    if path.is_dir():
        raise DataError(f"{path} is a folder, but a file is read. Name the file in it.")
    if not path.is_file():
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = nearest(path.name, siblings)
        raise DataError(f"There is no file {path}.{f' Did you mean {near!r}?' if near else ' Check the path.'}")
    try:
        path.open("rb").close()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, unpacked where it is gzipped; a damaged archive raises DataError."""
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as unpacked:
            yield cast(IO[bytes], unpacked)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: the gzip archive is damaged ({error}). Pack or download it again.") from None


def beginning(path: Path, size: int = 4096) -> bytes:
    """Return the first bytes of the content."""
    with opened(path) as file:
        return file.read(size)


def suffix_of(path: Path) -> str:
    """Return the suffix in lower case, without that of an archive."""
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield numbered lines; split at newlines only, as a line of JSONL may hold other separators."""
    with opened(path) as file:
        for number, raw in enumerate(file, 1):
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise not_utf8(path, number, error) from None


def chunks_of(path: Path) -> Iterator[str]:
    """Yield the text in pieces of any length, which need not end with a line."""
    decoder, line = codecs.getincrementaldecoder("utf-8-sig")(), 1
    with opened(path) as file:
        while raw := file.read(CHUNK):
            try:
                text = decoder.decode(raw)
            except UnicodeDecodeError as error:
                raise not_utf8(path, line + error.object[: error.start].count(b"\n"), error) from None
            line += text.count("\n")
            yield text
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise not_utf8(path, line, error) from None


def not_utf8(path: Path, line: int, error: UnicodeDecodeError) -> DataError:
    """Return the error that names the byte, and the encoding that the file may have."""
    byte = error.object[error.start]
    where = f"{path}, line {line}: byte 0x{byte:02x} is not UTF-8"
    if error.object[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        kind = "UTF-16"
    elif byte >= 0x80 and byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D):  # those have no character in Windows-1252
        kind = "Windows-1252"
    else:
        return DataError(f"{where}; save the file as UTF-8.")
    return DataError(f"{where} (it may be {kind}); save the file as UTF-8: iconv -f {kind} -t UTF-8 {path.name} > NEW.")
