import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.pair_duplicate import PairDuplicate
from iftgen.filters.pair_duplicate.wording import names, question_of, stem
from iftgen.types import Candidate, Pair, Verdict
from tests.filters.rows import pair, row

DATA = Path(__file__).parent / "data" / "pair_duplicate.jsonl"
CASES = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
LONG = "Mix flour, water, salt and yeast, let the dough rest for an hour, shape a loaf and bake until golden."


def judged(case: dict[str, Any]) -> Verdict:
    memory = PairDuplicate()
    first, second = case["rows"]
    memory.remember(Pair("a", first["instruction"], first["output"], first.get("input", "")), 1)
    return memory.check(Candidate(1, **second))


@pytest.mark.parametrize("case", CASES, ids=[case["rows"][1]["instruction"][:50] for case in CASES])
def test_labelled_pairs(case: dict[str, Any]) -> None:
    assert judged(case).keep is not case["duplicate"]


@pytest.mark.parametrize("case", CASES, ids=[case["rows"][1]["instruction"][:50] for case in CASES])
def test_which_of_two_comes_first_makes_no_difference(case: dict[str, Any]) -> None:
    assert judged({"rows": case["rows"][::-1]}).keep is not case["duplicate"]


def test_verdict_tells_neighbour_and_score() -> None:
    memory = PairDuplicate()
    memory.remember(pair("How do I bake bread at home?", output=LONG, id="a"), 1)
    verdict = memory.check(row("What is a good way to bake bread?", LONG))
    assert (verdict.stage, verdict.neighbour_id, verdict.threshold) == ("response", "a", 0.4)
    assert verdict.score is not None and 0.5 < verdict.score < 1
    assert verdict.reason == (
        'asks in other words what an accepted row asks, with the same answer: "How do I bake bread at home?"'
    )


def test_before_there_is_an_answer_the_row_is_kept() -> None:
    memory = PairDuplicate()
    memory.remember(pair("How do I bake bread?", output=LONG), 1)
    assert memory.check(row("How do I bake bread?", "")).keep
    memory.remember(pair("How do I bake bread?", output=" "), 2)


def test_stock_phrases_are_the_answer_to_no_question() -> None:
    phrase = (
        "I am sorry, but that lies outside of what our support team can do; please write to the head office instead."
    )
    memory = PairDuplicate()
    for position, question in enumerate(
        ["Do you insure parcels?", "May dogs travel?", "Where is my tax form?", "Who paints walls?"], 1
    ):
        memory.remember(pair(question, output=phrase), position)
    assert memory.check(row("Do you insure lawn mowers?", phrase)).keep
    assert not memory.check(row("Could you insure a parcel?", phrase)).keep


def test_rows_of_several_turns_are_not_judged() -> None:
    talk = [{"role": who, "content": "And then?"} for who in ("user", "assistant", "user", "assistant")]
    memory = PairDuplicate()
    memory.remember(pair("How do I bake bread?", output=LONG), 1)
    assert memory.check(row("How do I bake bread?", LONG, messages=talk)).keep


def test_answers_much_alike_are_found_among_many() -> None:
    rng = random.Random(5)
    words = [
        f"{a}{b}{c}" for a in ("ba", "ko", "ri", "lu") for b in ("mo", "ta", "ne") for c in ("x", "ld", "rf", "sk")
    ]
    memory, found = PairDuplicate(), 0
    outputs = [" ".join(rng.sample(words, 30)) for _ in range(150)]
    for position, output in enumerate(outputs, 1):
        memory.remember(pair(f"Explain the zebra{position} theorem to pupils", output=output), position)
    for position, output in enumerate(outputs, 1):
        edited = " ".join(word if rng.random() > 0.05 else "else" for word in output.split())
        verdict = memory.check(row(f"What does the zebra{position} theorem say?", edited))
        found += not verdict.keep and f"zebra{position} " in (verdict.neighbour or "")
    assert found >= 140


def test_settings_move_the_bounds() -> None:
    memory = PairDuplicate(threshold=0.9)
    memory.remember(pair("How do I bake bread at home?", output=LONG), 1)
    assert memory.check(row("What is a good way to bake bread?", LONG)).keep
    strict = PairDuplicate(answer=1)
    strict.remember(pair("How do I bake bread?", output=LONG), 1)
    assert strict.check(row("How to bake bread?", LONG.replace("golden", "brown"))).keep
    assert not strict.check(row("How to bake bread?", LONG.upper())).keep


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"threshold": 0}, r"threshold: 0 does not fit\. Give a number above 0, at most 1"),
        ({"answer": 1.5}, "answer: 1.5 does not fit"),
        ({"telling": 2}, r"telling: 2 does not fit\. Give a whole number from 3 on"),
    ],
)
def test_settings_that_cannot_be(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=rf"filters\.pair_duplicate\.{message}"):
        PairDuplicate(**setting)


def test_word_forms_and_payloads() -> None:
    assert {stem(word) for word in ("plan", "plans", "planned", "planning")} == {"plan"}
    assert stem("bus") == "bus" and stem("cities") == stem("city")
    assert question_of("Classify it: I drink tea", "").payload == {"drink", "tea"}
    assert question_of("Name the author of Emma", "").words == question_of("Who wrote Emma?", "").words
    assert names("Tell me about Norway and the 'Edda'") == {"norway", "edda"}
    assert names("Tell Me About The Best Of Norway") == frozenset()


QUESTIONS = st.sampled_from(
    ["bake bread", "bread baking", "wash a car", "Is it 3?", "Is it 4?", "how do I wash the car"]
)
ANSWERS = st.sampled_from([LONG, LONG.replace("golden", "brown"), "Yes", "7", "With water and soap", "no"])


@settings(deadline=None)
@given(st.lists(st.tuples(QUESTIONS, ANSWERS), max_size=10), QUESTIONS, ANSWERS, st.integers(0, 10))
def test_verdicts_do_not_depend_on_later_memory(
    pairs: list[tuple[str, str]], question: str, answer: str, view: int
) -> None:
    memory, early = PairDuplicate(), PairDuplicate()
    for position, (known, output) in enumerate(pairs, 1):
        memory.remember(pair(known, output=output, id=str(position)), position)
        if position <= view:
            early.remember(pair(known, output=output, id=str(position)), position)
    assert memory.check_at(row(question, answer), view) == early.check(row(question, answer))


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_no_text_raises(instruction: str, input: str, output: str) -> None:
    memory = PairDuplicate()
    memory.remember(pair(instruction, input, output=output), 1)
    memory.check(row(instruction, output, input=input))
    memory.check(row(input, output, input=instruction))


@pytest.mark.parametrize("unit", ["A b", "“", "a: ", "\n", "X"])
def test_huge_texts_pass(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    memory = PairDuplicate()
    memory.remember(pair(text, output=LONG), 1)
    memory.check(row(text, LONG))
    memory.check(row("Is it?", text))
