"""A run folder: its files, how rows are appended, and how it is recovered after a crash."""

import contextlib
import hashlib
import heapq
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import IO, Any, Literal

from iftgen.errors import RunError

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # json.dumps makes one for each value
Kind = Literal["examples", "rejected", "failed"]
KINDS: tuple[Kind, ...] = ("examples", "rejected", "failed")
# The key of a manifest that says why the statistics or the exports of a run could not be written; its rows are whole.
UNFINISHED = "unfinished"


@dataclass
class RunFolder:
    """The folder of one run. Row files are only ever appended to, in order of index."""

    path: Path
    _files: dict[Kind, IO[bytes]] = field(default_factory=dict, repr=False)

    @property
    def calls(self) -> Path:
        """The call store of a run that is not part of a sweep."""
        return self.path / "calls.sqlite"

    @property
    def manifest(self) -> Path:
        """What the run was and how it ended."""
        return self.path / "manifest.json"

    @property
    def events(self) -> Path:
        """The log that viewers read."""
        return self.path / "events.jsonl"

    def rows(self, kind: Kind) -> Path:
        """The file that holds the rows of a kind."""
        return self.path / f"{kind}.jsonl"

    def read_manifest(self) -> dict[str, Any] | None:
        """Return the manifest, or None where there is none yet; raises RunError when it is damaged."""
        try:
            manifest = json.loads(self.manifest.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise RunError(f"{self.manifest}: cannot be read: {error}") from None
        if not isinstance(manifest, dict):
            raise RunError(f"{self.manifest}: a JSON object is expected.")
        return manifest

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replace the manifest in one step, so that a reader never sees half of it."""
        write_atomically(self.manifest, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")

    def open(self) -> None:
        """Open the row files for appending."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._files = {kind: self.rows(kind).open("ab") for kind in KINDS}
        except OSError as error:
            raise RunError(f"{self.path}: the run folder cannot be written ({error.strerror}).") from None

    def append(self, kind: Kind, row: dict[str, Any]) -> None:
        """Append a row; it is in the file after the next `flush`."""
        line = _json(row).encode("utf-8", "backslashreplace")
        try:
            self._files[kind].write(line + b"\n")
        except OSError as error:
            raise self._unwritable(error) from None

    def flush(self) -> None:
        """Hand the appended rows to the operating system; raises RunError where that fails, or the folder is gone."""
        if self._files and not self.rows("examples").exists():  # else a run would pay for replies that nobody gets
            raise RunError(f"{self.path}: the run folder was removed or moved. Start the run anew, or move it back.")
        try:
            for file in self._files.values():
                file.flush()
        except OSError as error:
            raise self._unwritable(error) from None

    def close(self) -> None:
        """Flush and close the row files; raises RunError where a row could not be written."""
        files, self._files = self._files, {}
        failure: OSError | None = None
        for file in files.values():
            try:
                file.close()
            except OSError as error:
                failure = error
        if failure is not None:
            raise self._unwritable(failure)

    def _unwritable(self, error: OSError) -> RunError:
        return RunError(f"{self.path}: rows cannot be written ({error.strerror}). Make room, then resume the run.")

    def recover(self, first: int = 0, step: int = 1) -> int:
        """Cut the files behind the indices 0, 1, 2, ... up to the first missing one, and return how many those are.

        The indices of a shard of a file are `first`, `first` + `step`, ...
        """
        ends = {kind: list(_marks(self.rows(kind))) for kind in KINDS}
        count = 0
        for index in heapq.merge(*([index for index, _ in marks] for marks in ends.values())):
            if index != first + count * step:
                break
            count += 1
        for kind, marks in ends.items():
            kept = max((end for index, end in marks if index < first + count * step), default=0)
            if self.rows(kind).exists() and self.rows(kind).stat().st_size > kept:
                os.truncate(self.rows(kind), kept)
        return count

    def committed(self) -> Iterator[tuple[Kind, dict[str, Any]]]:
        """Yield the rows of a recovered folder in order of index; they are read as they are asked for."""
        streams = [zip(repeat(kind), read_rows(self.rows(kind)), strict=False) for kind in KINDS]
        yield from heapq.merge(*streams, key=lambda item: item[1]["index"])

    def digests(self) -> dict[str, str]:
        """Return the hex SHA-256 of each row file."""
        return {self.rows(kind).name: file_digest(self.rows(kind)) for kind in KINDS if self.rows(kind).exists()}


def is_merged(folder: Path) -> bool:
    """Tell whether a folder holds what `iftgen merge` made of other runs: nothing ran in it."""
    with contextlib.suppress(RunError):
        return "merge" in (RunFolder(folder).read_manifest() or {})
    return False


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole rows of a JSONL file up to the first that is torn or no JSON; a missing file is empty."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            row = _row(line)
            if row is None:
                return
            yield row


def write_atomically(path: Path, text: str) -> None:
    """Write a file beside its place and move it there."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror}). Make room, then resume the run.") from None


def file_digest(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _marks(path: Path) -> Iterator[tuple[int, int]]:
    """Yield (index, offset of the row's end) of the rows up to the first that is torn or damaged."""
    end = 0
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            end += len(line)
            row = _row(line)
            if row is None or not isinstance(row.get("index"), int):
                return
            yield row["index"], end


def _row(line: bytes) -> dict[str, Any] | None:
    """Return the row of a line, None where it is torn or no JSON object."""
    try:
        row = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
