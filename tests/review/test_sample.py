"""The sample: proportions, halves, and that it is the same again."""

import random
from collections import Counter
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import UserError
from iftgen.review import sample
from iftgen.review.sample import turns
from tests.review.rows import put

TASKS = ["a/x"] * 60 + ["a/y"] * 30 + ["b"] * 10
LOST = [("a/x", "length")] * 30 + [("b", "length")] * 9 + [("a/y", "echo")] * 20 + [("b", "refusal")]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of 100 accepted and 60 rejected rows."""
    shuffled = random.Random(1)
    tasks, lost = TASKS[:], LOST[:]
    shuffled.shuffle(tasks)
    shuffled.shuffle(lost)
    put(tmp_path, tasks, lost)
    return tmp_path


def test_the_same_seed_gives_the_same_rows_in_the_same_order(run: Path) -> None:
    assert sample(run, 30, seed=3) == sample(run, 30, seed=3)
    assert {item.id for item in sample(run, 30, seed=3)} != {item.id for item in sample(run, 30, seed=4)}


@pytest.mark.parametrize("by", ["task", "filter", "both"])
@pytest.mark.parametrize("kind", ["accepted", "rejected", "both"])
def test_a_larger_sample_contains_the_smaller_one_in_its_order(run: Path, by: Any, kind: Any) -> None:
    samples = [sample(run, size, 1, by, kind) for size in (*range(1, 70), 200)]
    assert [len(items) for items in samples[:60]] == list(range(1, 61))
    for small, large in pairwise(samples):
        assert small == [item for item in large if item in small]


def test_half_is_accepted_and_half_rejected_as_far_as_there_are_so_many(run: Path) -> None:
    def halves(size: int) -> Counter[str]:
        return Counter(item.kind for item in sample(run, size))

    assert halves(40) == {"examples": 20, "rejected": 20}
    assert halves(41) == {"examples": 21, "rejected": 20}
    assert halves(150) == {"examples": 90, "rejected": 60}
    assert halves(1000) == {"examples": 100, "rejected": 60}


def test_one_outcome_alone_can_be_asked_for(run: Path) -> None:
    assert {item.kind for item in sample(run, 20, kind="accepted")} == {"examples"}
    assert {item.kind for item in sample(run, 20, kind="rejected")} == {"rejected"}


def test_accepted_rows_are_split_over_the_tasks_in_proportion(run: Path) -> None:
    for by in ("task", "both"):
        tasks = Counter(item.task for item in sample(run, 20, by=by, kind="accepted"))
        assert tasks == {"a/x": 12, "a/y": 6, "b": 2}


def test_rejected_rows_are_split_over_the_filters_and_each_has_one(run: Path) -> None:
    for by in ("filter", "both"):
        filters = Counter(item.filter for item in sample(run, 12, by=by, kind="rejected"))
        assert filters == {"length": 7, "echo": 4, "refusal": 1}
    assert {item.filter for item in sample(run, 3, by="filter", kind="rejected")} == {"length", "echo", "refusal"}


def test_the_tasks_are_spread_inside_each_filter(run: Path) -> None:
    length = Counter(item.task for item in sample(run, 60, kind="rejected")[:60] if item.filter == "length")
    assert length == {"a/x": 30, "b": 9}
    few = [item.task for item in sample(run, 8, kind="rejected") if item.filter == "length"]
    assert set(few) == {"a/x", "b"}


def test_the_order_tells_nothing_of_the_outcome(run: Path) -> None:
    first = [Counter(item.kind for item in sample(run, 40, seed)[:20])["examples"] for seed in range(200)]
    assert 9 < sum(first) / len(first) < 11
    assert len(set(first)) > 5


def test_every_row_has_the_same_chance_where_the_strata_are_many(tmp_path: Path) -> None:
    put(tmp_path, [f"big{n}" for n in range(10) for _ in range(10)] + [f"small{n}" for n in range(100)])
    seen = Counter(item.task[:3] for seed in range(200) for item in sample(tmp_path, 10, seed, kind="accepted"))
    assert 0.35 < seen["sma"] / seen.total() < 0.65


def test_a_run_that_grows_keeps_most_of_its_sample(run: Path, tmp_path: Path) -> None:
    before = sample(run, 40)
    path = run / "examples.jsonl"
    more = "".join(f'{{"id":"new{n}","index":{200 + n},"task":"b"}}\n' for n in range(5))
    path.write_text(path.read_text() + more)
    assert len(set(before) & set(sample(run, 40))) >= 30


def test_places_and_columns_are_those_of_the_rows(run: Path) -> None:
    for item in sample(run, 20):
        line = (run / f"{item.kind}.jsonl").read_bytes()[item.offset :].split(b"\n")[0]
        assert f'"id":"{item.id}","index":{item.index},"task":"{item.task}"'.encode() in line


def test_an_empty_run_gives_nothing(tmp_path: Path) -> None:
    assert sample(tmp_path) == []
    put(tmp_path, [], [("a", "length")])
    assert [item.filter for item in sample(tmp_path)] == ["length"]


@pytest.mark.parametrize("wrong", [{"size": 0}, {"by": "tasks"}, {"kind": "all"}], ids=str)
def test_what_is_not_allowed_is_refused(run: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=next(iter(wrong))):
        sample(run, **wrong)


def test_every_beginning_of_the_turns_is_near_the_proportion() -> None:
    sizes = {"a": 700, "b": 200, "c": 97, "d": 3, "none": 0}
    for length in (20, 100, 500, 1000):
        taken = Counter(islice(turns(sizes), length))
        assert all(abs(taken[name] - length * size / 1000) <= 1 for name, size in sizes.items())
        assert set(taken) == {"a", "b", "c", "d"}
    assert Counter(turns(sizes)) == Counter({name: size for name, size in sizes.items() if size})
