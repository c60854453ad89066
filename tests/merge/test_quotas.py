"""How many of each task stay, when a merge is to have a certain number."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from iftgen.merge import Settings, merge
from iftgen.merge.quotas import targets
from tests.merge.made import lines, row, run

NAMES = st.sampled_from(["a", "b", "c", "d"])
COUNTS = st.dictionaries(NAMES, st.integers(0, 30), min_size=1)


@given(st.integers(1, 100), COUNTS, COUNTS)
def test_all_that_is_wanted_is_given_as_far_as_it_is_there(
    total: int, wanted: dict[str, int], there: dict[str, int]
) -> None:
    found = targets(total, wanted, there)
    assert sum(found.values()) == min(total, sum(there.values()))
    assert all(found[name] <= count for name, count in there.items())


def test_the_rest_goes_by_largest_remainder_and_what_a_task_lacks_to_the_others() -> None:
    assert targets(10, {"a": 2, "b": 1}, {"a": 99, "b": 99}) == {"a": 7, "b": 3}
    assert targets(10, {"a": 2, "b": 1, "c": 1}, {"a": 2, "b": 99, "c": 99}) == {"a": 2, "b": 4, "c": 4}


def _parts(here: Path, **manifest: object) -> list[Path]:
    """Two parts, each with twelve rows of one task and four of another, all different."""
    return [
        run(
            here / str(part),
            [row(f"{part * 100 + n:b}", n, task="a/x" if n % 4 else "b/y") for n in range(16)],
            shard=(part, 2),
            **manifest,  # type: ignore[arg-type]
        )
        for part in range(2)
    ]


def _by_task(folder: Path, kind: str = "examples") -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for one in lines(folder, kind):
        found.setdefault(one["task"], []).append(one["index"])
    return found


def test_a_merge_is_cut_to_n_task_by_task_and_the_last_rows_go(tmp_path: Path) -> None:
    merged = merge(_parts(tmp_path), tmp_path / "out", Settings(num_examples=8, near="off"))
    kept, cut = _by_task(tmp_path / "out"), _by_task(tmp_path / "out", "rejected")
    assert {name: len(rows) for name, rows in kept.items()} == {"a/x": 6, "b/y": 2}
    assert all(max(kept[name]) < min(cut[name]) for name in kept)
    assert merged.manifest["rejected_by"] == {"quota": 24} and merged.message == ""
    assert {one["verdict"]["reason"] for one in lines(tmp_path / "out", "rejected")} == {
        "the task a/x has all the examples of its quota",
        "the task b/y has all the examples of its quota",
    }


def test_the_quotas_of_the_parts_count_not_what_they_happened_to_get(tmp_path: Path) -> None:
    merge(_parts(tmp_path, quotas={"a/x": 8, "b/y": 8}), tmp_path / "out", Settings(num_examples=8, near="off"))
    assert {name: len(rows) for name, rows in _by_task(tmp_path / "out").items()} == {"a/x": 4, "b/y": 4}


def test_a_merge_that_has_fewer_says_so(tmp_path: Path) -> None:
    merged = merge(_parts(tmp_path), tmp_path / "out", Settings(num_examples=40, near="off"))
    assert merged.manifest["status"] == "exhausted" and merged.manifest["counts"]["accepted"] == 32
    assert "only 32 of 40" in merged.message
