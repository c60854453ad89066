"""Which runs are compared, what differs between them, and the Pareto front."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iftgen.compare import compare
from iftgen.compare.comparison import figures
from iftgen.compare.pareto import front
from iftgen.errors import UserError
from iftgen.store.lock import locked
from tests.compare.made import run

TEXTS = ["Name a river in France.", "Name a river in Spain.", "Write a poem on the sea."]


def sweep(folder: Path, *jobs: list[str]) -> Path:
    """Announce the jobs of a sweep."""
    folder.mkdir(exist_ok=True)
    (folder / "sweep.json").write_text(json.dumps({"jobs": [{"overrides": job} for job in jobs]}))
    return folder


def test_the_front_is_what_nothing_dominates() -> None:
    draw = random.Random(3)
    for _ in range(200):
        points = [tuple(draw.randint(0, 3) for _ in range(3)) for _ in range(draw.randint(0, 9))]
        expected = []
        for one in points:
            better = [
                p for p in points if all(p[i] >= one[i] for i in range(3)) and any(p[i] > one[i] for i in range(3))
            ]
            expected.append(not better)
        assert front(points) == expected


def test_a_sweep_stands_for_its_jobs_and_a_run_counts_once(tmp_path: Path) -> None:
    folder = sweep(tmp_path / "sweep", ["seed=0"], ["seed=1"], *[["seed=2"]] * 9)
    for number in (10, 0, 1):
        run(folder / str(number), TEXTS)
    found = compare([folder, folder / "1"]).runs
    assert [one.name for one in found] == [str(number) for number in range(11)]
    assert [one.status for one in found] == ["completed"] * 2 + ["waiting"] * 8 + ["completed"]
    assert found[5].config == {"seed": "2"}


def test_names_are_as_short_as_they_can_be(tmp_path: Path) -> None:
    places = ["one/0", "one/1", "two/0"]
    found = compare([run(tmp_path / place, TEXTS) for place in places]).runs
    assert [one.name for one in found] == places
    assert compare([tmp_path / "one/0", tmp_path / "one/1"]).runs[1].name == "1"


def test_the_status_is_what_it_is(tmp_path: Path) -> None:
    for name, status in (("killed", "running"), ("live", "running"), ("spent", "budget_exhausted")):
        run(tmp_path / name, TEXTS, manifest={"status": status, "seconds": None})
    (tmp_path / "young").mkdir()
    (tmp_path / "young" / "events.jsonl").touch()
    with locked(tmp_path / "live"), locked(tmp_path / "young"):
        found = compare([tmp_path / name for name in ("killed", "live", "spent", "young")]).runs
    assert [one.status for one in found] == ["killed", "running", "budget_exhausted", "running"]
    assert [one.on_front for one in found] == [False, False, True, False]
    assert [one.accepted for one in found] == [3, 3, 3, 0]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "there is no such folder"),
        (lambda folder: folder.write_text("x"), "is a file"),
        (lambda folder: folder.mkdir(), "neither a run nor a sweep"),
        (lambda folder: (run(folder) / "manifest.json").write_text("{"), "manifest.json"),
        (lambda folder: (run(folder) / "examples.jsonl").write_text("{}\n{x\n{}\n"), "examples.jsonl, line 2"),
    ],
)
def test_a_bad_folder_is_refused(make: Callable[[Path], object], words: str, tmp_path: Path) -> None:
    good = run(tmp_path / "good", TEXTS)
    make(tmp_path / "bad")
    with pytest.raises(UserError, match=words) as caught:
        compare([good, tmp_path / "bad"])
    assert "bad" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["manifest.json", "rejected.jsonl"])
def test_a_run_that_may_not_be_read_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refusing(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    folder = run(tmp_path / "run", TEXTS, ["length"])
    monkeypatch.setattr(Path, "open", refusing)
    with pytest.raises(UserError, match=f"{name}: .*Permission denied"):
        compare([folder])


def test_nothing_to_compare_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Name run or sweep folders"):
        compare([sweep(tmp_path / "sweep")])


def keys(*folders: Path) -> dict[str, tuple[str, ...]]:
    """What differs: the values of the runs by short name."""
    found = compare(list(folders))
    return {short: tuple(one.config[key] for one in found.runs) for key, short in found.keys.items()}


def test_equal_settings_differ_in_nothing(tmp_path: Path) -> None:
    words = ["backend=mock", "ui=plain", "hydra.run.dir=a"]
    assert keys(run(tmp_path / "a", TEXTS, overrides=words), run(tmp_path / "b", TEXTS, overrides=["ui=none"])) == {}


def test_the_plan_tells_what_differs_whoever_set_it(tmp_path: Path) -> None:
    one = run(
        tmp_path / "a",
        TEXTS,
        overrides=["filters.near_duplicate.threshold=0.60"],
        filters__near_duplicate__threshold=0.6,
    )
    assert keys(one, run(tmp_path / "b", TEXTS)) == {"near_duplicate.threshold": ("0.6", "0.7")}
    two = run(tmp_path / "c", TEXTS, overrides=["filters.near_duplicate.threshold=0.7"])
    assert keys(two, tmp_path / "b") == {}


def test_what_is_not_part_of_the_plan_is_told_too(tmp_path: Path) -> None:
    one = run(tmp_path / "a", TEXTS, overrides=["+backend.concurrency=4", "num_examples=3"])
    two = run(tmp_path / "b", TEXTS[:2], overrides=["backend.concurrency=64"])
    assert keys(one, two) == {"concurrency": ("4", "64"), "num_examples": ("3", "2")}


def test_a_group_stands_for_its_keys(tmp_path: Path) -> None:
    one = run(tmp_path / "a", TEXTS, overrides=["backend=openai"], backend__name="openai", backend__temperature=1.0)
    two = run(tmp_path / "b", TEXTS, models={"instruction": "other"})
    assert keys(one, two) == {"backend": ("openai", "mock")}
    three = run(
        tmp_path / "c",
        TEXTS,
        overrides=["backend=openai", "backend.temperature=0"],
        backend__name="openai",
        backend__temperature=0,
    )
    assert keys(one, three) == {"temperature": ("1.0", "0")}


def test_derived_keys_are_told_where_nothing_else_differs(tmp_path: Path) -> None:
    one = run(tmp_path / "a", TEXTS, window=4)
    assert keys(one, run(tmp_path / "b", TEXTS)) == {"window": ("4", "8")}
    assert keys(one, run(tmp_path / "c", TEXTS, seed=1)) == {"seed": ("0", "1")}


def test_stacks_that_differ_are_told_as_such(tmp_path: Path) -> None:
    one = run(tmp_path / "a", TEXTS, overrides=["filters=[length]"], filters__echo__start=True)
    found = keys(one, run(tmp_path / "b", TEXTS, filters__length__threshold=5))
    assert found == {
        "filters": ("[length,near_duplicate,echo]", "[length,near_duplicate]"),
        "length.threshold": ("3", "5"),
    }


def test_the_front_of_runs_is_over_cost_diversity_and_quality(tmp_path: Path) -> None:
    draw = random.Random(4)
    words = list("abcdefgh")
    folders = []
    for number in range(12):
        texts = [" ".join(draw.choices(words, k=6)) for _ in range(6)]
        cost = draw.choice([0.1, 0.2, 0.3])
        folders.append(run(tmp_path / str(number), texts, ["length"] * draw.randint(0, 3), costs=[cost] * 9))
    found = compare(folders)
    assert found.axes == ("cost_each", "nearest", "acceptance")
    points = [figures(one, found.axes) for one in found.runs]
    for one, point in zip(found.runs, points, strict=True):
        assert point[0] == -(one.cost_each.value or 0) and point[2] == one.acceptance.value
        beaten = any(all(a >= b for a, b in zip(p, point, strict=True)) and p != point for p in points)
        assert one.on_front is not beaten
    assert 0 < sum(one.on_front for one in found.runs) < 12


@pytest.mark.parametrize("cost", [None, 0.0])
def test_without_prices_the_front_is_over_tokens(cost: float | None, tmp_path: Path) -> None:
    free = run(tmp_path / "free", TEXTS, costs=[cost] * 3)
    assert compare([free]).axes[0] == "tokens_each"
    priced = run(tmp_path / "priced", TEXTS)
    assert compare([free, priced]).axes[0] == ("tokens_each" if cost is None else "cost_each")
