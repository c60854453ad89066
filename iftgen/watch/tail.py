"""A file that another process appends lines to."""

from pathlib import Path

# Bytes that one look reads at most, so that a large file never keeps the reader from its other work.
CHUNK = 1 << 20


class Tail:
    """The whole lines of a growing file, each handed out once; a last line without its end waits for the rest.

    `start` is the offset in bytes of the first line that the last `read` returned. A file that was cut shorter (a run
    that is resumed cuts a torn tail) is read anew from its beginning: `restarts` counts that.
    """

    def __init__(self, path: Path) -> None:
        """Open nothing yet: the file may not be there."""
        self.path = path
        self.start = self.end = 0
        self.restarts = 0
        self.behind = False

    def read(self) -> list[bytes]:
        """Return the next whole lines, some CHUNK bytes of them; `behind` tells whether there are more."""
        self.behind = False
        try:
            size = self.path.stat().st_size
        except OSError:
            return []
        if size < self.end:
            self.end = 0
            self.restarts += 1
        self.start = self.end
        if size == self.end:
            return []
        data = self._whole(size)
        self.end += len(data)
        self.behind = bool(data) and self.end < size
        return data.splitlines(keepends=True) if b"\r" not in data else _lines(data)

    def _whole(self, size: int) -> bytes:
        """Return the bytes up to the last end of a line; a line longer than CHUNK is read whole."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.end)
                data = file.read(min(CHUNK, size - self.end))
                if b"\n" not in data:
                    data += file.readline()
        except OSError:
            return b""
        return data[: data.rfind(b"\n") + 1]


def _lines(data: bytes) -> list[bytes]:
    """Split at line feeds only."""
    return [line + b"\n" for line in data.split(b"\n")[:-1]]
