"""Progress lines: what they say, and when."""

from pathlib import Path
from typing import Any

import pytest

from iftgen.cli.progress import PlainDisplay, clock, make_display


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that a test sets."""
    seconds = [0.0]
    monkeypatch.setattr("iftgen.cli.progress.time.monotonic", lambda: seconds[0])
    return seconds


def progress(**changes: Any) -> dict[str, Any]:
    """A progress event."""
    event = {
        "event": "progress",
        "by_filter": {},
        "in_flight": 0,
        "accepted": 3,
        "rejected": 1,
        "failed": 0,
        "tokens": 1234,
        "cost_usd": 0.3,
        "paid": {"cost_usd": 0.6, "budget": {"usd": [0.6, 1.2], "tokens": [300, 1000]}},
    }
    return {**event, **changes}


def test_a_line_says_rate_acceptance_reasons_cost_and_time_left(
    now: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    display = PlainDisplay(12, Path("run"))
    display.on_event(progress(by_filter={"length": 1}))
    assert capsys.readouterr().err == ""
    now[0] = 60.0
    display.on_event(progress(by_filter={"length": 1}))
    line = capsys.readouterr().err
    for words in (
        "1:00",
        "3/12 accepted",
        "75% of 4",
        "3.0 a minute",
        "3:00 left",
        "1,234 tokens",
        "$0.6000, $0.1 an example, about $1.20 in all",
        "50% of budget.usd",
        "30% of budget.tokens",
        "length 1",
    ):
        assert words in line


def test_a_file_is_told_in_rows_with_the_time_left_for_them(
    now: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    display = PlainDisplay(None, Path("run"))
    display.on_event({"event": "start", "models": {}, "resumed": 0, "rows": 12})
    now[0] = 60.0
    display.on_event(progress(by_filter={"length": 1}))
    told = capsys.readouterr().err
    assert "4/12 rows" in told and "75% of 4 accepted" in told and "2:00 left" in told


def test_what_holds_a_run_up_is_said(now: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    display = PlainDisplay(12, Path("run"))
    now[0] = 30.0
    display.on_event({"event": "retry", "reason": "no connection"})
    display.on_event({"event": "retry", "reason": "no connection"})
    assert capsys.readouterr().err == "  0:30  retries: 1, the last one: no connection\n"


def test_none_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    make_display("none", 3, Path("run")).on_event(progress())
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (65, "1:05"), (7390, "2:03:10")])
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
