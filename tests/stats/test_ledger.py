"""The funnel and the ledger: what came to each filter, what it caught, and what only it caught."""

import json
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import DataError
from iftgen.stats import render, run_stats
from tests.stats.test_stats import put, rejected, row

KEEP, REJECT = {"keep": True}, {"keep": False, "reason": "no"}
STACK = {name: {"checks": 5, "seconds": 0.25} for name in ("length", "refusal", "echo")}


def manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text(json.dumps({"filters": STACK}))


def kept(**verdicts: Any) -> dict[str, Any]:
    return row(verdicts=dict.fromkeys(STACK, KEEP) | verdicts)


def thrown(filter: str, **verdicts: Any) -> dict[str, Any]:
    return rejected(filter, "no", verdicts=dict.fromkeys(STACK, KEEP) | verdicts)


def test_the_funnel_follows_the_order_of_the_stack(tmp_path: Path) -> None:
    manifest(tmp_path)
    put(tmp_path, "examples", row(), row())
    reasons = ["quota", "refusal", "length", "parse", "refusal"]
    put(tmp_path, "rejected", *(rejected(name, "no") for name in reasons))
    steps = [(step["filter"], step["came"], step["rejected"]) for step in run_stats(tmp_path)["funnel"]]
    assert steps == [("parse", 7, 1), ("length", 6, 1), ("refusal", 5, 2), ("echo", 3, 0), ("quota", 3, 1)]


def test_the_ledger_counts_what_several_and_what_only_one_filter_caught(tmp_path: Path) -> None:
    manifest(tmp_path)
    put(tmp_path, "examples", kept(), kept())
    both = thrown("length", length=REJECT, echo=REJECT)
    put(tmp_path, "rejected", both, both, thrown("echo", echo=REJECT), thrown("refusal", refusal=REJECT, echo=REJECT))
    ledger = run_stats(tmp_path)["ledger"]
    assert ledger["filters"] == {
        "length": {"judged": 6, "caught": 2, "only": 0},
        "refusal": {"judged": 6, "caught": 1, "only": 0},
        "echo": {"judged": 6, "caught": 4, "only": 1},
    }
    assert ledger["overlap"] == [{"a": "echo", "b": "length", "both": 2}, {"a": "echo", "b": "refusal", "both": 1}]


def test_a_verdict_on_the_instruction_belongs_to_the_same_filter(tmp_path: Path) -> None:
    manifest(tmp_path)
    put(tmp_path, "rejected", rejected("length", "no", verdicts={"length_instruction": REJECT, "my_instruction": KEEP}))
    assert run_stats(tmp_path)["ledger"]["filters"] == {
        "length": {"judged": 1, "caught": 1, "only": 1},
        "my_instruction": {"judged": 1, "caught": 0, "only": 0},
    }


def test_a_filter_may_be_named_like_the_verdict_of_another(tmp_path: Path) -> None:
    stack = {"length": STACK["length"], "length_instruction": STACK["length"]}
    (tmp_path / "manifest.json").write_text(json.dumps({"filters": stack}))
    put(tmp_path, "rejected", rejected("length", "no", verdicts={"length_instruction": REJECT, "length": KEEP}))
    found = run_stats(tmp_path)["ledger"]["filters"]
    assert {name: one["caught"] for name, one in found.items()} == {"length": 0, "length_instruction": 1}


def test_without_kept_verdicts_there_is_no_ledger(tmp_path: Path) -> None:
    put(tmp_path, "examples", row(output='{"verdicts":{}}'))
    assert run_stats(tmp_path)["ledger"] is None


def test_a_damaged_row_is_named(tmp_path: Path) -> None:
    put(tmp_path, "examples", kept())
    (tmp_path / "rejected.jsonl").write_text('{"verdicts":{"length"\n')
    with pytest.raises(DataError, match=r"rejected\.jsonl"):
        run_stats(tmp_path)


def test_the_tables_show_funnel_overlap_and_time(tmp_path: Path) -> None:
    manifest(tmp_path)
    put(tmp_path, "rejected", thrown("length", length=REJECT, echo=REJECT), thrown("echo", echo=REJECT))
    lines = [line.split() for line in render(run_stats(tmp_path), 100, STACK).splitlines()]
    assert ["filter", "came", "rejected", "share", "caught", "only", "it", "ms"] in lines
    assert ["echo", "1", "1", "50.0%", "2", "1", "250.0"] in lines
    assert ["echo", "and", "length", "1"] in lines
