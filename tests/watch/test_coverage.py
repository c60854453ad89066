"""Accepted examples by two axes, against a plain count."""

import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

from iftgen.watch.coverage import ABSENT, FAMILY, TASK, Coverage
from iftgen.watch.index import RowIndex
from tests.watch.made import Made, line, row


def covered(path: Path) -> Coverage:
    """Count all rows of a file."""
    coverage = Coverage(RowIndex(path))
    coverage.index.poll()
    coverage.update()
    return coverage


def value(axis: str, one: dict[str, Any]) -> str:
    """The value of a row on an axis."""
    task: str = one["task"]
    return task if axis == TASK else task.split("/")[0] if axis == FAMILY else one["attributes"].get(axis, ABSENT)


def test_every_pair_of_axes_counts_what_the_rows_have(mock_run: Path) -> None:
    coverage = covered(mock_run / "examples.jsonl")
    rows = list(map(json.loads, (mock_run / "examples.jsonl").read_text().splitlines()))
    assert set(coverage.axes) == {TASK, FAMILY}.union(*(one["attributes"] for one in rows))
    for first, second in itertools.permutations(coverage.axes, 2):
        wanted = Counter((value(first, one), value(second, one)) for one in rows)
        pivot = coverage.pivot(first, second)
        assert pivot.counts == wanted
        assert (set(pivot.rows), set(pivot.columns)) == ({one for one, _ in wanted}, {two for _, two in wanted})
        assert sum(map(pivot.total, pivot.rows)) == len(rows)


def test_a_task_without_an_example_is_seen(run: Made) -> None:
    run.rows("examples", row(0, task="a/x"))
    coverage = covered(run.path / "examples.jsonl")
    assert coverage.pivot(TASK, "complexity", ("a/x", "a/z")).rows == ["a/x", "a/z"]
    assert coverage.pivot(FAMILY, "complexity", ("a/x", "b/z")).rows == ["a", "b"]
    assert coverage.pivot("complexity", TASK, ("a/x", "a/z")).rows == ["easy"]
    assert coverage.pivot(TASK, "complexity", ("a/z",)).total("a/z") == 0


def test_columns_that_have_most_come_first_by_name_where_equal(run: Made) -> None:
    run.rows("examples", *(row(n, attributes={"style": "ab"[n % 2]}) for n in range(4)))
    assert list(covered(run.path / "examples.jsonl").pivot(TASK, "style").columns) == ["a", "b"]


def test_each_row_is_counted_once_as_the_file_grows_and_is_cut(run: Made) -> None:
    path = run.path / "examples.jsonl"
    run.rows("examples", row(0), row(1))
    coverage = covered(path)
    coverage.update()
    assert coverage.pivot(TASK, FAMILY).total("math/equation") == 2
    run.rows("examples", row(2))
    coverage.index.poll()
    coverage.update()
    assert coverage.pivot(TASK, FAMILY).total("math/equation") == 3
    path.write_bytes(line(row(5, task="a/x")))
    coverage.index.poll()
    coverage.index.poll()
    run.rows("examples", *(row(n, task="a/y") for n in range(6, 12)))  # more than before: only the count tells nothing
    coverage.index.poll()
    coverage.update()
    assert coverage.pivot(TASK, FAMILY).counts == {("a/x", "a"): 1, ("a/y", "a"): 6}


def test_attributes_that_are_no_object_count_as_none(run: Made) -> None:
    run.rows("examples", row(0, attributes={"a": "b"}))
    with (run.path / "examples.jsonl").open("ab") as file:
        file.write(b'{"index":1,"task":"t","attributes":[1]}\n')
        file.write(line(row(2)).replace(b'{"complexity":"easy"}', b"{1}"))
    coverage = covered(run.path / "examples.jsonl")
    assert coverage.axes == [TASK, FAMILY, "a"]
    assert sum(coverage.pivot("a", FAMILY).counts.values()) == 3
