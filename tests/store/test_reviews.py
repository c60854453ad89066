"""Reviews: what is appended, what of it counts, and how several reviewers decide."""

import fcntl
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import RunError
from iftgen.store.reviews import Decision, Edit, Judgement, Review, append_review, decide, latest, read_reviews

EDIT = Edit(instruction="Say it.", input="", output="It.")


def review(reviewer: str, verdict: Judgement | None, row: int = 0, **values: Any) -> Review:
    return Review(1.5, reviewer, f"id{row}", row, "examples", verdict, **values)


def test_what_is_appended_is_read_again(tmp_path: Path) -> None:
    said = [
        review("ann", "good", edit=EDIT),
        review("Zoë", "bad", 1, reason='a "reason"\n\u2028\u001b'),
        review("b", None),
    ]
    for each in said:
        append_review(tmp_path, each)
    assert read_reviews(tmp_path) == said
    entry = json.loads((tmp_path / "reviews.jsonl").read_text(encoding="utf-8").split("\n")[0])
    assert entry == {
        "time": 1.5, "reviewer": "ann", "id": "id0", "index": 0, "kind": "examples", "verdict": "good", "reason": "",
        "edit": {"instruction": "Say it.", "input": "", "output": "It."},
    }  # fmt: skip


def test_no_file_is_no_review_and_a_lost_folder_is_an_error(tmp_path: Path) -> None:
    assert read_reviews(tmp_path) == []
    with pytest.raises(RunError, match=r"reviews\.jsonl: the review cannot be written \(No such file"):
        append_review(tmp_path / "gone", review("ann", "good"))


def test_half_a_surrogate_is_written_and_read(tmp_path: Path) -> None:
    append_review(tmp_path, review("ann", "bad", reason="odd \ud83d"))
    assert [each.reason for each in read_reviews(tmp_path)] == ["odd \ud83d"]


@pytest.mark.parametrize("torn", [b'{"time":1,"reviewer":"ben","id":"id', b'"\xc3', b"{}"])
def test_a_torn_last_line_does_not_swallow_the_next_review(tmp_path: Path, torn: bytes) -> None:
    append_review(tmp_path, review("ann", "good"))
    with (tmp_path / "reviews.jsonl").open("ab") as file:
        file.write(torn)
    assert read_reviews(tmp_path) == [review("ann", "good")]
    append_review(tmp_path, review("ann", "bad", 1))
    assert read_reviews(tmp_path) == [review("ann", "good"), review("ann", "bad", 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "great"},
        {"verdict": ["good"]},
        {"kind": "failed"},
        {"index": "0"},
        {"id": None},
        {"reviewer": 3},
        {"time": "now"},
        {"edit": {"instruction": "only"}},
        {"edit": "text"},
    ],
    ids=str,
)
def test_foreign_lines_are_left_out(tmp_path: Path, changes: dict[str, Any]) -> None:
    append_review(tmp_path, review("ann", "good"))
    path = tmp_path / "reviews.jsonl"
    entry = json.loads(path.read_text())
    path.write_text(json.dumps({**entry, **changes}) + "\n[1]\nnull\n\n" + json.dumps({**entry, "later": 1}) + "\n")
    assert read_reviews(tmp_path) == [review("ann", "good")]


def test_several_processes_append_at_once(tmp_path: Path) -> None:
    names, count = ("ann", "ben", "cem"), 40
    command = [sys.executable, "-m", "tests.store.reviewer", str(tmp_path)]
    writers = [subprocess.Popen([*command, name, str(count)], stdin=subprocess.PIPE, text=True) for name in names]
    for writer in writers:
        writer.communicate("go\n", timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    found = read_reviews(tmp_path)
    for name in names:
        assert [each.index for each in found if each.reviewer == name] == list(range(count))
    assert len(found) == len(names) * count == (tmp_path / "reviews.jsonl").read_bytes().count(b"\n")


def test_an_append_waits_for_the_one_that_is_under_way(tmp_path: Path) -> None:
    append_review(tmp_path, review("ann", "good"))
    whole = (tmp_path / "reviews.jsonl").read_bytes()
    writer = threading.Thread(target=append_review, args=(tmp_path, review("ben", "bad")))
    with (tmp_path / "reviews.jsonl").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(whole[:20])
        file.flush()
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        file.write(whole[20:])
    writer.join(10)
    assert read_reviews(tmp_path) == [review("ann", "good"), review("ann", "good"), review("ben", "bad")]


def test_the_last_verdict_of_a_reviewer_counts_and_an_undone_one_does_not() -> None:
    said = [review("ann", "good"), review("ann", "bad", 1), review("ben", "good"), review("ann", "bad")]
    assert latest(said) == {("ann", "id1"): said[1], ("ben", "id0"): said[2], ("ann", "id0"): said[3]}
    undone = [*said, review("ann", None), review("ben", None, 7)]
    assert list(latest(undone)) == [("ann", "id1"), ("ben", "id0")]
    assert ("ann", "id0") in latest([*undone, review("ann", "skip")])


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["good"], ("good", 1, 0)),
        (["good", "bad", "bad"], ("bad", 1, 2)),
        (["good", "bad"], (None, 1, 1)),
        (["good", "bad", "skip"], (None, 1, 1)),
        (["good", "skip"], ("good", 1, 0)),
        (["skip"], (None, 0, 0)),
        (["good", "bad", "good", "bad", "good"], ("good", 3, 2)),
    ],
)
def test_the_majority_decides_and_a_tie_leaves_it_to_the_run(
    verdicts: list[Judgement], expected: tuple[Any, ...]
) -> None:
    decision = decide([review(f"r{number}", verdict) for number, verdict in enumerate(verdicts)])["id0"]
    assert (decision.verdict, decision.good, decision.bad) == expected
    assert decision.divided == (decision.good > 0 and decision.bad > 0)


def test_a_row_whose_verdicts_are_all_undone_has_no_decision() -> None:
    assert decide([review("ann", "bad"), review("ann", None)]) == {}


def test_the_latest_edit_of_the_winning_side_is_taken() -> None:
    other = Edit(instruction="Other.", input="", output="O.")
    said = [review("ann", "good", edit=EDIT, reason="fine"), review("ben", "good", edit=other), review("cem", "good")]
    assert decide(said)["id0"] == Decision("good", 3, 0, other, ("fine",))
    again = [*said, review("ann", "good", edit=EDIT)]
    assert decide(again)["id0"].edit == EDIT
    lost = [review("ann", "good", edit=EDIT), review("ben", "bad"), review("cem", "bad", edit=other)]
    assert decide(lost)["id0"] == Decision("bad", 1, 2)
    tied = [review("ann", "good", edit=EDIT), review("ben", "bad")]
    assert decide(tied)["id0"].edit is None
