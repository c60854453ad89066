"""The event log of a run: one writer, append-only JSON lines that viewers read."""

import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from iftgen.errors import RunError

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # json.dumps makes one for each value
Listener = Callable[[dict[str, Any]], None]


class EventLog:
    """Writes events and hands them to listeners in this process.

    An event is {"time": seconds since the epoch, "event": kind, ...}. The kinds:
    start: target, resumed (candidates that are there), models (by role), method, filters (in order), window, pid,
        overrides, budget (the caps that are set), quotas (by task; {} for a file) and backends (by name: model, roles,
        concurrency, rpm, tpm).
    progress, once a second at least: accepted, rejected, failed, in_flight (candidates), by_filter, tokens and cost_usd
        (of the rows), paid (calls, prompt_tokens, completion_tokens, cost_usd; budget: [used, cap] by key; replayed),
        paused, concurrency (calls in flight) and limit (the most of them for now).
    quotas: quotas and given_up (examples by task), whenever quotas were moved.
    call, retry, limit (overload: fewer calls at once), failure: see iftgen.backends.Caller; all name their backend.
    steer: change (of control.json) that was acted on; where it was refused, `refused` says why.
    stopping: calls, which are waited for.
    end: status, message, counts.
    """

    def __init__(self, path: Path, listeners: tuple[Listener, ...] = ()) -> None:
        """Open the file for appending, line by line."""
        self._path, self._listeners = path, listeners
        try:
            torn = _is_torn(path)
            self._file = path.open("a", buffering=1, encoding="utf-8")
            if torn:  # the last event of a run that was killed must not swallow the next one
                self._file.write("\n")
        except OSError as error:
            raise self._unwritable(error) from None

    def emit(self, event: str, **fields: Any) -> None:
        """Append one event; raises RunError where that is impossible."""
        record = {"time": round(time.time(), 3), "event": event, **fields}
        try:
            self._file.write(_json(record) + "\n")
        except OSError as error:
            raise self._unwritable(error) from None
        for listener in self._listeners:
            listener(record)

    def close(self) -> None:
        """Close the file; what could not be written is lost."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _unwritable(self, error: OSError) -> RunError:
        return RunError(f"{self._path}: cannot be written ({error.strerror}). Make room, then resume the run.")


def _is_torn(path: Path) -> bool:
    """Tell whether a file ends in the middle of a line."""
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read() != b"\n"
