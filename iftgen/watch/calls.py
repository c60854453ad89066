"""The calls that made a row: their prompts and raw replies, from the call store of the run."""

import contextlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iftgen.store.folder import RunFolder

# The key of a row that names its calls, by the beginning of their keys in the store.
CALLS = "calls"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the role, the prompt as messages (a plain prompt is one of role ""), and the reply or the error."""

    role: str
    messages: tuple[tuple[str, str], ...]
    sampling: Mapping[str, Any]
    text: str
    reasoning: str = ""
    finish_reason: str = ""
    usage: Mapping[str, Any] | None = None
    error: str = ""


def read_calls(folder: Path, row: Mapping[str, Any]) -> list[Call]:
    """Return the calls of a row in the order in which they were made; those that the store does not have are left out.

    A store on a server is not asked.
    """
    given = row.get(CALLS)
    keys = [key for key in given if isinstance(key, str)] if isinstance(given, list) else []
    place = _store(folder)
    if not keys or place is None:
        return []
    # A store that is damaged or of another version has no calls to show.
    with (
        contextlib.suppress(sqlite3.Error, ValueError, AttributeError, TypeError),
        contextlib.closing(_connected(place)) as connection,
    ):
        found = [_found(connection, key) for key in keys]
        return [_call(*one) for one in found if one is not None]
    return []


def prompt_of(calls: Sequence[Call]) -> str | None:
    """Return the prompt of the first call, the turns one after the other; None where there is no call."""
    if not calls:
        return None
    return "\n\n".join(f"[{role}] {text}" if role else text for role, text in calls[0].messages)


def _store(folder: Path) -> Path | None:
    manifest: Mapping[str, Any] = {}
    with contextlib.suppress(Exception):
        manifest = RunFolder(folder).read_manifest() or {}
    place = str(manifest.get("call_store") or "calls.sqlite")
    path = folder / place
    return path if "://" not in place and path.is_file() else None


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.5)


def _found(connection: sqlite3.Connection, key: str) -> tuple[str, str | None, str | None] | None:
    """Find a call by the beginning of its key, which is of hex digits."""
    query = "SELECT request, reply, error FROM calls WHERE key >= ? AND key < ? LIMIT 1"
    row: tuple[str, str | None, str | None] | None = connection.execute(query, (key, f"{key}g")).fetchone()
    return row


def _call(request: str, reply: str | None, error: str | None) -> Call:
    asked, said = json.loads(request), json.loads(reply) if reply else {}
    turns = asked.get("messages") or [{"role": "", "content": asked.get("prompt") or ""}]
    return Call(
        role=str(asked.get("role", "")),
        messages=tuple((str(turn.get("role", "")), str(turn.get("content", ""))) for turn in turns),
        sampling=asked.get("sampling") or {},
        text=str(said.get("text", "")),
        reasoning=str(said.get("reasoning") or ""),
        finish_reason=str(said.get("finish_reason", "")),
        usage=said.get("usage"),
        error=error or "",
    )
