"""What may be merged: folders that are whole, at rest, and named once."""

import json
from pathlib import Path

import pytest

from iftgen.errors import UserError
from iftgen.merge import Settings, merge
from iftgen.store.lock import locked
from tests.merge.made import lines, run, texts


def refused(*folders: Path, partial: bool = False) -> str:
    """The message that a merge ends with, before anything is written."""
    out = folders[0].parent / "out"
    with pytest.raises(UserError) as error:
        merge(folders, out, Settings(partial=partial))
    assert not out.exists()
    return str(error.value)


def test_a_running_run_is_refused_even_as_a_partial_one(tmp_path: Path) -> None:
    folder = run(tmp_path / "r", ["Name a river."])
    with locked(folder):
        assert "still running" in refused(folder)
        assert "still running" in refused(folder, partial=True)
    merge([folder], tmp_path / "out", Settings())


@pytest.mark.parametrize("name", ["examples.jsonl", "rejected.jsonl"])
def test_a_folder_whose_bytes_are_not_those_of_its_manifest_is_refused(name: str, tmp_path: Path) -> None:
    folder = run(tmp_path / "r", ["Name a river."])
    with (folder / name).open("a") as file:
        file.write(json.dumps(lines(folder)[0]) + "\n")
    message = refused(folder, partial=True)
    assert str(folder / name) in message and "damaged" in message


@pytest.mark.parametrize("status", ["stopped", "exhausted", "budget_exhausted", "failed", "running"])
def test_a_run_that_did_not_reach_its_end_is_taken_in_only_as_a_partial_one(status: str, tmp_path: Path) -> None:
    folder = run(tmp_path / "r", ["Name a river."], status=status)
    message = refused(folder)
    assert ("killed" if status == "running" else status) in message and "--partial" in message
    merge([folder], tmp_path / "out", Settings(partial=True))
    assert texts(tmp_path / "out") == ["Name a river."]


def test_the_torn_line_of_a_killed_run_is_left_out(tmp_path: Path) -> None:
    folder = run(tmp_path / "r", ["Name a river."], status="running")
    with (folder / "examples.jsonl").open("a") as file:
        file.write('{"id":"2","ind')
    merge([folder], tmp_path / "out", Settings(partial=True))
    assert texts(tmp_path / "out") == ["Name a river."]


def test_a_sweep_stands_for_its_jobs_which_must_all_have_begun(tmp_path: Path) -> None:
    sweep = tmp_path / "sweep"
    run(sweep / "0", ["Name a river."], shard=(0, 2))
    (sweep / "sweep.json").write_text(json.dumps({"jobs": [{"overrides": []}, {"overrides": []}]}))
    assert "1 of the 2 jobs" in refused(sweep)
    run(sweep / "1", ["Say why the sky is blue."], shard=(1, 2))
    merge([sweep], tmp_path / "out", Settings())
    assert texts(tmp_path / "out") == ["Name a river.", "Say why the sky is blue."]


def test_what_is_no_run_is_told_so(tmp_path: Path) -> None:
    folder = run(tmp_path / "r", ["Name a river."])
    (tmp_path / "empty").mkdir()
    assert "no such folder" in refused(tmp_path / "nowhere")
    assert "neither a run nor a sweep" in refused(tmp_path / "empty")
    assert "is a file" in refused(folder / "manifest.json")
    assert "given twice" in refused(folder, tmp_path / "empty" / ".." / "r")
    (folder / "manifest.json").write_text("{}")
    assert "damaged" in refused(folder)
    (folder / "manifest.json").write_text("{")
    assert "cannot be read" in refused(folder)


def test_a_row_without_an_index_is_told_with_its_file(tmp_path: Path) -> None:
    folder = run(tmp_path / "r", [{"id": "1", "instruction": "Name a river."}])
    assert str(folder / "examples.jsonl") in refused(folder)


@pytest.mark.parametrize("values", [{"num_examples": 0}, {"threshold": 0.0}, {"threshold": 1.2}, {"near": "fuzzy"}])
def test_a_setting_that_does_not_fit_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(UserError, match="--"):
        Settings(**values)  # type: ignore[arg-type]
