"""A real run with the mock model, made once, and a clock that a test sets."""

from pathlib import Path

import pytest

from iftgen.cli import main
from tests.watch.made import BEGUN, Made

RUN = ("backend=mock", "num_examples=300", "ui=none", "export=none", "backend.mock.permanent=0.01", "taxonomy=general")


@pytest.fixture(scope="session")
def mock_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with 300 examples and all kinds of rejections; nobody writes to it."""
    folder = tmp_path_factory.mktemp("mock")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with pytest.raises(SystemExit) as stop:
            main(RUN)
    assert stop.value.code == 0
    return next(folder.glob("outputs/*/*"))


@pytest.fixture
def run(tmp_path: Path) -> Made:
    """An empty run folder."""
    return Made(tmp_path / "2025-06-15" / "15-06-40-a1b2c3")


class Clock:
    """A clock that is set by hand; `after` is in seconds after the beginning of the runs that are made up."""

    def __init__(self) -> None:
        """At the beginning."""
        self.after = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return BEGUN + self.after


@pytest.fixture
def clock() -> Clock:
    """A clock at the beginning of the runs that are made up."""
    return Clock()
