import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.constraints import Constraint, Constraints, check_constraints
from iftgen.filters.constraints.in_words import recognise
from iftgen.filters.constraints.kinds import KINDS
from tests.filters.rows import row

DATA = Path(__file__).parent / "data"
TABLE = "| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | 4 |"
SCHEMA = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
# A schema that refers to itself again and again: checked naively, it takes for ever.
LAUGHS = {
    "$defs": {str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(40)} | {"40": {}},
    "$ref": "#/$defs/0",
}


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("constraint", "right", "wrong", "reason"),
    [
        ({"type": "max_words", "value": 2}, "one two", "one two three", "has 3 words, at most 2 are asked for"),
        ({"type": "min_words", "value": 2}, "one two", "one", "has 1 word, at least 2 are asked for"),
        ({"type": "exact_words", "value": 1}, "one", "one two", "has 2 words, 1 is asked for"),
        ({"type": "exact_sentences", "value": 2}, "A cat. A dog.", "A cat.", "has 1 sentence, 2 are asked for"),
        ({"type": "max_paragraphs", "value": 1}, "a\nb", "a\n\nb", "has 2 paragraphs, at most 1 is asked for"),
        ({"type": "max_characters", "value": 3}, "abc", "abcd", "has 4 characters, at most 3 are asked for"),
        ({"type": "exact_lines", "value": 2}, "a\n\nb", "a", "has 1 line, 2 are asked for"),
        ({"type": "list_items", "value": 2}, "- a\n- b", "- a\n- b\n- c", "has 3 list items, 2 are asked for"),
        ({"type": "list_items", "value": 2.0}, "1. a\n2. b", "no list at all", "has 0 list items"),
        ({"type": "exact_keyword", "value": 1, "word": "tea"}, "Tea", "tea tea", "has 2 occurrences of 'tea'"),
        ({"type": "max_letter", "value": 1, "letter": "e"}, "tea", "teem", "has 2 occurrences of 'e'"),
        ({"type": "max_capital_words", "value": 0}, "Tea", "TEA", "has 1 word in capitals, at most 0 are"),
        ({"type": "contains", "value": ["a", "b"]}, "cAB", "a", "does not have 'b'"),
        ({"type": "contains_any", "value": ["Yes.", "No."]}, "Yes. It is.", "yes", "has none of 'Yes.', 'No.'"),
        ({"type": "has_word", "value": "no"}, "Oh No!", "None", "has none of the words 'no'"),
        ({"type": "excludes", "value": "C++"}, "C+", "Use C++ or D", "has 'C++', which must not be there"),
        ({"type": "starts_with", "value": "Well"}, '"well, yes"', "Welling up", "begins with 'Welling up', not 'Well'"),
        ({"type": "ends_with", "value": "Bye."}, "Good. bye.", "Bye. Ann", "ends in 'Bye. Ann', not 'Bye.'"),
        (
            {"type": "one_of", "value": ["yes", "no"]},
            "**Yes.**",
            "Yes, it is",
            "is 'Yes, it is', not one of 'yes', 'no'",
        ),
        ({"type": "regex", "value": r"^\d{4}$"}, "2026", "20267", "does not match the pattern"),
        ({"type": "repeats"}, "Say it. It.", "It.", "begins with 'It.' instead of repeating 'Say it.'"),
        ({"type": "table"}, TABLE, "a | b", "has no Markdown table"),
        (
            {"type": "table", "rows": 2, "columns": 2},
            f"See:\n{TABLE}",
            f"{TABLE}\n| 5 | 6 |",
            "of 2 columns and 3 rows",
        ),
        ({"type": "json"}, "[1]", "1,", "is no JSON: Extra data"),
        (
            {"type": "json_schema", "schema": SCHEMA},
            '{"age": 3}',
            '{"age": "3"}',
            "'3' is not of type 'integer' (at $.age)",
        ),
        ({"type": "json_schema", "schema": {"pattern": "^a+$"}}, '"aa"', '"ab"', "'ab' does not match '^a+$'"),
        ({"type": "language", "value": "French"}, "Je suis allé au marché.", "I went to the market.", "is in English"),
        ({"type": "all_caps"}, "GO HOME", "GO Home", "is not in capitals throughout: 'Home'"),
        ({"type": "postscript"}, "Hi\nP.S. Bye", "Hi", "has no postscript that begins with 'P.S.'"),
    ],
)
def test_declared_types(constraint: dict[str, Any], right: str, wrong: str, reason: str) -> None:
    assert [one.holds for one in check_constraints([constraint], "Say it.", right)] == [True]
    (found,) = check_constraints([constraint], "Say it.", wrong)
    assert not found.holds
    assert not found.malformed
    assert reason in found.reason


