"""The scores of the filters, and what another threshold would let pass, against looking at every row."""

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.watch.scores import ACCEPTED, BOTH, ELSEWHERE, HERE, Scores, ScoreTable, Side
from tests.watch.made import Made, line, row, told, verdict


def table_of(folder: Path) -> ScoreTable:
    """Read all scores of a run."""
    table = ScoreTable(folder / "examples.jsonl", folder / "rejected.jsonl")
    while table.poll():
        pass
    return table


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """All rows, accepted and rejected."""
    files = (folder / "examples.jsonl", folder / "rejected.jsonl")
    return [json.loads(text) for file in files for text in file.read_text().splitlines()]


def outcome(one: dict[str, Any], name: str) -> int:
    """What became of a row, seen from a score."""
    judged = one.get("verdict")
    if judged is None:
        return ACCEPTED
    names = (f"{judged['filter']}_{judged['stage']}", judged["filter"])
    return HERE if name == next((key for key in names if key in one["scores"]), None) else ELSEWHERE


def test_the_scores_of_a_real_run_are_those_of_its_rows(mock_run: Path) -> None:
    table, rows = table_of(mock_run), rows_of(mock_run)
    assert set(table.names()) == {name for one in rows for name in one["scores"]}
    for name, scores in table.scores.items():
        wanted = Counter((float(one["scores"][name]), outcome(one, name)) for one in rows if name in one["scores"])
        assert Counter(zip(scores.values, scores.outcomes, strict=True)) == wanted
    blamed = {one["verdict"]["filter"] for one in rows if one.get("verdict") and one["verdict"]["score"] is not None}
    assert {
        name.removesuffix("_instruction") for name, scores in table.scores.items() if HERE in scores.outcomes
    } == blamed


def test_the_histogram_counts_every_score_once(mock_run: Path) -> None:
    for scores in table_of(mock_run).scores.values():
        for bins in (1, 7, 60):
            edges, counts = scores.histogram(bins)
            assert len(edges) <= bins
            assert all(len(one) == len(edges) for one in counts)
            for kind in (ACCEPTED, HERE, ELSEWHERE, BOTH):
                assert sum(counts[kind]) == list(scores.outcomes).count(kind)


def test_a_row_is_blamed_on_the_score_of_its_stage(run: Made) -> None:
    scores = {"length_instruction": 2, "length": 90}
    judged = verdict("length", score=2, threshold=3, stage="instruction")
    run.rows("rejected", row(0, scores=scores, verdict=judged))
    table = table_of(run.path)
    assert (table.scores["length_instruction"].outcomes[0], table.scores["length"].outcomes[0]) == (HERE, ELSEWHERE)
    assert table.scores["length_instruction"].threshold("at least") == 3
    assert list(table.names()) == ["length_instruction", "length"]


def test_the_side_is_told_by_the_rejections(run: Made) -> None:
    near = verdict("near", score=0.8, threshold=0.7)
    run.rows("rejected", row(0, scores={"near": 0.8}, verdict=near), row(1, scores={"length": 3}))
    table = table_of(run.path)
    assert table.scores["near"].sides == ["at most"]
    assert table.scores["near"].threshold("at least") is None
    assert table.scores["length"].sides == ["at least", "at most"]


def test_a_threshold_at_which_rows_are_rejected_is_no_score_that_passes(run: Made) -> None:
    for number, value in enumerate((2, 2, 3)):
        run.rows("rejected", row(number, scores={"n": value}, verdict=verdict("n", score=value, threshold=2)))
    run.rows("examples", row(8, scores={"n": 1}), row(9, scores={"n": 0}))
    scores = table_of(run.path).scores["n"]
    assert (scores.sides, scores.words("at most"), scores.words("at least")) == (["at most"], "below", "at least")
    result = scores.what_if("at most", 2)
    assert (result.passing, result.of, result.gained, result.lost) == (2, 5, 0, 0)
    assert scores.what_if("at most", 3).gained == 2


def test_of_several_thresholds_the_commonest_counts(run: Made) -> None:
    for number, bound in enumerate((5, 5, 9)):
        run.rows("rejected", row(number, scores={"n": 1}, verdict=verdict("n", score=1, threshold=bound)))
    assert table_of(run.path).scores["n"].threshold("at least") == 5


SIDES: tuple[Side, ...] = ("at least", "at most")
SCORED = st.lists(
    st.tuples(
        st.integers(-20, 20).map(float),
        st.sampled_from((ACCEPTED, HERE, ELSEWHERE, BOTH)),
        st.sampled_from((*SIDES, None)),
    ),
    max_size=30,
)


@given(SCORED, st.sampled_from(SIDES), st.integers(-25, 25))
def test_what_if_is_what_looking_tells(scored: list[tuple[float, int, Side | None]], side: Side, tried: int) -> None:
    """A score that was rejected on the other side would still be, whatever its own threshold was."""
    scores = Scores()
    for value, kind, at in scored:
        scores.add(value, kind, at)
    fits = [value >= tried if side == "at least" else value <= tried for value, _, _ in scored]
    gained = [fit and kind == HERE and at in (side, None) for fit, (_, kind, at) in zip(fits, scored, strict=True)]
    lost = [not fit and kind == ACCEPTED for fit, (_, kind, _) in zip(fits, scored, strict=True)]
    result = scores.what_if(side, tried)
    assert (result.passing, result.of, result.gained, result.lost) == (sum(fits), len(fits), sum(gained), sum(lost))
    shared = [fit and kind == BOTH and at in (side, None) for fit, (_, kind, at) in zip(fits, scored, strict=True)]
    assert result.shared == sum(shared)


