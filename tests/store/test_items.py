"""Items: rows found by their place, cut out of the lines as a JSON parser would read them."""

import json
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import RunError
from iftgen.run.rows import Outcome, row_json
from iftgen.store import items as items_module
from iftgen.store.folder import RunFolder
from iftgen.store.items import Item, read_items, read_row
from iftgen.types import Candidate, Verdict

TRAP = '","task":"trap","verdict":{"stage":"x","filter":"trap"},'


def written(folder: Path) -> RunFolder:
    """A run folder with rows whose texts and columns look like the fields that are cut out."""
    run = RunFolder(folder)
    run.open()
    columns = {"verdict": {"stage": "s", "filter": "trap"}, "task": "trap"}
    for index, task in enumerate(("coding/sql", 'a "quoted" task', "é\\x", "")):
        row = Candidate(index, task=task, instruction=TRAP, output=TRAP * index, extra=columns)
        judged = Verdict(False, 'my "filter"' if index == 3 else "length", "response", TRAP) if index % 2 else None
        run.append(*row_json(Outcome(row, verdict=judged), 1, {}))
    run.close()
    return run


def parsed(run: RunFolder, kind: Any) -> list[Item]:
    """The same by a JSON parser."""
    items, offset = [], 0
    for line in run.rows(kind).read_bytes().splitlines(keepends=True):
        row = json.loads(line)
        filter = row["verdict"]["filter"] if "verdict" in row else ""
        items.append(Item(row["id"], row["index"], kind, offset, row["task"], filter))
        offset += len(line)
    return items


@pytest.mark.parametrize("kind", ["examples", "rejected"])
def test_items_are_what_a_parser_reads(tmp_path: Path, kind: Any) -> None:
    run = written(tmp_path)
    assert list(read_items(tmp_path, kind)) == parsed(run, kind)
    assert len(parsed(run, kind)) == 2


@pytest.mark.parametrize("kind", ["examples", "rejected"])
def test_usual_lines_are_not_parsed(tmp_path: Path, kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunFolder(tmp_path)
    run.open()
    verdict = Verdict(False, "length", "response") if kind == "rejected" else None
    run.append(*row_json(Outcome(Candidate(0, task="a/b", instruction=TRAP), verdict=verdict), 1, {}))
    run.close()
    monkeypatch.setattr(items_module, "_parsed", lambda *_: pytest.fail("parsed"))
    (item,) = read_items(tmp_path, kind)
    assert (item.task, item.filter) == ("a/b", "length" if verdict else "")


def test_rows_are_read_by_their_place(tmp_path: Path) -> None:
    written(tmp_path)
    for item in read_items(tmp_path, "rejected"):
        assert read_row(tmp_path, item)["id"] == item.id


def test_a_row_that_moved_is_an_error(tmp_path: Path) -> None:
    run = written(tmp_path)
    _, last = read_items(tmp_path, "examples")
    lines = run.rows("examples").read_bytes().splitlines(keepends=True)
    for content in (lines[1] + lines[0], lines[0], b"\n" + b"".join(lines)):
        run.rows("examples").write_bytes(content)
        with pytest.raises(RunError, match=r"examples\.jsonl: the row \w+ is no longer where it was"):
            read_row(tmp_path, last)


def test_torn_and_damaged_lines_are_left_out(tmp_path: Path) -> None:
    run = written(tmp_path)
    good = list(read_items(tmp_path, "examples"))
    with run.rows("examples").open("ab") as file:
        file.write(b'broken\n[]\n{"id":"x"}\n' + run.rows("examples").read_bytes()[:300])
    assert list(read_items(tmp_path, "examples")) == good
    assert list(read_items(tmp_path / "gone", "examples")) == []


def test_ids_of_both_files_differ_even_for_equal_texts(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.open()
    for index in range(200):
        verdict = Verdict(False, "quota", "final") if index % 2 else None
        run.append(*row_json(Outcome(Candidate(index, instruction="Same.", output="Same."), verdict=verdict), 1, {}))
    run.close()
    ids = [item.id for kind in ("examples", "rejected") for item in read_items(tmp_path, kind)]
    assert len(set(ids)) == 200
