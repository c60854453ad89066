"""A choice of rows by filter, task and text, which grows with the file."""

from pathlib import Path
from typing import Any

import pytest

from iftgen.watch import search
from iftgen.watch.index import RowIndex
from iftgen.watch.rows import Choice, Rows
from tests.watch.made import Made, line, row, verdict

FILTERS = ("length", "refusal", "near_duplicate")
TASKS = ("a/x", "b/y")


def mixed(index: int, text: str = "") -> dict[str, Any]:
    """A rejected row; filter, task and text depend on its index."""
    words = text or ("needle" if index % 5 == 0 else "hay")
    return row(index, f"{words} {index}", task=TASKS[index % 2], verdict=verdict(FILTERS[index % 3]))


def places(rows: Rows) -> list[int]:
    """The row numbers, in order."""
    return [rows[place] for place in range(len(rows))]


def searched(rows: Rows) -> list[int]:
    """Search to the end."""
    while rows.searching:
        rows.step()
    return places(rows)


@pytest.fixture
def index(run: Made) -> RowIndex:
    """Forty rejected rows."""
    run.rows("rejected", *map(mixed, range(40)))
    index = RowIndex(run.path / "rejected.jsonl")
    index.poll()
    return index


def test_all_rows_are_shown_as_long_as_none_are_chosen(index: RowIndex) -> None:
    rows = Rows(index, Choice())
    assert (Choice().all, Choice(text="x").all) == (True, False)
    assert places(rows) == list(range(40))


@pytest.mark.parametrize("filter", ["", *FILTERS, "unknown"])
@pytest.mark.parametrize("task", ["", *TASKS, "unknown"])
@pytest.mark.parametrize("text", ["", "needle", "NEEDLE 1", "nowhere"])
def test_filter_task_and_text_narrow_the_rows_together(index: RowIndex, filter: str, task: str, text: str) -> None:
    wanted = [
        number
        for number in range(40)
        if (not filter or index.filter(number) == filter)
        and (not task or index.task(number) == task)
        and text.lower() in index.row(number)["instruction"].lower()
    ]
    assert searched(Rows(index, Choice(filter, task, text))) == wanted


@pytest.mark.parametrize("choice", [Choice(), Choice("length"), Choice(task="b/y"), Choice("", "", "needle")])
def test_new_rows_join(index: RowIndex, run: Made, choice: Choice) -> None:
    rows = Rows(index, choice)
    before = searched(rows)
    run.rows("rejected", *map(mixed, range(40, 60)))
    index.poll()
    rows.update()
    after = searched(rows)
    assert after[: len(before)] == before
    assert after == searched(Rows(index, choice))
    assert len(after) > len(before)


def test_rows_that_come_during_a_search_stand_behind_those_that_it_finds(
    run: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PIECE", 2000)
    run.rows("rejected", *map(mixed, range(40)))
    index = RowIndex(run.path / "rejected.jsonl")
    index.poll()
    rows = Rows(index, Choice(text="needle"))
    steps = 0
    while rows.searching:
        rows.step()
        run.rows("rejected", mixed(100 + 5 * steps))
        index.poll()
        rows.update()
        found = places(rows)
        assert found == sorted(found)
        steps += 1
    assert steps > 5
    wanted = [number for number in range(len(index)) if "needle" in index.row(number)["instruction"]]
    assert places(rows) == wanted


def test_the_end_of_a_search_is_told_once(index: RowIndex) -> None:
    rows = Rows(index, Choice(text="needle"))
    assert rows.searching
    assert rows.step()
    assert not rows.step()
    assert not rows.searching
    assert not Rows(index, Choice("length")).searching


def test_a_filter_that_comes_up_later_is_found_then(run: Made, index: RowIndex) -> None:
    rows = Rows(index, Choice("new"))
    assert len(rows) == 0
    run.rows("rejected", row(50, verdict=verdict("new")))
    index.poll()
    rows.update()
    assert places(rows) == [40]


@pytest.mark.parametrize("choice", [Choice(), Choice("length"), Choice(text="needle")])
def test_a_file_that_was_cut_leaves_no_row_that_is_not_there(index: RowIndex, run: Made, choice: Choice) -> None:
    rows = Rows(index, choice)
    searched(rows)
    path = Path(run.path / "rejected.jsonl")
    path.write_bytes(b"".join(map(line, (mixed(0), mixed(1), mixed(15)))))
    index.poll()
    rows.update()
    assert searched(rows) == searched(Rows(index, choice))
    assert all(place < 3 for place in places(rows))
