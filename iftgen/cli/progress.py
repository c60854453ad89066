"""Progress lines on stderr: a listener of the run's events."""

import contextlib
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from iftgen.cli.pointer import POINTER
from iftgen.watch.view import asked_models

# Seconds between two lines: to a terminal, and to a file or a pipe.
EVERY_TTY, EVERY_PIPE = 2.0, 10.0
NONE_YET = "no candidate yet"


class Display(Protocol):
    """What shows a run while it goes on."""

    def on_event(self, event: dict[str, Any]) -> None:
        """Take in one event."""
        ...


class NoDisplay:
    """Shows nothing."""

    def on_event(self, event: dict[str, Any]) -> None:
        """Ignore the event."""


class PlainDisplay:
    """Prints a line now and then: accepted of target, rate, what rejected most, retries, time left."""

    def __init__(self, target: int | None, folder: Path) -> None:
        """Print nothing yet."""
        self.target, self.folder = target, folder
        self.every = EVERY_TTY if sys.stderr.isatty() else EVERY_PIPE
        self.started = self.shown = time.monotonic()
        self.at_start: int | None = 0  # examples that were there before; None: told by the first commit
        self.retries = 0
        self.rows: int | None = None  # of a file: all that are judged

    def on_event(self, event: dict[str, Any]) -> None:
        """Count the event, and print a line when one is due."""
        kind = event["event"]
        if kind == "start":
            models = asked_models(event["models"], event.get("rows"), event.get("backends"))
            self.at_start = None if event["resumed"] else 0
            self.rows = event.get("rows")
            resumed = f", going on after {event['resumed']} candidates" if event["resumed"] else ""
            say(f"iftgen: {self.folder}{with_models(models)}{resumed}")
            if event.get("note"):
                say(f"iftgen: {event['note']}")
        elif kind == "progress":
            self._on_progress(event)
        elif kind == "retry":
            self._on_retry(event)
        elif kind == "stopping":
            self._on_stopping(event)

    def _on_stopping(self, event: dict[str, Any]) -> None:
        count = event["calls"]
        calls = "no call is in flight" if not count else f"{count} calls in flight are waited for"
        say(f"iftgen: stopping; {calls}; once more stops at once")

    def _on_progress(self, event: dict[str, Any]) -> None:
        if self.at_start is None:
            self.at_start = event["accepted"]
        now = time.monotonic()
        if now - self.shown >= self.every:
            self.shown = now
            say(self._line(event, now - self.started))

    def _on_retry(self, event: dict[str, Any]) -> None:
        """Say what holds the run up, when nothing else was said for a while."""
        self.retries += 1
        now = time.monotonic()
        if now - self.shown >= self.every:
            self.shown = now
            say(f"  {clock(now - self.started)}  retries: {self.retries}, the last one: {event['reason']}")

    def _line(self, event: dict[str, Any], seconds: float) -> str:
        rate = (event["accepted"] - (self.at_start or 0)) / seconds * 60 if seconds else 0.0
        return line(event, self.target, seconds, rate, self.retries, self.rows)


def with_models(models: Sequence[str]) -> str:
    """Return the models that are asked, as the first line of a run names them."""
    return f" with {' and '.join(models)}" if models else ""


def line(
    event: Mapping[str, Any], target: int | None, seconds: float, rate: float, retries: int, rows: int | None = None
) -> str:
    """Return the line for a `progress` event after so many seconds; `rate` is accepted examples a minute.

    `rows` is the number of rows of a file, which are judged and not made.
    """
    accepted = event["accepted"]
    judged = accepted + event["rejected"] + event["failed"]
    parts = [f"{judged}/{rows} rows" if rows else f"{accepted}/{target if target is not None else '?'} accepted"]
    parts.append(f"{accepted / judged:.0%} of {judged} {'accepted' if rows else 'candidates'}" if judged else NONE_YET)
    parts.append(f"{rate:.1f} a minute")
    to_come = (rows - judged) * accepted / max(1, judged) if rows else target and target - accepted
    if to_come is not None and rate > 0:
        parts.append(f"{clock(to_come / rate * 60)} left")
    if event.get("tokens") is not None:
        parts.append(f"{event['tokens']:,} tokens")
    parts += money(event.get("paid") or {}, event.get("cost_usd"), accepted, target)
    if event["by_filter"]:
        worst = sorted(event["by_filter"].items(), key=lambda item: (-item[1], item[0]))[:3]
        parts.append("rejected by " + ", ".join(f"{name} {count}" for name, count in worst))
    if retries:
        parts.append(f"{retries} retries")
    return f"  {clock(seconds)}  " + " · ".join(parts)


def money(paid: dict[str, Any], used: float | None, accepted: int, target: int | None) -> list[str]:
    """Return what was paid, what an accepted example costs and all of them will, and the part of the budget.

    `used` is the cost of the rows so far: what was paid is more, as it runs ahead of them.
    """
    parts = [f"{paid['calls']:,} calls"] if paid.get("calls") else []
    if cost := paid.get("cost_usd"):
        each = used / accepted if used and accepted else None
        known = f", ${each:.4g} an example" if each else ""
        end = f", about ${max(cost, each * target):.2f} in all" if each and target else ""
        parts.append(f"${cost:.4f}{known}{end}")
    for key, (spent, cap) in (paid.get("budget") or {}).items():
        if spent is not None:
            parts.append(f"{spent / cap:.0%} of budget.{key}")
    return parts


def make_display(ui: str, target: int | None, folder: Path) -> Display:
    """Return the display that the config asks for; the engine behind a viewer shows nothing itself."""
    return NoDisplay() if ui == "none" or POINTER.watched else PlainDisplay(target, folder)


def clock(seconds: float) -> str:
    """Return seconds as 1:05 or 2:03:10."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def say(words: str) -> None:
    """Print on stderr."""
    with contextlib.suppress(OSError):  # whoever read it has gone, as with `2>&1 | head`; the run goes on
        print(words, file=sys.stderr, flush=True)  # noqa: T201
