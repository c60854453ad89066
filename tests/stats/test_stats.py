"""Stats: what is counted, and that odd files do not stop the counting."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import DataError
from iftgen.stats import run_stats, write_stats

USAGE = {"prompt_tokens": 10, "completion_tokens": 4, "reasoning_tokens": 1}


def row(task: str = "coding/sql", **values: Any) -> dict[str, Any]:
    plain = {"task": task, "instruction": "Say it now", "input": "", "output": "ok", "attributes": {"style": "plain"}}
    return {**plain, "usage": USAGE, "cost_usd": 0.1, **values}


def rejected(filter: str, reason: str, **values: Any) -> dict[str, Any]:
    return row(verdict={"stage": "response", "filter": filter, "reason": reason, "score": 0.5}, **values)


def put(folder: Path, name: str, *rows: Mapping[str, Any], tail: str = "") -> None:
    text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in rows)
    (folder / f"{name}.jsonl").write_text(text + tail, encoding="utf-8")


def test_outcomes_are_counted_by_task_category_and_attribute(tmp_path: Path) -> None:
    put(tmp_path, "examples", row(), row("coding/python", attributes={"style": "terse", "persona": 'a\\b\t"c"'}))
    put(tmp_path, "rejected", rejected("length", "too short"), rejected("length", "too short", task="math/sums"))
    put(tmp_path, "failed", {"index": 4, "task": "coding/sql", "attributes": {"style": "plain"}, "error": "time-out"})
    stats = run_stats(tmp_path)
    assert stats["counts"] == {"candidates": 5, "accepted": 2, "rejected": 2, "failed": 1, "acceptance": 0.4}
    assert stats["tasks"] == {
        "coding/python": {"accepted": 1, "rejected": 0, "failed": 0, "acceptance": 1.0},
        "coding/sql": {"accepted": 1, "rejected": 1, "failed": 1, "acceptance": 0.3333},
        "math/sums": {"accepted": 0, "rejected": 1, "failed": 0, "acceptance": 0.0},
    }
    assert list(stats["categories"]) == ["coding", "math"]
    assert stats["categories"]["coding"] == {"accepted": 2, "rejected": 1, "failed": 1, "acceptance": 0.5}
    assert stats["attributes"] == {
        "persona": {'a\\b\t"c"': {"accepted": 1, "rejected": 0, "failed": 0, "acceptance": 1.0}},
        "style": {
            "plain": {"accepted": 1, "rejected": 2, "failed": 1, "acceptance": 0.25},
            "terse": {"accepted": 1, "rejected": 0, "failed": 0, "acceptance": 1.0},
        },
    }


def test_an_attribute_that_only_looks_like_one_is_not_counted(tmp_path: Path) -> None:
    put(tmp_path, "examples", row(attributes={"note": 'say "ghost": yes'}))
    assert list(run_stats(tmp_path)["attributes"]) == ["note"]


def test_reasons_group_without_their_numbers_and_quotes(tmp_path: Path) -> None:
    put(
        tmp_path,
        "rejected",
        rejected("near_duplicate", "similarity 0.91 to 'Sort a list' is above 0.7"),
        rejected("near_duplicate", "similarity 0.8 to 'It\u2019s 5 o’clock' is above 0.7"),
        rejected("length", "the output doesn't have 20 words, it hasn't 1,000 either"),
        rejected("length", 'it starts with "As an AI"'),
    )
    filters = run_stats(tmp_path)["filters"]
    assert list(filters) == ["length", "near_duplicate"]
    assert filters["near_duplicate"] == {
        "rejected": 2,
        "share": 0.5,
        "reasons": [{"reason": "similarity N to '…' is above N", "count": 2}],
    }
    assert filters["length"]["reasons"] == [
        {"reason": "it starts with '…'", "count": 1},
        {"reason": "the output doesn't have N words, it hasn't N either", "count": 1},
    ]


def test_only_the_most_frequent_reasons_are_kept_but_all_are_counted(tmp_path: Path) -> None:
    put(tmp_path, "rejected", *[rejected("f", f"reason {letter}") for letter in "ggabcdef"])
    entry = run_stats(tmp_path)["filters"]["f"]
    assert (entry["rejected"], [reason["reason"][-1] for reason in entry["reasons"]]) == (8, list("gabcd"))


def test_lengths_are_words_of_accepted_rows_and_empty_inputs_do_not_count(tmp_path: Path) -> None:
    put(tmp_path, "examples", row(), row(instruction=" a\nb ", input="x y", output=""))
    put(tmp_path, "rejected", rejected("length", "too long", output="w " * 500))
    lengths = run_stats(tmp_path)["lengths"]
    assert lengths["instruction"] == {"min": 2.0, "p5": 2.0, "median": 2.5, "mean": 2.5, "p95": 3.0, "max": 3.0}
    assert (lengths["input"]["min"], lengths["input"]["max"]) == (2.0, 2.0)
    assert (lengths["output"]["min"], lengths["output"]["max"]) == (0.0, 1.0)


def test_cost_is_summed_exactly_and_unknown_as_soon_as_one_price_is(tmp_path: Path) -> None:
    put(tmp_path, "examples", *[row() for _ in range(2)])
    put(tmp_path, "rejected", rejected("length", "short"))
    put(tmp_path, "failed", {"index": 3, "task": "t"})
    usage = run_stats(tmp_path)["usage"]
    assert usage == {
        "prompt_tokens": 30,
        "completion_tokens": 12,
        "reasoning_tokens": 3,
        "cost_usd": 0.3,
        "cost_usd_per_example": 0.15,
    }
    put(tmp_path, "examples", row(), row(cost_usd=None, usage={}))
    usage = run_stats(tmp_path)["usage"]
    assert (usage["prompt_tokens"], usage["cost_usd"], usage["cost_usd_per_example"]) == (20, None, None)


def test_distinct_n_counts_different_words_and_pairs_within_rows(tmp_path: Path) -> None:
    put(tmp_path, "examples", row(instruction="Write a poem!"), row(instruction="write a song"), row(instruction="?"))
    assert run_stats(tmp_path)["diversity"] == {"distinct_1": round(4 / 6, 4), "distinct_2": round(3 / 4, 4)}


def test_an_empty_or_missing_run_has_stats_too(tmp_path: Path) -> None:
    put(tmp_path, "examples")
    stats = run_stats(tmp_path)
    assert stats["counts"] == {"candidates": 0, "accepted": 0, "rejected": 0, "failed": 0, "acceptance": None}
    assert stats["lengths"] == {"instruction": None, "input": None, "output": None}
    assert stats["diversity"] == {"distinct_1": None, "distinct_2": None}
    with pytest.raises(DataError, match="no run folder"):
        run_stats(tmp_path / "nowhere")


@pytest.mark.parametrize(("tail", "accepted"), [('{"task": "x", "instr', 1), ('{"task": "x"}', 2), ("\n", 1)])
def test_a_torn_last_line_is_left_out(tmp_path: Path, tail: str, accepted: int) -> None:
    put(tmp_path, "examples", row(), tail=tail)
    put(tmp_path, "failed", tail='{"index": 1')
    counts = run_stats(tmp_path)["counts"]
    assert (counts["accepted"], counts["failed"]) == (accepted, 0)


def test_a_torn_character_is_left_out(tmp_path: Path) -> None:
    whole = json.dumps(row()).encode()
    (tmp_path / "examples.jsonl").write_bytes(whole + b'\n{"task": "\xc3')
    assert run_stats(tmp_path)["counts"]["accepted"] == 1


@pytest.mark.parametrize("damage", ["garbage", '{"index": ', "[1]", "\0\0"])
def test_damage_in_the_middle_is_named(tmp_path: Path, damage: str) -> None:
    put(tmp_path, "examples", row(), tail=f"{damage}\n{json.dumps(row())}\n")
    with pytest.raises(DataError, match=r"examples.jsonl, line 2: no JSON object"):
        run_stats(tmp_path)


def test_columns_that_change_type_or_come_late_do_no_harm(tmp_path: Path) -> None:
    mixed = [row(extra={"x": value}, scores={}) for value in (1, "a", [1], {"y": 2}, None)]
    put(tmp_path, "examples", *mixed, row(attributes={"late": "v"}, cost_usd=1))
    stats = run_stats(tmp_path)
    assert (stats["counts"]["accepted"], stats["usage"]["cost_usd"]) == (6, 1.5)
    assert list(stats["attributes"]) == ["late", "style"]


def test_stats_are_written_whole_and_the_same_each_time(tmp_path: Path) -> None:
    put(tmp_path, "examples", *[row(f"t/{n % 7}", attributes={"a": str(n % 5)}) for n in range(100)])
    put(tmp_path, "rejected", *[rejected(f"f{n % 3}", f"r {n}") for n in range(50)])
    path = write_stats(tmp_path)
    first = path.read_bytes()
    assert (path.name, json.loads(first)) == ("stats.json", run_stats(tmp_path))
    assert write_stats(tmp_path).read_bytes() == first
    assert sorted(file.name for file in tmp_path.iterdir()) == ["examples.jsonl", "rejected.jsonl", "stats.json"]
