"""Tables for the terminal: aligned, cut to the width, and safe to print."""

import json
from pathlib import Path

import pytest

from iftgen.stats import render, run_stats
from iftgen.stats.tables import columns, cut, plain, table


def test_a_table_aligns_its_columns() -> None:
    assert table(("task", "accepted"), [("a", 1), ("bcd", 1234)], 40) == (
        "task  accepted\n──────────────\na            1\nbcd      1,234"
    )
    assert table(("task", "accepted"), [], 40) == ""


@pytest.mark.parametrize(
    "name",
    ["customer_support/refunds/partial", "数据清洗与可视化任务名", "e\u0301" * 40, "\U0001f680\u200d crew of a ship"],
)
def test_long_and_wide_names_are_cut_to_the_width(name: str) -> None:
    lines = table(("task", "accepted"), [(name, 1), ("b", None)], 24).splitlines()
    assert {columns(line) for line in lines} == {24}
    assert "…" in lines[2]
    assert lines[3].endswith("-")


def test_cut_counts_columns_and_not_characters() -> None:
    assert (cut("abc", 3), cut("abcd", 3), cut("数据清", 5), cut("数据清洗", 6)) == ("abc", "ab…", "数据…", "数据…")


def test_text_cannot_steer_the_terminal() -> None:
    assert plain("a\x1b[31m\nb\u202ec\x07") == "a\\x1b[31m b\\u202ec\\x07"


def test_render_shows_every_part_and_keeps_the_width(tmp_path: Path) -> None:
    row = {"task": "coding/" + "x" * 80, "instruction": "a b", "output": "c", "attributes": {}, "cost_usd": 0.0002}
    bad = {**row, "verdict": {"filter": "length", "reason": "\x1b[2J" + "long " * 40}}
    many = [{**row, "attributes": {"persona": f"p{n:02}"}} for n in range(15)]
    for name, rows in (("examples", [row, *many]), ("rejected", [bad])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in rows))
    text = render(run_stats(tmp_path), 60)
    assert max(map(columns, text.splitlines())) <= 60
    assert "\x1b" not in text
    assert "accepted         16 (94.1%)" in text
    assert "cost             $0.0034" in text
    assert "p11" in text and "p12" not in text and "… and 3 more" in text
    assert all(word in text for word in ("category", "filter", "reason", "distinct-1, -2", "median"))


def test_render_of_an_empty_run_is_its_summary(tmp_path: Path) -> None:
    assert render(run_stats(tmp_path), 80).startswith("candidates       0\naccepted         0 (-)\n")