def test_verdict_tells_share_and_first_failure() -> None:
    extra = {
        "constraints": [{"type": "no_commas"}, {"type": "max_words", "value": 2}, {"type": "quoted"}, {"type": "json"}]
    }
    verdict = Constraints().check(row(output='"so, so"', extra=extra))
    assert not verdict.keep
    assert verdict.reason.startswith("the response has a comma: '\"so,'")
    assert (verdict.score, verdict.threshold) == (0.75, 1.0)
    assert Constraints().check(row(output='"so so so"', extra=extra)).score == 0.75
    assert Constraints().check(row(output='"so so"', extra=extra)).keep
    assert "1 more of 4" in Constraints().check(row(output="so so", extra=extra)).reason


def test_declared_constraints_of_a_csv_file_are_json() -> None:
    extra = {"constraints": '[{"type": "max_words", "value": 1}]'}
    assert Constraints().check(row(output="one", extra=extra)).keep
    assert not Constraints().check(row(output="one two", extra=extra)).keep
    names = {"instruction_id_list": '["punctuation:no_comma"]', "kwargs": "[{}]"}
    assert not Constraints().check(row(output="a, b", extra=names)).keep


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        (
            {"constraints": [{"type": "max_word", "value": 3}]},
            "no type 'max_word' of constraint. Did you mean 'max_words'?",
        ),
        ({"constraints": [{"type": "max_words"}]}, "constraint max_words: value is missing. Give a whole number"),
        ({"constraints": [{"type": "max_words", "value": "few"}]}, "value is 'few'. Give a whole number"),
        ({"constraints": [{"type": "max_words", "valu": 3}]}, "there is no key 'valu'. Did you mean 'value'?"),
        ({"constraints": ["max_words"]}, "'max_words' is no constraint"),
        ({"constraints": "max_words: 3"}, "constraints is no JSON"),
        ({"constraints": 3}, "constraints is '3'. Give a list."),
        ({"constraints": [{"type": "regex", "value": "("}]}, "Give a regular expression"),
        ({"constraints": [{"type": "regex", "value": r"(a)\1"}]}, "Give a regular expression"),
        ({"constraints": [{"type": "regex", "value": "(a{900}){900}"}]}, "Give a regular expression"),
        ({"constraints": [{"type": "json_schema", "schema": {"type": "objekt"}}]}, "Give a JSON Schema"),
        ({"constraints": [{"type": "json_schema", "schema": {"$ref": "http://localhost/x"}}]}, "Give a JSON Schema"),
        ({"constraints": [{"type": "language", "value": "Elvish"}]}, "Give the name or the code of a language"),
        ({"instruction_id_list": ["punctuation:no_coma"]}, "Did you mean 'punctuation:no_comma'?"),
        (
            {
                "instruction_id_list": ["length_constraints:number_words"],
                "kwargs": [{"num_words": 3, "relation": "about"}],
            },
            "relation is 'about'. Give one of: less than, at least.",
        ),
        ({"instruction_id_list": ["startend:end_checker"], "kwargs": [{}]}, "ends_with: value is missing"),
    ],
)
def test_malformed_constraint_is_a_rejection(extra: dict[str, Any], reason: str) -> None:
    for verdict in (Constraints().check_instruction(row(extra=extra)), Constraints().check(row(extra=extra))):
        assert not verdict.keep
        assert reason in verdict.reason


