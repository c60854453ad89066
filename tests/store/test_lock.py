"""The lock of a run folder."""

import threading
from pathlib import Path

import pytest

from iftgen.errors import RunError
from iftgen.store import lock
from iftgen.store.lock import is_locked, locked


def test_a_folder_is_locked_while_a_run_is_in_it(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    with locked(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(RunError, match="another process is running"), locked(tmp_path):
            pass
    assert not is_locked(tmp_path)


def test_looking_needs_no_right_to_write(tmp_path: Path) -> None:
    with locked(tmp_path):
        (tmp_path / ".lock").chmod(0o444)
        tmp_path.chmod(0o555)
        assert is_locked(tmp_path)
        assert (tmp_path / ".lock").stat().st_mode & 0o044
    tmp_path.chmod(0o755)


def test_a_viewer_that_looks_keeps_no_run_from_starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "TRIES", 500)
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            is_locked(tmp_path)

    viewers = [threading.Thread(target=look) for _ in range(2)]
    for viewer in viewers:
        viewer.start()
    try:
        for _ in range(50):
            with locked(tmp_path):
                pass
    finally:
        done.set()
        for viewer in viewers:
            viewer.join()
