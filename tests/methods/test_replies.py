"""Instructions are read from whatever shape a chat model gives them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.methods.replies import Proposal, read_proposals

A, B = Proposal("Name a fruit."), Proposal("Sort the list.", "b, a")
OBJECTS = [{"instruction": "Name a fruit.", "input": ""}, {"instruction": "Sort the list.", "input": "b, a"}]
ARRAY = json.dumps(OBJECTS)


@pytest.mark.parametrize(
    "reply",
    [
        ARRAY,
        json.dumps(OBJECTS, indent=2),
        f"```json\n{ARRAY}\n```",
        f"```\n{ARRAY}\n```\nI hope this helps!",
        f"Sure! Here are two instructions:\n\n{ARRAY}\n\nLet me know.",
        f"```json\n{ARRAY}",
        json.dumps({"instructions": OBJECTS}),
        "\n".join(json.dumps(entry) for entry in OBJECTS),
        ARRAY[:-1],
        ARRAY[:-1] + ', {"instruction": "Write a po',
        ARRAY.replace("}]", "},]"),
        ARRAY.replace('""', "null"),
        ARRAY.replace('""', '"<noinput>"'),
        ARRAY.replace('"instruction"', '"Instruction"'),
        "Instruction: Name a fruit.\nInput: None\n\nInstruction: Sort the list.\nInput: b, a",
        "1. Instruction: Name a fruit.\n\n2. Instruction: Sort the list.\n   Input: b, a",
        "**Instruction 1:** Name a fruit.\n**Input 1:** N/A\n\n**Instruction 2:** Sort the list.\n**Input 2:** b, a",
        "Question: Name a fruit.\nQuestion: Sort the list.\nInput: b, a",
    ],
)
def test_two_instructions_are_read(reply: str) -> None:
    assert read_proposals(reply) == [A, B]


@pytest.mark.parametrize(
    "reply",
    [
        "1. Name a fruit.\n2. Sort a list.",
        "1) Name a fruit.\n\n2) Sort a list.",
        "- Name a fruit.\n- Sort a list.",
        "Here you go:\n\n1. **Name a fruit.**\n2. **Sort a list.**",
        '["Name a fruit.", "Sort a list."]',
        '1. "Name a fruit."\n2. "Sort a list."',
    ],
)
def test_lists_of_plain_instructions_are_read(reply: str) -> None:
    assert [item.instruction for item in read_proposals(reply)] == ["Name a fruit.", "Sort a list."]


def test_input_that_is_not_a_string_is_kept_as_json() -> None:
    assert read_proposals('[{"instruction": "Sort.", "input": [3, 1]}]') == [Proposal("Sort.", "[3, 1]")]


def test_line_breaks_inside_of_a_json_string_are_accepted() -> None:
    assert read_proposals('[{"instruction": "Fix this.", "input": "a\nb"}]') == [Proposal("Fix this.", "a\nb")]


def test_an_instruction_that_comes_twice_is_read_once() -> None:
    assert read_proposals("1. Name a fruit.\n2. Name a fruit.") == [A]


@pytest.mark.parametrize(
    "reply", ["", "   ", "I cannot do that.", "[]", "{}", '{"a": 1}', "```json\n```", "[[[[", '{"instruction": ""}']
)
def test_a_reply_without_instructions_yields_none(reply: str) -> None:
    assert read_proposals(reply) == []


@given(st.text(max_size=300) | st.integers(0, len(ARRAY)).map(lambda n: ARRAY[:n]))
def test_no_reply_raises(reply: str) -> None:
    assert all(item.instruction for item in read_proposals(reply))
