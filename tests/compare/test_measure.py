"""The figures of a run against brute force."""

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from iftgen.compare import Comparison, Run, bootstrap, compare
from iftgen.compare.nearest import nearest
from iftgen.compare.ngrams import distinct
from iftgen.filters.rouge import rouge_l
from iftgen.stats import run_stats
from tests.compare.made import run
from tests.watch.made import Made, failed, row

WORDS = (
    "the",
    "a",
    "cat",
    "dog",
    "ran",
    "sat",
    "Über",
    "東京",
    "under",
    "over",
    "table",
    "quickly",
    "and",
    "then",
    "it's",
)


def texts(count: int, seed: int = 0) -> list[str]:
    """Instructions of a few words from a small vocabulary, so that they are alike."""
    draw = random.Random(seed)
    return [" ".join(draw.choices(WORDS, k=draw.randint(0, 9))) for _ in range(count)]


def only(comparison: Comparison) -> Run:
    (one,) = comparison.runs
    return one


@pytest.mark.parametrize("count", [2, 3, 60])
def test_the_nearest_text_is_that_of_all_pairs(count: int) -> None:
    given = texts(count)
    expected = [max(rouge_l(one, other) for j, other in enumerate(given) if j != i) for i, one in enumerate(given)]
    assert nearest(given) == pytest.approx(expected)


def test_of_many_texts_some_are_compared_with_all() -> None:
    given = texts(50)
    found, whole = nearest(given, most=10), nearest(given)
    assert len(found) == 10
    places = np.unique(np.linspace(0, 49, 10).round().astype(int))
    assert found.tolist() == whole[places].tolist()


def test_blocks_do_not_change_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = nearest(texts(30))
    monkeypatch.setattr("iftgen.compare.nearest._PAIRS", 100)
    assert nearest(texts(30)).tolist() == whole.tolist()


def test_equal_texts_are_as_near_as_can_be_and_empty_ones_like_nothing() -> None:
    assert nearest(["a b", "a b", "", ""]).tolist() == [1, 1, 0, 0]
    assert nearest(["alone"]).tolist() == nearest([]).tolist() == []


@pytest.mark.parametrize("count", [0, 1, 40])
def test_distinct_ngrams_are_those_counted_one_by_one(count: int) -> None:
    import re

    import polars as pl

    given = texts(count)
    parts = distinct(pl.Series(given, dtype=pl.String))
    for size, (part, whole) in enumerate(parts, 1):
        split = [re.findall(r"\w+", text.lower()) for text in given]
        grams = [tuple(ws[at : at + size]) for ws in split for at in range(len(ws) - size + 1)]
        assert (len(part), len(whole)) == (count, count)
        assert whole.sum() == len(grams)
        assert part.sum() == pytest.approx(len(set(grams)))


def test_a_shared_ngram_counts_for_its_rows_in_parts() -> None:
    import polars as pl

    (part, whole), *_ = distinct(pl.Series(["a b", "a"]))
    assert (part.tolist(), whole.tolist()) == ([1.5, 0.5], [2, 1])


