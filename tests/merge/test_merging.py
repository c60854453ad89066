"""The merged folder: order, lineage, reviews, and that it is a function of what goes in."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import UserError
from iftgen.export import Applied
from iftgen.merge import Settings, merge
from iftgen.store.folder import RunFolder
from iftgen.store.reviews import Edit, Review, append_review
from tests.benchmarks.instructions import instructions
from tests.merge.made import contents, lines, row, run, texts


def shards(here: Path, count: int = 3, rows: int = 40) -> list[Path]:
    """Shards of one plan, and a run of another, with near duplicates among them."""
    given = instructions(rows * (count + 1), seed=9)
    parts = [run(here / f"s{part}", given[part :: count + 1], shard=(part, count)) for part in range(count)]
    return [*parts, run(here / "other", given[count :: count + 1], plan={"seed": 1})]


def say(folder: Path, index: int, verdict: Any, kind: Any = "examples", edit: Edit | None = None) -> None:
    one = next(one for one in lines(folder, kind) if one["index"] == index)
    append_review(folder, Review(1.0, "ann", one["id"], index, kind, verdict, "", edit))


def test_the_bytes_do_not_depend_on_the_order_of_the_command(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    wanted = None
    for number, order in enumerate(itertools.permutations(parts)):
        merge(order, tmp_path / f"out{number}", Settings(num_examples=100))
        found = contents(tmp_path / f"out{number}")
        wanted = wanted or found
        assert found == wanted
    assert json.loads((tmp_path / "out0" / "manifest.json").read_text())["counts"]["rejected"] > 0


def test_shards_of_a_plan_take_turns_and_another_plan_stands_apart(tmp_path: Path) -> None:
    parts = [run(tmp_path / str(part), [f"{part}{n}" for n in range(3)], shard=(part, 2)) for part in range(2)]
    other = run(tmp_path / "other", ["x", "y"], plan={"seed": 7})
    merge([other, *parts], tmp_path / "out", Settings(near="off"))
    assert "-".join(texts(tmp_path / "out")) in ("00-10-01-11-02-12-x-y", "x-y-00-10-01-11-02-12")


def test_each_row_tells_where_it_comes_from(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    merge(parts, tmp_path / "out", Settings())
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    found = {source["plan_hash"][:12]: Path(source["folder"]) for source in manifest["sources"]}
    for one in lines(tmp_path / "out") + lines(tmp_path / "out", "rejected"):
        lineage = one["extra"]["iftgen"]["merged"]
        before = lines(found[lineage["run"]])[lineage["index"]]
        assert before["id"] == lineage["id"] and before["instruction"] == one["instruction"]
        assert one["extra"]["iftgen"]["topic"] == "t"
        same = set(before) - {"id", "index", "extra"}
        assert {name: one[name] for name in same} == {name: before[name] for name in same}


def test_a_merge_of_merges_keeps_the_whole_lineage(tmp_path: Path) -> None:
    one, *others = shards(tmp_path)
    merge([one], tmp_path / "first", Settings())
    merge([tmp_path / "first", *others], tmp_path / "out", Settings(near="off"))
    hashes = {json.loads((one / "manifest.json").read_text())["plan_hash"][:12]}
    nested = [found["extra"]["iftgen"]["merged"].get("merged") for found in lines(tmp_path / "out")]
    assert {lineage["run"] for lineage in nested if lineage} == hashes
    assert sum(lineage is not None for lineage in nested) == len(texts(one))


def test_indices_and_ids_are_unique_and_the_digests_hold(tmp_path: Path) -> None:
    parts = [run(tmp_path / str(part), [row("Name a river.", id="same")], shard=(part, 3)) for part in range(3)]
    merge(parts, tmp_path / "out", Settings())
    rows = lines(tmp_path / "out") + lines(tmp_path / "out", "rejected")
    assert sorted(one["index"] for one in rows) == [0, 1, 2] and len({one["id"] for one in rows}) == 3
    assert rows[0]["id"] == "same" and rows[1]["verdict"]["neighbour_id"] == "same"
    folder = RunFolder(tmp_path / "out")
    assert (folder.read_manifest() or {})["files"] == folder.digests()
    assert folder.recover() == 3


def test_reviews_of_the_parts_are_applied(tmp_path: Path) -> None:
    rejected = [row("Say why it rains.", 2), row("Count to ten.", 3)]
    one = run(tmp_path / "one", ["Name a river.", "Draw a cat."], rejected, shard=(0, 2))
    two = run(tmp_path / "two", ["Explain what a tax is."], shard=(1, 2))
    say(one, 0, "bad")
    say(one, 1, "good", edit=Edit(instruction="Draw a dog.", input="", output="Woof"))
    say(one, 2, "good", "rejected")
    merged = merge([one, two], tmp_path / "out", Settings())
    assert texts(tmp_path / "out") == ["Explain what a tax is.", "Draw a dog.", "Say why it rains."]
    assert "verdict" not in lines(tmp_path / "out")[2]
    assert merged.applied == Applied(withdrawn=1, restored=1, edited=1)
    plain = merge([one, two], tmp_path / "plain", Settings(reviews=False))
    assert texts(tmp_path / "plain") == ["Name a river.", "Explain what a tax is.", "Draw a cat."]
    assert plain.applied == Applied()


def test_what_the_parts_cost_is_added_up_and_unknown_where_one_price_is(tmp_path: Path) -> None:
    parts = [run(tmp_path / str(n), ["Name a river."], shard=(n, 2)) for n in range(2)]
    manifest = merge(parts, tmp_path / "out", Settings()).manifest
    assert (manifest["cost_usd"], manifest["calls"], manifest["tokens"]) == (1.0, 6, {"prompt": 20, "completion": 40})
    parts.append(run(tmp_path / "free", ["Draw a cat."], cost_usd=None))
    assert merge(parts, tmp_path / "more", Settings()).manifest["cost_usd"] is None


def test_a_folder_that_holds_something_is_refused_and_an_empty_one_taken(tmp_path: Path) -> None:
    one = run(tmp_path / "one", ["Name a river."])
    before = contents(one)
    with pytest.raises(UserError, match="not an empty folder"):
        merge([one], one, Settings())
    assert contents(one) == before
    (tmp_path / "out").mkdir()
    merge([one], tmp_path / "out", Settings())
    assert texts(tmp_path / "out") == ["Name a river."]


def test_a_merge_that_is_interrupted_takes_away_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(folder: RunFolder) -> None:
        raise KeyboardInterrupt

    parts = shards(tmp_path)
    (tmp_path / "there").mkdir()
    monkeypatch.setattr(RunFolder, "digests", interrupt)
    for name in ("there", "new"):
        with pytest.raises(KeyboardInterrupt):
            merge(parts, tmp_path / name, Settings())
    assert not any((tmp_path / "there").iterdir()) and not (tmp_path / "new").exists()