@pytest.mark.parametrize(
    ("constraint", "response"),
    [
        ({"type": "regex", "value": "(a+)+$"}, "a" * 50_000 + "b"),
        ({"type": "json_schema", "schema": LAUGHS}, "{}"),
        ({"type": "json_schema", "schema": {"$ref": "#"}}, "{}"),
        ({"type": "json_schema", "schema": {"$ref": "#/nowhere"}}, "{}"),
        ({"type": "json"}, "[" * 200_000),
        ({"type": "title"}, "<<" * 100_000),
        ({"type": "min_placeholders", "value": 1}, "[" * 200_000),
        ({"type": "table"}, "| " * 100_000 + "\n" + "|-" * 50_000 + " x"),
        ({"type": "min_sentences", "value": 10**6}, ". *" * 70_000),
        ({"type": "exact_bullets", "value": 1}, "\n" * 200_000),
    ],
)
def test_hostile_rows_take_no_time(constraint: dict[str, Any], response: str) -> None:
    started = time.process_time()
    assert not check_constraints([constraint], "", response)[0].holds
    assert time.process_time() - started < 5


@pytest.mark.parametrize("asked", lines("constraints_words.jsonl"), ids=lambda one: one["instruction"][:60])
def test_what_is_recognised_in_words(asked: dict[str, Any]) -> None:
    found = recognise(asked["instruction"], 0.15)
    assert [[one.type, one.arguments.get("value")] for one in found] == asked["asks"]


@pytest.mark.parametrize("reply", lines("constraints_replies.jsonl"), ids=lambda one: one["output"][:40])
def test_replies_to_requests_in_words(reply: dict[str, Any]) -> None:
    verdict = Constraints().check(row(reply["instruction"], reply["output"]))
    assert verdict.keep == reply["right"], verdict.reason


def test_what_a_row_declares_takes_the_place_of_its_words() -> None:
    extra = {"constraints": [{"type": "no_commas"}]}
    assert Constraints().check(row("Answer in one sentence.", "One. Two.", extra=extra)).keep
    assert not Constraints(declared=False).check(row("Answer in one sentence.", "One. Two.", extra=extra)).keep
    assert Constraints(in_words=False).check(row("Answer in one sentence.", "One. Two.")).keep


def test_the_last_turn_asks() -> None:
    turns = [
        {"role": "user", "content": "Answer in one sentence."},
        {"role": "assistant", "content": "One."},
        {"role": "user", "content": "And in two sentences?"},
        {"role": "assistant", "content": "One. Two."},
    ]
    assert Constraints().check(row("Answer in one sentence.", "One. Two.", messages=turns)).keep
    assert not Constraints().check(row("Answer in one sentence.", "One.", messages=turns)).keep


def test_tolerance_and_mode_are_arguments() -> None:
    essay = row("Write a 20-word description of tea.", "tea " * 26)
    assert not Constraints().check(essay).keep
    assert Constraints(tolerance=0.3).check(essay).keep
    extra = {"constraints": [{"type": "no_commas"}]}
    assert Constraints(mode="loose").check(row(output="Well, yes:\nTea.", extra=extra)).keep
    with pytest.raises(ConfigError, match="tolerance"):
        Constraints(tolerance=2)
    with pytest.raises(ConfigError, match="strict or loose"):
        Constraints(mode="exact")  # type: ignore[arg-type]


def test_constraints_can_be_given_as_values() -> None:
    assert check_constraints([Constraint("max_words", {"value": 1})], "", "one")[0].holds


VALUES = {"value": 2, "word": "a", "letter": "a", "splitter": "S", "paragraphs": 2, "nth": 1, "schema": {}}


@given(st.text(max_size=300), st.text(max_size=200), st.booleans())
def test_no_text_raises(response: str, instruction: str, lenient: bool) -> None:
    for name, kind in KINDS.items():
        keys = {key: VALUES[key] for key in kind.keys if key in VALUES and kind.keys[key].fits(VALUES[key])}
        arguments = {"value": "en", **keys, "lenient": lenient}
        check_constraints([Constraint(name, arguments)], instruction, response, "loose")
    Constraints().check(row(instruction, response))
    Constraints().check(row(instruction, response, extra={"constraints": response, "kwargs": instruction}))


@given(
    st.sampled_from(["in {} words", "List {}", "exactly {} sentences", 'Start with "{}"', "as {}"]),
    st.text(max_size=60),
)
def test_no_request_raises(frame: str, text: str) -> None:
    Constraints().check(row(frame.replace("{}", text), text))