@pytest.mark.parametrize("cells", [2_000_000, 700])
def test_intervals_are_those_of_a_loop(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "CELLS", cells)
    draw = np.random.default_rng(5)
    size, tops, bottoms = 23, draw.random(23), draw.random(23)
    found = bootstrap.ratios([(tops, bottoms)])[0]
    at_once, values = max(1, cells // size), []
    for start in range(0, bootstrap.RESAMPLES, at_once):
        for counts in bootstrap.counts(size, start, min(at_once, bootstrap.RESAMPLES - start)):
            rows = [row for row, count in enumerate(counts) for _ in range(int(count))]
            assert len(rows) == size
            values.append(sum(tops[row] for row in rows) / sum(bottoms[row] for row in rows))
    values.sort()
    assert found.value == pytest.approx(tops.sum() / bottoms.sum())
    assert (found.low, found.high) == pytest.approx((values[24], values[974]), rel=1e-5)


def test_blocks_are_drawn_as_a_whole() -> None:
    draw = np.random.default_rng(6)
    tops, bottoms, blocks = draw.random(30), draw.random(30), np.repeat([7, 2, 9, 4, 5, 11], 5)
    found = bootstrap.ratios([(tops, bottoms)], blocks)[0]
    names, values = sorted(set(blocks.tolist())), []
    for counts in bootstrap.counts(6, 0, bootstrap.RESAMPLES):
        rows = [
            row
            for at, count in enumerate(counts)
            for _ in range(int(count))
            for row in np.flatnonzero(blocks == names[at])
        ]
        values.append(sum(tops[row] for row in rows) / sum(bottoms[row] for row in rows))
    values.sort()
    assert (found.low, found.high) == pytest.approx((values[24], values[974]), rel=1e-5)


@pytest.mark.parametrize(("method", "wider"), [("self_instruct", True), ("file", False)])
def test_what_one_call_yields_is_drawn_together(method: str, wider: bool, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(folder, method__name=method, method__per_call=5)
    for index in range(200):  # of each ten candidates five were accepted, those of one call
        kind = "examples" if index % 10 < 5 else "rejected"
        Made(folder).rows(kind, row(index, f"Do {index}.", verdict={"filter": "parse"}))
    found = only(compare([folder])).acceptance
    assert found.low is not None and found.high is not None
    alone = 2 * 1.96 * (0.25 / 200) ** 0.5
    assert found.high - found.low == pytest.approx(alone * (5**0.5 if wider else 1), rel=0.15)


def test_differences_are_those_of_a_loop_over_the_same_blocks() -> None:
    draw = np.random.default_rng(8)
    one, first = (bootstrap.Sample(draw.random(size), draw.random(size)) for size in (9, 12))
    found, values = bootstrap.difference(one, first), []
    for counts in bootstrap.counts(12, 0, bootstrap.RESAMPLES):
        parts = [
            sum(float(count) * value for count, value in zip(counts, part, strict=False)) for part in (*one, *first)
        ]
        values.append(parts[0] / parts[1] - parts[2] / parts[3])
    values.sort()
    assert found.value == pytest.approx(one[0].sum() / one[1].sum() - first[0].sum() / first[1].sum())
    assert (found.low, found.high) == pytest.approx((values[24], values[974]), rel=1e-4)


def test_runs_of_one_seed_are_compared_in_pairs(tmp_path: Path) -> None:
    draw = random.Random(1)
    kinds = [draw.choice(["examples", "rejected"]) for _ in range(100)]
    for name, seed, also in (("first", 0, 0), ("stricter", 0, 10), ("other", 1, 10)):
        run(tmp_path / name, seed=seed)
        for index, kind in enumerate(kinds):
            kept = kind == "examples" and index % 10 != also - 10
            fields = row(index, f"Do {index} times.", verdict={"filter": "length"})
            Made(tmp_path / name).rows("examples" if kept else "rejected", fields)
    first, stricter, other = compare([tmp_path / name for name in ("first", "stricter", "other")]).runs
    assert (first.difference, other.difference) == ({}, {})
    assert set(stricter.difference) == {"acceptance", "tokens_each", "nearest", "distinct_2"}
    found = stricter.difference["acceptance"]
    assert found.value == pytest.approx((stricter.acceptance.value or 0) - (first.acceptance.value or 0))
    assert found.low is not None and found.high is not None and found.high < 0
    assert stricter.acceptance.high is not None and first.acceptance.low is not None
    assert stricter.acceptance.high > first.acceptance.low  # what the pairs tell, the two intervals do not


def test_rows_are_drawn_with_equal_chances() -> None:
    counts = bootstrap.counts(20, 0, 1000)
    assert set(counts.sum(axis=1)) == {20}
    assert counts.mean(axis=0) == pytest.approx(np.ones(20), abs=0.12)
    assert counts.var() == pytest.approx(0.95, abs=0.05)


def test_the_interval_of_a_mean_is_near_that_of_theory() -> None:
    values = np.random.default_rng(1).normal(10, 2, 400)
    found = bootstrap.mean(values)
    assert found.low is not None and found.high is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_nothing_has_no_interval() -> None:
    nothing, zeros = np.empty(0), np.zeros(3)
    assert bootstrap.mean(nothing).value is None
    assert bootstrap.ratios([(np.ones(3), zeros)])[0].value is None
    rare = bootstrap.ratios([(np.ones(3), np.array([0, 0, 1.0]))])[0]
    assert (rare.value, rare.high) == (3, None)  # of many resamples no row was accepted: there is no upper bound


def test_the_figures_are_those_of_the_rows(tmp_path: Path) -> None:
    given = [text for text in texts(40) if text]
    filters = ["length"] * 3 + ["refusal"] * 9
    one = only(compare([run(tmp_path / "run", given, filters, costs=[0.5, 0.25])]))
    rows = len(given) + 12
    stats = run_stats(tmp_path / "run")
    assert (one.candidates, one.accepted, one.rejected, one.failed) == (rows, len(given), 12, 0)
    assert list(one.rejected_by.items()) == [("refusal", 9), ("length", 3)]
    assert (one.prompt_tokens, one.completion_tokens) == (20 * rows, 10 * rows)
    assert one.cost_usd is not None
    assert one.cost_usd == pytest.approx(0.75 + 0.001 * (rows - 2))
    assert one.cost_each.value == pytest.approx(one.cost_usd / len(given))
    assert one.tokens_each.value == pytest.approx(30 * rows / len(given))
    assert one.acceptance.value == pytest.approx(len(given) / rows)
    assert (one.diversity.distinct_1, one.diversity.distinct_2.value) == pytest.approx(
        (stats["diversity"]["distinct_1"], stats["diversity"]["distinct_2"]), abs=1e-4
    )
    assert one.diversity.nearest.value == pytest.approx(nearest(given).mean())
    assert one.diversity.nearest_p95 == pytest.approx(np.quantile(nearest(given), 0.95))
    for lengths, name in ((one.instruction, "instruction"), (one.response, "output")):
        spread = stats["lengths"][name]
        told = (lengths.mean.value, lengths.median, lengths.p95)
        assert told == pytest.approx((spread["mean"], spread["median"], spread["p95"]), abs=0.051)
    assert (one.status, one.seconds, one.judge.value) == ("completed", 12.5, None)


def test_every_interval_holds_its_figure(tmp_path: Path) -> None:
    one = only(compare([run(tmp_path / "run", [text for text in texts(80) if text], ["length"] * 20)]))
    figures = [one.acceptance, one.cost_each, one.tokens_each, one.instruction.mean, one.response.mean]
    for figure in [*figures, one.diversity.distinct_2, one.diversity.nearest]:
        assert figure.value is not None and figure.low is not None and figure.high is not None
        assert figure.low < figure.value < figure.high


def test_a_judge_is_averaged_where_rows_have_its_score(tmp_path: Path) -> None:
    run(tmp_path / "run")
    scores = [{"judge": 4}, {"judge": 2.5}, {"length": 3}]
    Made(tmp_path / "run").rows("examples", *(row(i, f"Do {i}.", scores=score) for i, score in enumerate(scores)))
    assert only(compare([tmp_path / "run"])).judge.value == 3.25


def test_an_unknown_price_leaves_the_cost_unknown(tmp_path: Path) -> None:
    one = only(compare([run(tmp_path / "run", ["Do this.", "Do that."], costs=[0.1, None])]))
    assert (one.cost_usd, one.cost_each.value) == (None, None)


def test_failed_rows_and_runs_without_rows(tmp_path: Path) -> None:
    run(tmp_path / "failed")
    Made(tmp_path / "failed").rows("failed", failed(0, "500"), failed(1, "500"))
    run(tmp_path / "empty")
    one, other = compare([tmp_path / "failed", tmp_path / "empty"]).runs
    assert (one.failed, one.candidates, one.acceptance.value, one.cost_each.value) == (2, 2, 0, None)
    assert (other.candidates, other.acceptance.value, other.cost_usd) == (0, None, None)
    assert (other.instruction.mean.value, other.diversity.nearest.value) == (None, None)


def test_a_torn_line_is_left_out(tmp_path: Path) -> None:
    run(tmp_path / "run", ["Do this.", "Do that."])
    with (tmp_path / "run" / "examples.jsonl").open("ab") as file:
        file.write(b'{"id":"x","instr')
    assert only(compare([tmp_path / "run"])).accepted == 2


def test_filters_are_counted_as_the_rows_say(tmp_path: Path) -> None:
    filters = random.Random(2).choices(["length", "refusal", "echo"], k=50)
    assert only(compare([run(tmp_path / "run", [], filters)])).rejected_by == dict(Counter(filters))
