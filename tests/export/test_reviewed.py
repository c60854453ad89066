"""Exports with reviews: what is withdrawn, restored and edited, in each format."""

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from iftgen.errors import UserError
from iftgen.export import FORMATS, Applied, export_dataset, export_run
from iftgen.store.reviews import Edit, Judgement, Review, append_review
from tests.export.test_export import TALK, example

VERDICT = {"stage": "response", "filter": "length", "reason": "too short", "score": 1.0, "threshold": 2.0}
EDIT = Edit(instruction="Q?", input="I", output="A!")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with the rows 0, 2 and 4 accepted, 1, 3 and 5 rejected; 5 has no response."""
    accepted = [example(0), example(2, input="é"), example(4)]
    rejected = [example(1, verdict=VERDICT), example(3, verdict=VERDICT), example(5, output="", verdict=VERDICT)]
    for kind, rows in (("examples", accepted), ("rejected", rejected)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / f"{kind}.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def say(run: Path, index: int, verdict: Judgement | None, edit: Edit | None = None, reviewer: str = "ann") -> None:
    kind: Any = "rejected" if index % 2 else "examples"
    append_review(run, Review(1.0, reviewer, f"id{index}", index, kind, verdict, "", edit))


def exported(run: Path, **options: Any) -> tuple[list[tuple[str, str, str]], Applied]:
    """The texts in the order of the export, and what the reviews changed."""
    written = export_run(run, run / "export", ["alpaca_jsonl"], **options)
    rows = [json.loads(line) for line in written.paths[0].read_text(encoding="utf-8").splitlines()]
    return [(row["instruction"], row["input"], row["output"]) for row in rows], written.applied


def contents(paths: list[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def test_without_reviews_the_bytes_are_those_of_the_accepted_rows(run: Path) -> None:
    plain = export_dataset(run / "examples.jsonl", run / "plain", list(FORMATS))
    written = export_run(run, run / "export", list(FORMATS))
    assert contents(written.paths) == contents(plain)
    assert (written.applied, written.applied.lines()) == (Applied(), [])


def test_reviews_that_change_nothing_change_no_byte(run: Path) -> None:
    plain = export_dataset(run / "examples.jsonl", run / "plain", list(FORMATS))
    for index in (0, 2, 4):
        say(run, index, "good")
    say(run, 1, "bad")
    say(run, 3, "skip")
    assert contents(export_run(run, run / "export", list(FORMATS)).paths) == contents(plain)


def test_bad_rows_go_and_restored_rows_come_in_at_their_index(run: Path) -> None:
    say(run, 2, "bad")
    say(run, 1, "good")
    say(run, 3, "good")
    texts, applied = exported(run)
    assert [text[0] for text in texts] == ["q0", "q1", "q3", "q4"]
    assert applied == Applied(withdrawn=1, restored=2)
    assert applied.lines() == [
        "reviews applied: 1 withdrawn, 2 restored, 0 edited (--reviews ignore exports the run's own judgement)"
    ]


def test_reviews_can_be_ignored(run: Path) -> None:
    say(run, 2, "bad")
    texts, applied = exported(run, reviews=False)
    assert [text[0] for text in texts] == ["q0", "q2", "q4"]
    assert applied == Applied()


def test_an_undone_verdict_and_a_tie_leave_the_judgement_of_the_run(run: Path) -> None:
    say(run, 0, "bad")
    say(run, 0, None)
    say(run, 2, "bad", reviewer="ann")
    say(run, 2, "good", reviewer="ben")
    say(run, 1, "good", reviewer="ann")
    say(run, 1, "bad", reviewer="ben")
    assert [text[0] for text in exported(run)[0]] == ["q0", "q2", "q4"]


def test_a_restored_row_needs_a_response_which_an_edit_may_give(run: Path) -> None:
    say(run, 5, "good")
    texts, applied = exported(run)
    assert (len(texts), applied) == (3, Applied(unanswered=1))
    assert applied.lines()[0].startswith("1 left out: rejected rows that were judged good but have no")
    say(run, 5, "good", EDIT)
    texts, applied = exported(run)
    assert (texts[-1], applied) == (("Q?", "I", "A!"), Applied(restored=1, edited=1))


def test_reviews_of_another_run_are_told(run: Path) -> None:
    say(run, 8, "bad")
    _, applied = exported(run)
    assert applied == Applied(unknown=1)
    assert applied.lines() == ["1 of the reviewed rows are not in this run: is reviews.jsonl from another one?"]


def test_an_edit_is_in_each_format(run: Path) -> None:
    say(run, 2, "good", EDIT)
    texts = {path.name: path for path in export_run(run, run / "export", list(FORMATS)).paths}
    line = {name: path.read_text(encoding="utf-8").splitlines()[1] for name, path in texts.items() if "jsonl" in name}
    assert json.loads(texts["alpaca.json"].read_text())[1] == {"instruction": "Q?", "input": "I", "output": "A!"}
    assert json.loads(line["alpaca.jsonl"]) == {"instruction": "Q?", "input": "I", "output": "A!"}
    assert [turn["content"] for turn in json.loads(line["messages.jsonl"])["messages"]] == ["Q?\n\nI", "A!"]
    assert [turn["value"] for turn in json.loads(line["sharegpt.jsonl"])["conversations"]] == ["Q?\n\nI", "A!"]
    assert json.loads(line["prompt_completion.jsonl"]) == {"prompt": "Q?\n\nI", "completion": "A!"}
    with texts["dataset.csv"].open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    frame = pl.read_parquet(texts["dataset.parquet"]).to_dicts()
    for row in (table[1], frame[1]):
        assert (row["id"], row["instruction"], row["input"], row["output"]) == ("id2", "Q?", "I", "A!")
    assert [int(row["index"]) for row in table] == [row["index"] for row in frame] == [0, 2, 4]


def talk(folder: Path, kind: str, **values: Any) -> None:
    row = example(0, instruction="Hi", output="Ciao", messages=TALK, **values)
    for name in ("examples", "rejected"):
        (folder / f"{name}.jsonl").write_text(json.dumps(row) + "\n" if name == kind else "")


def turns(run: Path) -> list[str]:
    (path,) = export_run(run, run / "export", ["messages"]).paths
    return [turn["content"] for turn in json.loads(path.read_text())["messages"]]


def test_of_a_conversation_the_first_question_and_the_last_reply_follow_the_edit(tmp_path: Path) -> None:
    talk(tmp_path, "examples")
    say(tmp_path, 0, "good", Edit(instruction="Hey", input="", output="Bye-bye"))
    assert turns(tmp_path) == ["Hey", "Hello", "Bye", "Bye-bye"]
    say(tmp_path, 0, "good", Edit(instruction="Hi", input="", output="So long"))
    assert turns(tmp_path) == ["Hi", "Hello", "Bye", "So long"]


def test_a_conversation_without_a_last_reply_gets_that_of_the_edit(tmp_path: Path) -> None:
    talk(tmp_path, "rejected", verdict=VERDICT)
    row = json.loads((tmp_path / "rejected.jsonl").read_text())
    (tmp_path / "rejected.jsonl").write_text(json.dumps({**row, "messages": TALK[:3], "output": ""}) + "\n")
    say(tmp_path, 0, "good")
    assert export_run(tmp_path, tmp_path / "export", ["messages"]).applied == Applied(unanswered=1)
    say(tmp_path, 0, "good", Edit(instruction="Hi", input="", output="Ciao!"))
    assert turns(tmp_path) == ["Hi", "Hello", "Bye", "Ciao!"]


def test_a_torn_last_line_of_each_row_file_is_left_out(run: Path) -> None:
    for kind in ("examples", "rejected"):
        with (run / f"{kind}.jsonl").open("a") as file:
            file.write('{"id": "id1", "index": 9, "inst')
    say(run, 1, "good")
    assert [text[0] for text in exported(run)[0]] == ["q0", "q1", "q2", "q4"]


def test_a_missing_row_file_has_no_rows(run: Path) -> None:
    say(run, 0, "bad")
    (run / "rejected.jsonl").unlink()
    assert [text[0] for text in exported(run)[0]] == ["q2", "q4"]
    (run / "examples.jsonl").unlink()
    assert exported(run)[0] == []


def test_an_unknown_format_is_refused_with_reviews_too(run: Path) -> None:
    say(run, 0, "bad")
    with pytest.raises(UserError, match="parket"):
        export_run(run, run / "export", ["parket"])
    assert not (run / "export").exists()
