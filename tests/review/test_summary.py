"""The summary: precision by group, conflicts, recurring reasons, and the sentences on what is wrong."""

import dataclasses
import json
from pathlib import Path

import pytest

from iftgen.review import Summary, sample, summarize
from iftgen.review.reasons import normal
from iftgen.store.items import Item
from iftgen.store.reviews import Review, append_review
from tests.review.rows import put, say

RUN = ["math/sums"] * 40 + ["math/proofs"] * 20 + ["chat"] * 40
LOST = [("math/sums", "length")] * 20 + [("chat", "echo")] * 20 + [("chat", "quota")] * 10


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of 100 accepted and 50 rejected rows."""
    put(tmp_path, RUN, LOST)
    return tmp_path


def of(run: Path, task: str = "", filter: str = "", count: int = 8) -> list[Item]:
    """Some rows of a task (accepted) or of a filter (rejected)."""
    items = sample(run, 1000)
    return [item for item in items if (item.filter == filter if filter else not item.filter and item.task == task)][
        :count
    ]


def found(run: Path) -> str:
    return "\n".join(summarize(run).findings)


def test_precision_is_counted_by_outcome_filter_task_and_category(run: Path) -> None:
    say(run, "ann", of(run, "math/sums", count=4), "good", "good", "good", "bad")
    say(run, "ann", of(run, "chat", count=2), "bad", "skip")
    say(run, "ann", of(run, filter="length", count=3), "bad", "bad", "good")
    summary = summarize(run)
    assert (summary.accepted.hits, summary.accepted.reviewed) == (3, 5)
    assert (summary.rejected.hits, summary.rejected.reviewed) == (2, 3)
    assert {name: (share.hits, share.reviewed) for name, share in summary.filters.items()} == {
        "echo": (0, 0), "length": (2, 3), "quota": (0, 0),
    }  # fmt: skip
    accepted = {name: (o.accepted.hits, o.accepted.reviewed, o.reviewed) for name, o in summary.tasks.items()}
    assert accepted == {"chat": (0, 1, 1), "math/proofs": (0, 0, 0), "math/sums": (3, 4, 7)}
    assert {name: o.accepted.reviewed for name, o in summary.categories.items()} == {"chat": 1, "math": 4}
    assert summary.sizes == {"examples": 100, "rejected": 50}


def test_estimates_are_weighted_by_tasks_or_by_categories_where_tasks_are_missing(run: Path) -> None:
    say(run, "ann", of(run, "chat", count=2), "good")
    say(run, "ann", of(run, "math/sums", count=1), "bad")
    by_category = summarize(run).accepted
    assert (by_category.strata, by_category.covered) == ("category", 1.0)
    assert by_category.weighted == pytest.approx(0.4)
    say(run, "ann", of(run, "math/proofs", count=1), "good")
    by_task = summarize(run).accepted
    assert (by_task.strata, by_task.share) == ("task", 0.75)
    assert by_task.weighted == pytest.approx(0.6)


def test_rejections_for_want_of_room_are_not_counted_as_judgements_of_quality(run: Path) -> None:
    say(run, "ann", of(run, filter="quota"), "good")
    summary = summarize(run)
    assert summary.rejected.reviewed == 0
    assert summary.filters["quota"].reviewed == 8
    assert "quota" not in found(run)


def test_a_conflict_goes_by_majority_and_a_tie_is_left_out(run: Path) -> None:
    first, second, third = of(run, "chat", count=3)
    say(run, "ann", [first, second, third], "good")
    say(run, "ben", [first, second, third], "good", "bad", "bad")
    say(run, "cem", [second], "bad")
    summary = summarize(run)
    assert (summary.accepted.hits, summary.accepted.reviewed) == (1, 2)
    assert (summary.agreement.conflicts, summary.agreement.ties) == (2, 1)
    assert [(pair.first, pair.second, pair.rows) for pair in summary.agreement.pairs] == [
        ("ann", "ben", 3), ("ann", "cem", 1), ("ben", "cem", 1),
    ]  # fmt: skip


def test_progress_is_told_by_reviewer_without_what_was_undone(run: Path) -> None:
    items = of(run, "chat", count=4)
    say(run, "Zoë", items, "good", "bad", "skip", "good")
    edit = {"instruction": "i", "input": "", "output": "o"}
    row = items[0]
    append_review(run, Review(9.0, "Zoë", row.id, row.index, row.kind, "good", edit=edit))  # type: ignore[arg-type]
    append_review(run, Review(9.5, "Zoë", items[1].id, items[1].index, "examples", None))
    (name, done), = summarize(run).reviewers.items()  # fmt: skip
    assert (name, done.good, done.bad, done.skip, done.edited, done.last) == ("Zoë", 2, 0, 1, 1, 9.0)


def test_a_filter_that_rejects_good_rows_is_named(run: Path) -> None:
    say(run, "ann", of(run, filter="echo"), "good")
    say(run, "ann", of(run, filter="length"), "bad")
    assert "echo: 8 of the 8 rejections that were reviewed should have been accepted (95% interval 68% to" in found(run)
    assert "length" not in found(run)


def test_a_task_whose_accepted_rows_are_bad_is_named_and_not_its_category_too(run: Path) -> None:
    say(run, "ann", of(run, "math/sums"), "bad")
    say(run, "ann", of(run, "chat"), "good")
    assert "math/sums: 8 of the 8 accepted rows that were reviewed are bad" in found(run)
    assert "all of math" not in found(run)


def test_a_category_is_named_where_no_task_of_it_has_enough_reviews(run: Path) -> None:
    for task in ("math/sums", "math/proofs"):
        say(run, "ann", of(run, task, count=4), "bad")
    say(run, "ann", of(run, "chat"), "good")
    assert found(run).startswith("all of math: 8 of the 8 accepted rows")


def test_a_group_well_below_the_others_is_named_though_half_of_it_is_right(run: Path) -> None:
    say(run, "ann", of(run, "math/sums", count=20), *["good", "bad"] * 10)  # type: ignore[arg-type]
    assert "math/sums" not in found(run)
    say(run, "ann", of(run, "chat", count=40), "good")
    assert "math/sums: 10 of the 20 accepted rows" in found(run)


def test_nothing_is_said_of_groups_with_few_reviews(run: Path) -> None:
    say(run, "ann", of(run, filter="echo", count=4), "good")
    assert found(run).startswith("Too few reviews")
    say(run, "ann", of(run, "chat"), "good")
    assert found(run).startswith("Nothing stands out as systematically wrong; 1 of 4 filters and categories")


def test_little_agreement_is_told(run: Path) -> None:
    items = of(run, "chat", count=12)
    say(run, "ann", items, *["good", "bad"] * 6)  # type: ignore[arg-type]
    say(run, "ben", items, *["bad", "good", "good"] * 4)  # type: ignore[arg-type]
    assert "The reviewers agree little (mean kappa" in found(run)


def test_reasons_are_counted_in_their_normal_form_with_where_they_stand_out(run: Path) -> None:
    say(run, "ann", of(run, filter="length", count=3), "good", reason="Fine as  it is.")
    say(run, "ben", of(run, filter="length", count=2), "good", reason="fine as it is")
    say(run, "ann", of(run, "chat", count=9), "good")
    say(run, "ben", of(run, "chat", count=1), "bad", reason="Wrong!")
    first, second = summarize(run).reasons
    assert (first.reason, first.count, first.filters, first.tasks) == (
        "fine as it is", 5, {"length": 5}, {"math/sums": 5},
    )  # fmt: skip
    assert (second.reason, second.count, second.tasks) == ("wrong", 1, {})


def test_a_reason_that_comes_up_everywhere_stands_out_nowhere(run: Path) -> None:
    for name in ("length", "echo"):
        say(run, "ann", of(run, filter=name, count=4), "bad", reason="too long")
    say(run, "ann", of(run, "math/sums", count=4), "bad", reason="too long")
    (reason,) = summarize(run).reasons
    assert (reason.count, reason.filters, reason.tasks) == (12, {}, {})


def test_the_normal_form_keeps_the_words() -> None:
    assert normal("  It's NOT\n\tright... ") == "it's not right"
    assert normal(" ?! ") == ""


def test_reviews_of_rows_that_are_not_there_are_counted(run: Path) -> None:
    append_review(run, Review(1.0, "ann", "of another run", 3, "examples", "bad", "why"))
    summary = summarize(run)
    assert (summary.unknown, summary.accepted.reviewed, summary.reasons) == (1, 0, [])


def test_the_summary_is_json_and_an_empty_folder_has_one(run: Path, tmp_path: Path) -> None:
    say(run, "ann", of(run, filter="length"), "bad", reason="short")
    for folder in (run, tmp_path / "none"):
        names = {field.name for field in dataclasses.fields(Summary)}
        assert set(json.loads(json.dumps(dataclasses.asdict(summarize(folder))))) == names
