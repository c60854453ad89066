"""The run folder: rows are appended in order, and a torn folder is cut back to its last whole index."""

import json
import shutil
from pathlib import Path

import pytest

from iftgen.errors import RunError
from iftgen.store.folder import RunFolder, read_rows


def filled(path: Path, kinds: str) -> RunFolder:
    """A folder whose i-th candidate is accepted (a), rejected (r) or failed (f)."""
    names = {"a": "examples", "r": "rejected", "f": "failed"}
    folder = RunFolder(path)
    folder.open()
    for index, kind in enumerate(kinds):
        folder.append(names[kind], {"index": index})  # type: ignore[arg-type]
    folder.close()
    return folder


def test_recovery_returns_every_row_in_order_of_index(tmp_path: Path) -> None:
    folder = filled(tmp_path, "aarfra")
    assert folder.recover() == 6
    assert [(kind, row["index"]) for kind, row in folder.committed()] == [
        ("examples", 0), ("examples", 1), ("rejected", 2), ("failed", 3), ("rejected", 4), ("examples", 5),
    ]  # fmt: skip


def test_a_torn_last_line_is_cut_off(tmp_path: Path) -> None:
    folder = filled(tmp_path, "ara")
    with folder.rows("examples").open("ab") as file:
        file.write(b'{"index": 3, "instr')
    assert folder.recover() == 3
    assert folder.rows("examples").read_bytes().endswith(b'{"index":2}\n')


def test_rows_behind_a_missing_index_are_cut_off(tmp_path: Path) -> None:
    folder = filled(tmp_path, "arara")
    folder.rows("rejected").write_text('{"index":1}\n')
    assert folder.recover() == 3
    assert [row["index"] for _, row in folder.committed()] == [0, 1, 2]
    assert [row["index"] for row in read_rows(folder.rows("examples"))] == [0, 2]


def test_a_damaged_row_and_all_behind_it_are_cut_off(tmp_path: Path) -> None:
    folder = filled(tmp_path, "araara")
    file = folder.rows("examples")
    file.write_bytes(file.read_bytes().replace(b'{"index":2}', b'{"inde\\q":}'))
    assert folder.recover() == 2
    assert [row["index"] for _, row in folder.committed()] == [0, 1]


def test_a_folder_that_is_gone_is_noticed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.open()
    folder.append("examples", {"index": 0})
    folder.flush()
    shutil.rmtree(folder.path)
    with pytest.raises(RunError, match="the run folder was removed or moved"):
        folder.flush()
    folder.close()


def test_an_empty_folder_has_nothing_to_recover(tmp_path: Path) -> None:
    assert RunFolder(tmp_path).recover() == 0


def test_the_manifest_is_replaced_in_one_step(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.read_manifest() is None
    folder.write_manifest({"status": "running"})
    folder.write_manifest({"status": "completed"})
    assert json.loads(folder.manifest.read_text()) == {"status": "completed"}
    assert [file.name for file in tmp_path.iterdir()] == ["manifest.json"]


def test_a_damaged_manifest_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(RunError, match=r"manifest\.json: cannot be read"):
        RunFolder(tmp_path).read_manifest()
