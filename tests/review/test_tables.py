"""The tables of a review: what stands in them, their width, and that no text can steer the terminal."""

from pathlib import Path

import pytest

from iftgen.review import render, sample, summarize
from iftgen.stats.tables import columns
from tests.review.rows import put, say


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that two reviewers judged in part."""
    put(tmp_path, ["数据清洗/可视化任务名"] * 12 + ["chat"] * 12, [("chat", "length")] * 12)
    items = sample(tmp_path, 36)
    say(tmp_path, "ann", items, *["good", "bad", "bad"] * 12, reason="\x1b[31mtoo red\n" + "long " * 40)  # type: ignore[arg-type]
    say(tmp_path, "Zoë", items[:9], "good")
    return tmp_path


@pytest.mark.parametrize("width", [80, 100, 140])
def test_no_line_is_wider_than_the_terminal(run: Path, width: int) -> None:
    text = render(summarize(run), width)
    assert max(map(columns, text.splitlines())) <= width
    assert "\x1b" not in text


def test_every_part_is_shown(run: Path) -> None:
    text = render(summarize(run), 120)
    for words in ("accepted, judged good", "rejections of filter", "category", "reviewer", "Zoë, ann", "too red"):
        assert words in text
    assert "rows in conflict: 6; tied, so that the run's own judgement stands: 6" in text


def test_estimates_from_part_of_the_run_are_marked(tmp_path: Path) -> None:
    put(tmp_path, ["a"] * 50 + ["b"] * 50)
    items = sample(tmp_path, 100)
    say(tmp_path, "ann", [item for item in items if item.task == "a"], "good")
    line = next(line for line in render(summarize(tmp_path)).splitlines() if line.startswith("accepted, judged"))
    assert line.endswith("100% *")
    say(tmp_path, "ann", [item for item in items if item.task == "b"], "bad")
    line = next(line for line in render(summarize(tmp_path)).splitlines() if line.startswith("accepted, judged"))
    assert line.split() == ["accepted,", "judged", "good", "100", "100", "50", "50%", "40%", "to", "60%", "50%"]


def test_without_reviews_the_way_to_some_is_told(tmp_path: Path) -> None:
    put(tmp_path, ["a"] * 1200, [("a", "length")])
    assert render(summarize(tmp_path), 200) == (
        "No reviews yet of 1,200 accepted and 1 rejected rows. `iftgen review` in a terminal shows a sample of them to "
        "judge.\n"
    )
