"""Questions of a benchmark in other words, by an embedder whose vectors the test chooses."""

import json
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import ConfigError
from iftgen.filters.decontamination import Decontamination
from iftgen.filters.stack import FilterStack
from iftgen.types import Reply, Request
from tests.filters.rows import row
from tests.filters.vectors import Chosen

HARBOUR = "Describe how a harbour pilot brings a large ship into a narrow harbour at night."
PILOT = "By which steps does someone guide big vessels into tight ports in the dark?"
SUM = "A crate holds 12 lemons. How many lemons do 7 crates hold?"
CHOICES = {"question": "Which of these animals can sleep while it flies?", "choices": ["hen", "swift", "owl", "emu"]}
TURNS = ["Draft a letter to a neighbour who plays the tuba at night.", "Turn your letter into a limerick."]


async def send(request: Request) -> Reply:
    raise AssertionError("an embedder needs no other model")


def made(
    folder: Path, records: list[Any], cosines: dict[str, float] | None = None, **arguments: Any
) -> Decontamination:
    """Return the filter; texts that are not named are at right angles to all that are."""
    path = folder / "benchmark.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    one = Decontamination(files=[str(path)], **{"similarity": 0.75, **arguments})
    one.embedder = Chosen(cosines)
    return one


def test_a_question_in_other_words_is_rejected_and_named(tmp_path: Path) -> None:
    one = made(tmp_path, [{"prompt": SUM}, {"prompt": HARBOUR}], {HARBOUR: 1.0, PILOT: 0.8})
    verdict = one.check(row(PILOT))
    assert not verdict.keep
    assert verdict.reason == (
        "asks for the same as a benchmark's question (benchmark.jsonl:2): cosine 0.800, at most 0.75 is allowed"
    )
    assert verdict.score == pytest.approx(0.8, abs=1e-3)
    assert verdict.threshold == 0.75
    assert (verdict.neighbour_id, verdict.neighbour) == ("benchmark.jsonl:2", HARBOUR)


def test_what_is_near_enough_only_has_its_cosine_as_score(tmp_path: Path) -> None:
    verdict = made(tmp_path, [{"prompt": HARBOUR}], {HARBOUR: 1.0, PILOT: 0.7}).check(row(PILOT))
    assert (verdict.keep, verdict.threshold) == (True, 0.75)
    assert verdict.score == pytest.approx(0.7, abs=1e-3)


def test_the_words_are_looked_at_first(tmp_path: Path) -> None:
    one = made(tmp_path, [{"prompt": HARBOUR}], {HARBOUR: 1.0})
    assert one.check(row(HARBOUR)).reason.startswith("equal to a benchmark's question")


async def test_only_rows_that_the_words_keep_are_embedded(tmp_path: Path) -> None:
    one = made(tmp_path, [{"prompt": HARBOUR}])
    await one.ask(row(HARBOUR), "instruction", send)
    assert isinstance(one.embedder, Chosen)
    assert one.embedder.prepared == []
    await one.ask(row("Answer this.", input=PILOT), "instruction", send)
    assert one.embedder.prepared == [f"Answer this.\n{PILOT}", PILOT]


@pytest.mark.parametrize("numbers", ["13 lemons, 8 crates", "thirteen and eight lemons in 3 crates"])
def test_a_sum_with_other_numbers_is_another_question(tmp_path: Path, numbers: str) -> None:
    text = f"Count the fruit: {numbers}?"
    assert made(tmp_path, [{"prompt": SUM}], {SUM: 1.0, text: 0.99}).check(row(text)).keep


def test_the_same_sum_in_other_words_is_found_though_one_number_more_stands_in_it(tmp_path: Path) -> None:
    text = "Seven boxes, two of them red, contain 12 citrus fruits each: count them all."
    assert not made(tmp_path, [{"prompt": SUM}], {SUM: 1.0, text: 0.99}).check(row(text)).keep


def test_a_turn_that_follows_another_is_near_to_much_and_left_out(tmp_path: Path) -> None:
    one = made(tmp_path, [{"turns": TURNS}], {TURNS[1]: 1.0, "Write a limerick now.": 0.99})
    assert list(one.foreknown()) == TURNS[:1]
    assert one.check(row("Write a limerick now.")).keep


def test_a_question_is_compared_with_its_choices_and_without(tmp_path: Path) -> None:
    one = made(tmp_path, [CHOICES, {"question": "Which one?", "choices": ["a", "b"]}])
    assert list(one.foreknown()) == [
        "Which of these animals can sleep while it flies?\nhen\nswift\nowl\nemu",
        "Which of these animals can sleep while it flies?",
        "Which one?\na\nb",
    ]


def test_further_turns_of_a_row_and_long_inputs_are_compared_too(tmp_path: Path) -> None:
    one = made(tmp_path, [{"prompt": HARBOUR}], {HARBOUR: 1.0, PILOT: 0.8})
    turns = [{"role": "user", "content": "Hello there"}, {"role": "user", "content": PILOT}]
    assert not one.check(row("Hello there", messages=turns)).keep
    assert not one.check(row("Answer this.", input=PILOT)).keep
    assert one.check(row(" ", input=" ")).keep


def test_with_responses_the_question_is_judged_before_the_response(tmp_path: Path) -> None:
    one = made(tmp_path, [{"prompt": HARBOUR}], {HARBOUR: 1.0, PILOT: 0.8}, responses=True)
    assert (one.stage, one.check_instruction(row(PILOT)).keep) == ("response", False)


def test_an_embedder_is_needed_only_where_a_similarity_is_given(tmp_path: Path) -> None:
    plain = made(tmp_path, [{"prompt": HARBOUR}], similarity=None)
    assert (plain.costly, plain.uses_embedder, list(plain.foreknown())) == (False, False, [])
    assert not Decontamination(similarity=0.75).uses_embedder  # without files there is nothing to compare with
    target = "iftgen.filters.decontamination.Decontamination"
    stack = FilterStack.build(
        {"d": {"_target_": target, "files": [str(tmp_path / "benchmark.jsonl")], "similarity": 0.8}}
    )
    assert stack.asks("any")
    assert [one.uses_embedder for one in stack.all()] == [True]


@pytest.mark.parametrize("value", [0, -0.5, 1.5])
def test_values_out_of_range_are_refused(value: float) -> None:
    with pytest.raises(ConfigError, match=rf"similarity: {value:g} does not fit"):
        Decontamination(similarity=value)
