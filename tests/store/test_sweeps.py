"""The folder of a sweep and those of its jobs."""

import json
from pathlib import Path

import pytest

from iftgen.store.sweeps import announced, is_sweep, job_folders


def begun(folder: Path, name: str = "events.jsonl") -> Path:
    """Make the folder of a job that began."""
    folder.mkdir(parents=True)
    (folder / name).touch()
    return folder


def test_jobs_stand_in_their_order(tmp_path: Path) -> None:
    for name in ("10", "9", "b", "0"):
        begun(tmp_path / name, "manifest.json" if name == "9" else "events.jsonl")
    (tmp_path / "1").mkdir()
    begun(tmp_path / ".hidden")
    assert [folder.name for folder in job_folders(tmp_path)] == ["0", "9", "10", "b"]
    assert job_folders(tmp_path / "none") == []


def test_a_sweep_is_told_from_a_run(tmp_path: Path) -> None:
    assert not is_sweep(tmp_path)
    begun(tmp_path / "0")
    assert is_sweep(tmp_path)
    assert not is_sweep(tmp_path / "0")
    (tmp_path / "manifest.json").touch()
    assert not is_sweep(tmp_path)
    (tmp_path / "sweep.json").touch()
    assert is_sweep(tmp_path)


@pytest.mark.parametrize("text", [None, "{", "[]", '{"jobs": 3}', '{"jobs": [{}]}'])
def test_what_cannot_be_read_announces_nothing(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "sweep.json").write_text(text)
    assert announced(tmp_path) == []


def test_the_announced_jobs_are_read(tmp_path: Path) -> None:
    (tmp_path / "sweep.json").write_text(json.dumps({"jobs": [{"overrides": ["seed=1"]}, {"overrides": []}]}))
    assert announced(tmp_path) == [("seed=1",), ()]
