"""What is wanted of a live run: `control.json` in its folder, written by whoever steers, read by the run.

In the folder of a sweep only `stop` counts.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack, get_args

from iftgen.errors import RunError, UserError, choices
from iftgen.store.charges import Caps
from iftgen.store.folder import write_atomically

Stop = Literal["", "graceful", "now"]
NAME, LOCK = "control.json", ".control.lock"
MOST_CALLS = 4096
CAPS = tuple(entry.name for entry in dataclasses.fields(Caps))
# The caps that are whole numbers.
WHOLE = ("tokens", "calls")


@dataclass(frozen=True)
class Control:
    """What is wanted: `concurrency` are the most calls at once of every backend, `budget` the caps by key.

    None and a key that is missing wish for nothing.
    """

    paused: bool = False
    concurrency: int | None = None
    budget: Mapping[str, float] = field(default_factory=dict)
    finish: bool = False
    stop: Stop = ""


class Changes(TypedDict, total=False):
    """The fields of Control that are to change."""

    paused: bool
    concurrency: int | None
    budget: Mapping[str, float]
    finish: bool
    stop: Stop


def read_control(folder: Path) -> Control:
    """Return what is wanted of the run; what is missing, torn or not ours wishes for nothing."""
    try:
        given = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Control()
    known = given if isinstance(given, dict) else {}
    usable = {key: value for key, value in known.items() if key in _CHECKS and _problem(key, value) is None}
    return Control(**usable)


def steer(folder: Path, **changes: Unpack[Changes]) -> Control:
    """Change what is wanted of the run in the folder, and return all that is wanted now; caps are added by key.

    Raises UserError for a value that cannot be, RunError where the folder cannot be written.
    """
    for key, value in changes.items():
        if (problem := _problem(key, value)) is not None:
            raise UserError(problem)

    def change(now: Control) -> Control:
        changed = dataclasses.replace(now, **changes)
        return dataclasses.replace(changed, budget={**now.budget, **changes.get("budget", {})})

    return _rewrite(folder, change)


def begin(folder: Path) -> Control:
    """Return what a run that starts is to begin with: pause, finish and stop were meant for the one before."""
    if not (folder / NAME).exists():
        return Control()
    return _rewrite(folder, lambda now: Control(concurrency=now.concurrency, budget=now.budget))


def withdraw(folder: Path, concurrency: bool = False, caps: Collection[str] = ()) -> Control:
    """Take back the wish for a concurrency, and for caps by key: they were refused, or settled in another way."""
    now = read_control(folder)
    if not (concurrency and now.concurrency is not None) and not now.budget.keys() & set(caps):
        return now
    return _rewrite(
        folder,
        lambda now: dataclasses.replace(
            now,
            concurrency=None if concurrency else now.concurrency,
            budget={key: cap for key, cap in now.budget.items() if key not in caps},
        ),
    )


def _rewrite(folder: Path, change: Callable[[Control], Control]) -> Control:
    with _alone(folder):
        control = change(read_control(folder))
        write_atomically(folder / NAME, json.dumps(dataclasses.asdict(control)) + "\n")
    return control


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one writer after the other read and write."""
    try:
        handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise RunError(f"{folder / NAME}: cannot be written ({error.strerror}).") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _problem(key: str, value: Any) -> str | None:
    """Return what is wrong with a wish, None where nothing is."""
    if key not in _CHECKS:
        return f"control.{key}: there is no such key.{choices(key, _CHECKS)}"
    return _CHECKS[key](key, value)


def _concurrency(key: str, value: Any) -> str | None:
    if value is None or (type(value) is int and 1 <= value <= MOST_CALLS):
        return None
    return f"{key}: {value!r} is not a whole number from 1 to {MOST_CALLS}."


def _budget(key: str, value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return f"{key}: {value!r} is not a mapping of {', '.join(CAPS)} to numbers."
    for name, cap in value.items():
        if name not in CAPS:
            return f"{key}.{name}: there is no such key.{choices(str(name), CAPS)}"
        right = isinstance(cap, int | float) and not isinstance(cap, bool) and 0 < cap < float("inf")
        if not right or (name in WHOLE and cap != int(cap)):
            return f"{key}.{name}: {cap!r} is not {'a whole number of 1 or more' if name in WHOLE else 'above 0'}."
    return None


def _flag(key: str, value: Any) -> str | None:
    return None if isinstance(value, bool) else f"{key}: {value!r} is neither true nor false."


def _stop(key: str, value: Any) -> str | None:
    allowed = get_args(Stop)
    return None if value in allowed else f"{key}: {value!r} is not one of {', '.join(map(repr, allowed))}."


_CHECKS: Mapping[str, Callable[[str, Any], str | None]] = {
    "paused": _flag,
    "concurrency": _concurrency,
    "budget": _budget,
    "finish": _flag,
    "stop": _stop,
}
