"""A hand that steers a run by what its events tell, and what tests look at afterwards."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iftgen.run import steering
from iftgen.store.control import steer

Event = dict[str, Any]
Step = tuple[Callable[[Event], bool], dict[str, Any]]
# Two tasks, so that nearly every draw shows examples that were accepted before.
FEW = ("method=self_instruct", "taxonomy=coding", "taxonomy.include=[coding/python/function,coding/python/tests]")
SLOW = (*FEW, "num_examples=40", "window=12", "ui=none", "backend.mock.latency=0.03", "backend.concurrency=4")


class Hand:
    """Steers a run by what its events tell: a step is a condition, and what to steer once it holds."""

    def __init__(self, folder: Path, steps: list[Step]) -> None:
        self.folder, self.steps = folder, steps

    def on_event(self, event: Event) -> None:
        """Do the next step when it is due."""
        if self.steps and self.steps[0][0](event):
            steer(self.folder, **self.steps.pop(0)[1])


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Step]]:
    """What the hand is to do; all of it must have been done in the end."""
    todo: list[Step] = []

    def hand(*given: Any) -> Hand:
        return Hand(next(one for one in given if isinstance(one, Path)), todo)

    monkeypatch.setattr("iftgen.cli.progress.make_display", hand)
    monkeypatch.setattr(steering, "EVERY", 0.01)
    yield todo
    assert not todo


def accepted(number: int) -> Callable[[Event], bool]:
    """Whether so many examples are there."""
    return lambda event: event["event"] == "progress" and int(event["accepted"]) >= number


def quiet(times: int) -> Callable[[Event], bool]:
    """Whether a paused run told so many times that no call is in flight."""
    seen: list[Event] = []

    def check(event: Event) -> bool:
        if event["event"] == "progress" and event["paused"] and not event["concurrency"]:
            seen.append(event)
        return len(seen) >= times

    return check


def events(folder: Path, kind: str) -> list[Event]:
    """The events of a kind."""
    told = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    return [event for event in told if event["event"] == kind]


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run."""
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def candidates(event: Event) -> int:
    """All that were committed by the time of a progress event."""
    return int(event["accepted"] + event["rejected"] + event["failed"])


def file_run(here: Path) -> tuple[str, ...]:
    """A run over complete rows, which makes no call."""
    text = "".join(
        json.dumps({"instruction": f"Say why {n * 7919:x} is of note.", "output": f"It is number {n}."}) + "\n"
        for n in range(3000)
    )
    (here / "rows.jsonl").write_text(text)
    return "method=file", "method.path=rows.jsonl", "filters=[length]", "window=8", "ui=none", "export=none"


def started(event: Event) -> bool:
    """Whether the run has begun to commit."""
    return bool(event["event"] == "progress")
