"""The rows of a run folder, as they can be judged again."""

from pathlib import Path
from typing import Any

import pytest

from iftgen.data import Row
from iftgen.errors import DataError
from tests.data.files import lenient, lines, put


def row(index: int, **changes: Any) -> dict[str, Any]:
    """A row as a run writes it."""
    made = {
        "id": f"id{index}", "index": index, "instruction": f"Ask {index}.", "input": "", "output": f"Told {index}.",
        "system": "", "messages": [], "task": "math/sums", "attributes": {"style": "plain"}, "method": "taxonomy",
        "parents": ["seed-1"], "scores": {"length": 3}, "alternatives": [], "history": [], "tests": None,
        "models": {"response": "m"}, "calls": ["k"], "usage": {"calls": 1}, "cost_usd": 0.1, "extra": {},
    }  # fmt: skip
    return {**made, **changes}


def verdict(filter: str, stage: str = "response", reason: str = "no") -> dict[str, str]:
    return {"filter": filter, "stage": stage, "reason": reason}


def folder(path: Path, accepted: list[Any], rejected: list[Any]) -> Path:
    put(path, "examples.jsonl", lines(accepted))
    put(path, "rejected.jsonl", lines(rejected))
    return path


def test_accepted_and_rejected_rows_come_in_order_of_index(tmp_path: Path) -> None:
    rows = lenient(folder(tmp_path, [row(0), row(3), row(4)], [row(1), row(5), row(6)]))
    assert [row.instruction for row in rows] == [f"Ask {n}." for n in (0, 1, 3, 4, 5, 6)]
    assert len(lenient(tmp_path, format="run")) == 6
    (tmp_path / "examples.jsonl").unlink()
    assert [row.instruction for row in lenient(tmp_path)] == ["Ask 1.", "Ask 5.", "Ask 6."]


def test_what_belongs_to_the_row_is_taken_over_and_what_belongs_to_its_run_is_not(tmp_path: Path) -> None:
    notes = {"topic": "tea", "template": True, "reply": "raw", "merged": {"run": "x"}}
    (found,) = lenient(folder(tmp_path, [row(4, extra={"source": "me", "iftgen": notes})], []))
    assert found == Row(
        1, "Ask 4.", output="Told 4.", task="math/sums", topic="tea",
        carried={"attributes": {"style": "plain"}, "method": "taxonomy", "parents": ["seed-1"], "template": True},
        extra={"source": "me", "iftgen": {"merged": {"run": "x"}, "judged": {"id": "id4", "index": 4}}},
    )  # fmt: skip


def test_notes_on_the_row_of_a_file_are_the_users(tmp_path: Path) -> None:
    given = [row(0, method="file", extra={"iftgen": {"template": True}}), row(1, method="file", extra={"iftgen": 5})]
    first, second = lenient(folder(tmp_path, given, []))
    assert first.extra == {"iftgen": {"template": True, "judged": {"id": "id0", "index": 0}}}
    assert (first.carried["template"], second.extra) == (False, {"iftgen": 5})


def test_what_only_the_replies_told_is_carried(tmp_path: Path) -> None:
    told = row(0, scores={"logprob_instruction": -1.5, "logprob": -0.2, "agreement": 0.3, "echo": 0.1})
    cut = row(1, verdict=verdict("truncated", reason="the response was cut off at the token limit"))
    first, second = lenient(folder(tmp_path, [told], [cut]))
    expected = {"instruction_logprob": -1.5, "response_logprob": -0.2, "scores": {"agreement": 0.3}}
    assert expected.items() <= first.carried.items()
    assert second.carried["finish_reason"] == "length"


def test_what_no_filter_decided_stays_decided(tmp_path: Path) -> None:
    parse = row(0, instruction="", output="", verdict=verdict("parse", "instruction", "the reply held 0 of 1"))
    recipe = row(1, output="", verdict=verdict("recipe", "response", "its own topic"))
    early = row(2, output="", verdict=verdict("length", "instruction"))
    answer = row(3, verdict=verdict("answer", reason="the programs disagree"))
    rows = lenient(folder(tmp_path, [], [parse, recipe, early, answer]))
    assert [row.problem for row in rows] == ["the reply held 0 of 1", "its own topic", "", ""]
    assert [row.carried.get("problem_filter") for row in rows] == ["parse", "recipe", None, None]
    assert [row.unasked for row in rows] == ["parse", "", "length", ""]
    assert [row.unusable for row in rows] == ["", "", "", "the programs disagree"]


def test_a_torn_last_line_is_left_out_and_other_damage_is_an_error(tmp_path: Path) -> None:
    folder(tmp_path, [row(0), row(1)], [])
    with (tmp_path / "examples.jsonl").open("a") as file:
        file.write('{"index": 2, "instr')
    assert len(lenient(tmp_path)) == 2
    with (tmp_path / "examples.jsonl").open("a") as file:
        file.write("\n" + lines([row(3)]))
    with pytest.raises(DataError, match=r"examples.jsonl, line 3: no row of a run"):
        lenient(tmp_path)


@pytest.mark.parametrize("rows", [[row(1), row(0)], [row(0), row(0)], [{"index": 0}], ["text"], [{"instruction": "a"}]])
def test_rows_that_are_none_of_a_run_are_an_error(tmp_path: Path, rows: list[Any]) -> None:
    with pytest.raises(DataError, match="the file was damaged"):
        lenient(folder(tmp_path, rows, []))


def test_a_half_character_in_a_row_is_a_problem_of_that_row(tmp_path: Path) -> None:
    rows = lenient(folder(tmp_path, [row(0, output="a\ud83d"), row(1)], []))
    assert [bool(row.problem) for row in rows] == [True, False]
