"""control.json: what is wanted of a run, written by several at once, read whatever it holds."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import RunError, UserError
from iftgen.store.control import Control, begin, read_control, steer, withdraw


def test_what_was_steered_is_read_and_caps_are_added_by_key(tmp_path: Path) -> None:
    assert read_control(tmp_path) == Control()
    steer(tmp_path, paused=True, budget={"usd": 5})
    given = steer(tmp_path, concurrency=8, budget={"calls": 100})
    assert given == read_control(tmp_path) == Control(True, 8, {"usd": 5, "calls": 100})
    assert steer(tmp_path, paused=False, stop="now", concurrency=None).stop == "now"
    assert read_control(tmp_path).concurrency is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"paused": tr',
        "[1]",
        "null",
        '"x"',
        "[" * 100_000,
        '{"budget": {"usd": 1e999}, "stop": [], "x": 1}',
        "\0",
    ],
)
def test_what_is_torn_or_foreign_wishes_for_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "control.json").write_text(text)
    assert read_control(tmp_path) == Control()
    assert steer(tmp_path, paused=True) == Control(paused=True)


def test_a_bad_field_does_not_spoil_the_others(tmp_path: Path) -> None:
    (tmp_path / "control.json").write_text('{"paused": true, "concurrency": 0, "budget": {"calls": 1.5}}')
    assert read_control(tmp_path) == Control(paused=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"concurrency": 0}, "concurrency: 0 is not a whole number from 1"),
        ({"concurrency": True}, "concurrency: True is not"),
        ({"budget": {"usd": -1}}, "budget.usd: -1 is not above 0"),
        ({"budget": {"usd": float("nan")}}, "budget.usd: nan is not above 0"),
        ({"budget": {"calls": 1.5}}, "budget.calls: 1.5 is not a whole number"),
        ({"budget": {"dollars": 1}}, "budget.dollars: there is no such key"),
        ({"stop": "later"}, "stop: 'later' is not one of '', 'graceful', 'now'"),
        ({"pause": True}, "control.pause: there is no such key. Did you mean 'paused'?"),
        ({"paused": 1}, "paused: 1 is neither true nor false"),
    ],
)
def test_a_bad_value_is_refused_and_nothing_written(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        steer(tmp_path, **changes)
    assert words in str(caught.value)
    assert not (tmp_path / "control.json").exists()


def test_a_folder_that_cannot_be_written_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"control\.json: cannot be written"):
        steer(tmp_path / "gone", paused=True)
    (tmp_path / "control.json").mkdir()
    assert read_control(tmp_path) == Control()
    with pytest.raises(RunError, match=r"control\.json: cannot be written"):
        steer(tmp_path, paused=True)


def test_a_run_that_starts_keeps_limits_and_forgets_the_rest(tmp_path: Path) -> None:
    assert begin(tmp_path) == Control()
    assert not list(tmp_path.iterdir())
    steer(tmp_path, paused=True, finish=True, stop="graceful", concurrency=3, budget={"usd": 2})
    assert begin(tmp_path) == read_control(tmp_path) == Control(concurrency=3, budget={"usd": 2})


def test_a_wish_is_withdrawn_alone(tmp_path: Path) -> None:
    steer(tmp_path, paused=True, concurrency=3, budget={"usd": 2, "calls": 9})
    assert withdraw(tmp_path, caps=["usd"]) == Control(True, 3, {"calls": 9})
    assert withdraw(tmp_path, concurrency=True) == Control(True, None, {"calls": 9})
    assert withdraw(tmp_path, caps=["minutes"]) == read_control(tmp_path)


WRITER = """
import sys
from pathlib import Path
from iftgen.store.control import steer
for n in range(1, 101):
    steer(Path(sys.argv[1]), **({"concurrency": n} if sys.argv[2] == "width" else {"budget": {sys.argv[2]: n}}))
"""


def test_several_writers_lose_nothing_and_readers_never_see_half(tmp_path: Path) -> None:
    names = ("width", "usd", "calls", "minutes")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in names]
    while any(writer.poll() is None for writer in writers):
        if (tmp_path / "control.json").exists():
            assert json.loads((tmp_path / "control.json").read_text()).keys() == dataclasses.asdict(Control()).keys()
    assert [writer.returncode for writer in writers] == [0] * 4
    assert read_control(tmp_path) == Control(concurrency=100, budget={"usd": 100, "calls": 100, "minutes": 100})