def test_the_threshold_of_the_run_itself_gains_and_loses_nothing(run: Made) -> None:
    for number, value in enumerate((1, 2, 3, 4)):
        run.rows("rejected", row(number, scores={"n": value}, verdict=verdict("n", score=value, threshold=5)))
    run.rows("examples", row(9, scores={"n": 5}), row(10, scores={"n": 8}))
    scores = table_of(run.path).scores["n"]
    result = scores.what_if("at least", 5)
    assert (result.passing, result.of, result.gained, result.lost) == (2, 6, 0, 0)
    assert scores.what_if("at least", 3).gained == 2
    assert scores.what_if("at least", 6).lost == 1


def ledger(run: Made) -> None:
    """Five rows with all verdicts: accepted, near alone, near and length, length before near, a quota."""
    near: dict[str, Any] = {"stage": "instruction", "threshold": 0.7}
    run.rows("examples", row(0, scores={"near": 0.6, "length": 9}, verdicts=told(near=(0.6, 0.7), length=(9, 4))))
    run.rows(
        "rejected",
        row(1, scores={"near": 0.8, "length": 9}, verdicts=told("near", near=(0.8, 0.7), length=(9, 4)),
            verdict=verdict("near", score=0.8, **near)),
        row(2, scores={"near": 0.8, "length": 2}, verdicts=told("near", "length", near=(0.8, 0.7), length=(2, 4)),
            verdict=verdict("near", score=0.8, **near)),
        row(3, scores={"near": 0.75, "length": 3}, verdicts=told("length", "near", near=(0.75, 0.7), length=(3, 4)),
            verdict=verdict("length", score=3, threshold=4)),
        row(4, scores={"near": 0.5, "length": 8}, verdicts=told(near=(0.5, 0.7), length=(8, 4)),
            verdict=verdict("quota")),
    )  # fmt: skip


def test_with_all_verdicts_only_rows_that_no_other_filter_rejects_would_be_accepted(run: Made) -> None:
    ledger(run)
    near = table_of(run.path).scores["near"]
    assert list(near.outcomes) == [ACCEPTED, HERE, BOTH, BOTH, ELSEWHERE]
    assert (near.told, near.bounds) == (True, {("at most", 0.7): 3})
    result = near.what_if("at most", 0.9)
    assert (result.passing, result.gained, result.shared, result.lost) == (5, 1, 2, 0)
    assert near.what_if("at most", 0.55).lost == 1
    length = table_of(run.path).scores["length"]
    assert list(length.outcomes) == [ACCEPTED, ELSEWHERE, BOTH, BOTH, ELSEWHERE]
    assert length.what_if("at least", 1).gained == 0


def test_without_all_verdicts_that_is_not_known(run: Made) -> None:
    run.rows("rejected", row(0, scores={"near": 0.8}, verdict=verdict("near", score=0.8, threshold=0.7)))
    near = table_of(run.path).scores["near"]
    assert (near.told, list(near.outcomes), near.what_if("at most", 0.9).gained) == (False, [HERE], 1)


@pytest.mark.parametrize("given", [[], "no", {"near": None}, {"near": {"keep": False, "threshold": "high"}}])
def test_verdicts_of_another_shape_spoil_nothing(run: Made, given: Any) -> None:
    run.rows("rejected", row(0, scores={"near": 0.8}, verdicts=given, verdict=verdict("near", score=0.8)))
    table = table_of(run.path)
    assert len(table.scores["near"].values) == 1


def test_without_scores_there_is_an_empty_histogram(tmp_path: Path) -> None:
    assert table_of(tmp_path).names() == []
    assert Scores().span() == (0.0, 1.0)
    assert sum(map(sum, Scores().histogram(5)[1])) == 0


@pytest.mark.parametrize("value", ["high", None, True, [], float("nan"), float("inf")])
def test_what_is_no_finite_number_is_no_score(run: Made, value: Any) -> None:
    judged = verdict("a", score=value, threshold=value)
    run.rows("rejected", row(0, scores={"a": value, "b": 2}, verdict=judged), row(1, scores={"c": 1}))
    table = table_of(run.path)
    assert set(table.names()) == {"b", "c"}
    assert all(math.isfinite(edge) for scores in table.scores.values() for edge in scores.span())


def test_a_file_that_was_cut_is_counted_anew(run: Made) -> None:
    run.rows("examples", *map(row, range(5)))
    run.rows("rejected", *(row(n, verdict=verdict("length", score=3, threshold=4)) for n in range(5, 8)))
    table = table_of(run.path)
    (run.path / "examples.jsonl").write_bytes(line(row(9)))
    while table.poll():
        pass
    assert Counter(table.scores["length"].outcomes) == {ACCEPTED: 1, HERE: 3}
    assert table.scores["length"].bounds.total() == 3
