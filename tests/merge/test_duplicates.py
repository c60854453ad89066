"""Which rows are duplicates: as the filters of a run decide, but across the parts only."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.filters import ExactDuplicate, NearDuplicate
from iftgen.merge import Settings, merge
from iftgen.merge.decisions import Census, Loss, duplicates
from iftgen.merge.likeness import NONE, ExactLikeness
from iftgen.merge.relations import LikeWhole, LikeWording, Places, SameContent
from iftgen.merge.sketches import SketchedLikeness, banding
from iftgen.types import Candidate, Pair
from tests.benchmarks.instructions import instructions
from tests.merge.made import lines, row, run, texts

WORDS = ["a", "b", "c", "d", "é"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
ROWS = st.lists(st.tuples(TEXT, st.one_of(st.just(""), TEXT), st.booleans()), max_size=14)


def judged(rows: list[dict[str, Any]], parts: list[int], threshold: float) -> dict[int, Loss]:
    """The rows that are lost, each with why."""
    census = Census(Places([SameContent(), *(like(ExactLikeness(threshold)) for like in (LikeWording, LikeWhole))]))
    for one, part in zip(rows, parts, strict=True):
        census.add(part, "a/x")
        census.places.add(one, part)
    return duplicates(census)


def filtered(rows: list[dict[str, Any]], threshold: float) -> dict[int, tuple[str, float | None, str | None]]:
    """What the two filters reject of rows that come one after the other: filter, score and neighbour."""
    stack = (ExactDuplicate(), NearDuplicate(threshold=threshold))
    lost = {}
    for index, one in enumerate(rows):
        template = bool(one["extra"]["iftgen"].get("template"))
        given = Candidate(index, instruction=one["instruction"], input=one["input"], template=template)
        verdicts = [check.check(given) for check in stack]
        bad = next((verdict for verdict in verdicts if not verdict.keep), None)
        if bad is not None:
            lost[index] = (bad.filter, bad.score, bad.neighbour_id)
            continue
        for check in stack:
            pair = Pair(str(index), one["instruction"], "", one["input"], origin="example")
            check.remember(pair, index + 1, template)
    return lost


@settings(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from([0.5, 0.7, 1.0]))
def test_rows_of_many_parts_are_judged_as_the_filters_of_one_run_would(
    made: list[tuple[str, str, bool]], threshold: float
) -> None:
    rows = [row(text, input=given, template=template) for text, given, template in made]
    lost = judged(rows, list(range(len(rows))), threshold)
    found = {index: (loss.filter, loss.score, str(loss.neighbour)) for index, loss in lost.items()}
    assert found == filtered(rows, threshold)


def test_rows_of_one_part_are_not_compared_with_each_other() -> None:
    rows = [row("Name a big river of France."), row("Name a big river of Spain."), row("Name a big river of Italy.")]
    assert list(judged(rows, [0, 0, 0], 0.7)) == []
    assert list(judged(rows, [0, 1, 0], 0.7)) == [1]
    assert list(judged(rows, [1, 0, 0], 0.7)) == [1, 2]


def test_a_row_is_compared_with_those_that_stay_only() -> None:
    chain = ["a b c d e f g h i j", "a b c d e f g h x y", "a b c d e f z z x y"]
    assert list(judged([row(text) for text in chain], [0, 1, 2], 0.7)) == [1]


def test_what_is_lost_says_why_and_to_which_row(tmp_path: Path) -> None:
    one = run(tmp_path / "one", ["Name a big river of France.", "Say why the sky is blue."], shard=(0, 2))
    two = run(tmp_path / "two", ["Name a big river of Spain.", "say why the sky is BLUE"], shard=(1, 2))
    merge([one, two], tmp_path / "out", Settings())
    near, exact = lines(tmp_path / "out", "rejected")
    kept = lines(tmp_path / "out")
    assert near["verdict"] == {
        "stage": "merge",
        "filter": "near_duplicate",
        "reason": "too much like a row of another part: ROUGE-L 0.833, at most 0.7 is allowed",
        "score": pytest.approx(5 / 6),
        "threshold": 0.7,
        "neighbour_id": kept[0]["id"],
        "neighbour": "Name a big river of France.",
    }
    assert exact["verdict"]["filter"] == "exact_duplicate" and exact["verdict"]["score"] is None
    assert exact["verdict"]["neighbour_id"] == kept[1]["id"]


def test_a_task_keeps_the_threshold_that_it_had_in_its_run(tmp_path: Path) -> None:
    parts = [
        run(tmp_path / str(part), [row(f"Who {verb} a new house?", task="ask")], shard=(part, 3), near_duplicate=bars)
        for part, (verb, bars) in enumerate([("builds", {}), ("sells", {"ask": 0.9}), ("buys", {"other": 0.9})])
    ]
    merge(parts, tmp_path / "out", Settings())
    assert texts(tmp_path / "out") == ["Who builds a new house?", "Who sells a new house?"]
    assert texts(tmp_path / "out", "rejected") == ["Who buys a new house?"]


def test_off_compares_no_wordings_and_a_higher_threshold_fewer(tmp_path: Path) -> None:
    one = run(tmp_path / "one", ["Name a big river of France."], shard=(0, 2))
    two = run(tmp_path / "two", ["Name a big river of Spain."], shard=(1, 2))
    for name, chosen in (("off", Settings(near="off")), ("high", Settings(threshold=0.9))):
        merge([one, two], tmp_path / name, chosen)
        assert len(texts(tmp_path / name)) == 2


def test_minhash_finds_nearly_all_that_is_there_and_nothing_else() -> None:
    given = list(dict.fromkeys(instructions(4000, seed=5)))
    found = []
    for likeness in (ExactLikeness(0.7), SketchedLikeness(0.7)):
        for number, text in enumerate(given):
            likeness.node(text, number)
        found.append({(one, other): score for one, other, score in likeness.pairs()})
    exact, sketched = found
    assert len(exact) > 100 and sketched.items() <= exact.items()
    assert len(sketched) > 0.95 * len(exact)


def test_minhash_judges_a_folder_as_the_exact_comparison_does(tmp_path: Path) -> None:
    rng = random.Random(3)
    given = [row(text, index // 2, template=index % 5 == 0) for index, text in enumerate(instructions(600, seed=7))]
    parts = [run(tmp_path / str(part), given[part::2], shard=(part, 2)) for part in range(2)]
    rng.shuffle(parts)
    for near, chosen in (("exact", Settings(near="exact")), ("minhash", Settings(near="minhash"))):
        merge(parts, tmp_path / near, chosen)
    exact, sketched = (set(texts(tmp_path / near, "rejected")) for near in ("exact", "minhash"))
    assert exact and len(sketched ^ exact) <= 1


def test_a_text_without_words_is_like_no_other() -> None:
    for likeness in (ExactLikeness(0.7), SketchedLikeness(0.7)):
        assert [likeness.node(text, part) for part, text in enumerate(("!", "a b", "?!", "c d"))] == [NONE, 0, NONE, 1]
        assert list(likeness.pairs()) == []


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.7, 0.8, 0.9, 1.0])
def test_bands_give_a_pair_at_the_threshold_its_chance(threshold: float) -> None:
    rows, bands = banding(threshold)
    least = threshold / (2 - threshold)
    assert rows >= 1 and rows * bands <= 300 and 1 - (1 - least**rows) ** bands >= 0.9
