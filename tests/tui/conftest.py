"""A viewer of runs that are made up, with a clock that stands still."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iftgen.tui.app import IftgenApp
from iftgen.watch.feed import RunFeed
from iftgen.watch.sweep import SweepFeed
from tests.watch.conftest import Clock, clock, mock_run, run

__all__ = ["clock", "mock_run", "run"]

Viewer = Callable[..., IftgenApp]


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test depends on where it runs, or in what colours."""
    with monkeypatch.context() as patch:
        for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS"):
            patch.delenv(name, raising=False)
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def viewer(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    """Makes an app that reads nothing by itself, for a reviewer called ann."""
    monkeypatch.setattr("iftgen.tui.app.RunFeed", lambda place: RunFeed(place, clock))
    monkeypatch.setattr("iftgen.tui.app.SweepFeed", lambda place: SweepFeed(place, clock))

    def make(place: Path | None = None, **more: Any) -> IftgenApp:
        app = IftgenApp(place, **{"reviewer": "ann", "live": False, **more})
        app.animation_level = "none"
        return app

    return make
