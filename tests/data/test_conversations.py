"""Conversations: which turns make a row, and why others do not."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.data.files import lenient, lines, put

U, A, S = (
    {"role": role, "content": text} for role, text in (("user", "Hi?"), ("assistant", "Hello."), ("system", "Be."))
)


def turns(*told: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"messages": list(told), **more}


def read(tmp_path: Path, *records: Any) -> Any:
    return lenient(put(tmp_path, "a.jsonl", lines(records)))


def test_one_turn_is_a_pair_and_several_are_messages(tmp_path: Path) -> None:
    more = {"role": "user", "content": "And?"}
    last = {"role": "assistant", "content": "So."}
    pair, talk, open_ = read(tmp_path, turns(S, U, A, id=1), turns(U, A, more, last), turns(U))
    assert (pair.instruction, pair.output, pair.system, pair.messages) == ("Hi?", "Hello.", "Be.", [])
    assert pair.extra == {"id": 1}
    assert (talk.instruction, talk.output, talk.messages) == ("Hi?", "So.", [U, A, more, last])
    assert (open_.instruction, open_.output, open_.problem) == ("Hi?", None, "")


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ([], "the conversation has no turns"),
        ([S], "the conversation has no turns"),
        ([A, U], "turn 1 of the conversation is by the assistant, but the user is due"),
        ([U, U, A], "turn 2 of the conversation is by the user, but the assistant is due"),
        ([U, A, U], "the conversation ends with a turn of the user that has no reply"),
        ([U, A, S, U, A], "turn 3 of the conversation is a system prompt in its middle"),
        ([U, {"role": "tool", "content": "x"}], "turn 2 of the conversation is by 'tool', not by user or assistant"),
        ([U, {"role": "assistant", "content": None}], "turn 2 of the conversation holds no text"),
        ([U, {"role": "assistant", "content": " "}, U, A], "turn 2 of the conversation is empty"),
        ([{"role": "user", "content": ""}, A], "the row has no instruction"),
        ([{"role": "user", "content": [{"type": "image_url"}]}, A], "turn 1 of the conversation holds no text"),
    ],
)
def test_turns_that_make_no_row(tmp_path: Path, told: list[dict[str, Any]], problem: str) -> None:
    _, row = read(tmp_path, turns(U, A), turns(*told, id=3))
    assert row.problem == problem
    assert row.extra == {"messages": told, "id": 3}


def test_an_empty_last_reply_is_an_empty_response(tmp_path: Path) -> None:
    (row,) = read(tmp_path, turns(U, {"role": "assistant", "content": ""}))
    assert (row.output, row.problem) == ("", "")


def test_parts_of_text_are_joined(tmp_path: Path) -> None:
    parts = [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]
    (row,) = read(tmp_path, {"messages": [{"role": "user", "content": parts}, A]})
    assert row.instruction == "One.\nTwo."


def test_the_conversation_rules_over_columns_that_say_it_again(tmp_path: Path) -> None:
    record = turns(U, A, prompt="Hi?", prompt_id="p", system="Be kind.")
    (row,) = read(tmp_path, record)
    assert (row.instruction, row.system, row.extra) == ("Hi?", "Be kind.", {"prompt_id": "p"})
    (row,) = read(tmp_path, {**record, "prompt": "another"})
    assert row.extra == {"prompt": "another", "prompt_id": "p"}


def test_an_empty_list_of_turns_leaves_the_columns_to_speak(tmp_path: Path) -> None:
    (row,) = read(tmp_path, {"instruction": "Hi?", "output": "Hello.", "messages": []})
    assert (row.instruction, row.output, row.extra) == ("Hi?", "Hello.", {})


def test_a_table_holds_turns_as_json_text(tmp_path: Path) -> None:
    text = json.dumps([U, A]).replace('"', '""')
    (row,) = lenient(put(tmp_path, "a.csv", f'id,messages\n1,"{text}"\n'))
    assert (row.instruction, row.output) == ("Hi?", "Hello.")
