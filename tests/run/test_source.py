"""The dataset of a run over a file: where it is, how many rows it has, and what names its content."""

import os
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import ConfigError
from iftgen.run.source import count_rows, source_digest, source_of
from iftgen.store.folder import file_digest
from iftgen.store.lock import locked


def conf(path: Path | str, **changes: Any) -> dict[str, Any]:
    """The section `method` of a config."""
    made: dict[str, Any] = {
        "name": "file",
        "path": str(path),
        "format": None,
        "columns": {},
        "answer": "missing",
        "bad_rows": "stop",
    }
    return {**made, **changes}


def test_rows_and_those_to_be_answered_are_counted_until_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"prompt": "a"}\n{"prompt": "b", "response": ""}\n{"prompt": "c", "response": "d"}\n{"prompt": ""}\n'
    )
    asked = {when: count_rows(path, conf(path, answer=when)) for when in ("missing", "empty", "all", "never")}
    assert asked == {"missing": (4, 1), "empty": (4, 2), "all": (4, 3), "never": (4, 0)}
    path.write_text('{"prompt": "a"}\n')
    assert count_rows(path, conf(path)) == (1, 1)


def test_a_dataset_without_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "examples.jsonl").write_text("")
    (tmp_path / "a.json").write_text("[]")
    for source in (tmp_path, tmp_path / "a.json"):
        with pytest.raises(ConfigError, match="holds no rows"):
            count_rows(source, conf(source))


def test_a_folder_is_named_by_the_content_of_its_rows(tmp_path: Path) -> None:
    (tmp_path / "examples.jsonl").write_text("a")
    (tmp_path / "rejected.jsonl").write_text("b")
    before = source_digest(tmp_path)
    assert source_digest(tmp_path / "examples.jsonl") == file_digest(tmp_path / "examples.jsonl") != before
    (tmp_path / "manifest.json").write_text("{}")
    os.utime(tmp_path / "examples.jsonl", (1, 1))
    assert source_digest(tmp_path) == before
    (tmp_path / "rejected.jsonl").write_text("c")
    assert source_digest(tmp_path) != before


def test_folders_that_are_no_run_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.json").write_text("[]")
    for job in ("0", "1", "10"):
        (tmp_path / "sweep" / job).mkdir(parents=True)
        (tmp_path / "sweep" / job / "manifest.json").write_text("{}")
    told = {
        "empty": "not that of a run.*It is empty",
        "data": "It holds rows.json: name one of them",
        "sweep": "a sweep of 3 jobs. Name one of them: .*sweep/0, .*sweep/1, .*sweep/10",
        "swep": "there is no file .*Did you mean 'sweep'",
    }
    for name, words in told.items():
        with pytest.raises(ConfigError, match=words):
            source_of({"method": conf(tmp_path / name)})


def test_a_run_that_still_runs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "examples.jsonl").write_text("")
    assert source_of({"method": conf(tmp_path)}) == tmp_path
    with locked(tmp_path), pytest.raises(ConfigError, match="is still running"):
        source_of({"method": conf(tmp_path)})


def test_a_wrong_choice_for_broken_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"method.bad_rows is 'rejct'.*Did you mean 'reject'"):
        source_of({"method": conf(tmp_path, bad_rows="rejct")})
