"""No two rows of a task read the same."""

import random

from iftgen.methods.base import stable_hash
from iftgen.methods.recipes.wording import Worded, turn, word

RECIPE = {"wordings": ["Fix the sentence.", "What is right?", "Correct this:"], "output": "{{ output }}"}


def make(n: int) -> Worded:
    text = f"Text number {n}."
    return word(RECIPE, "lab/task", n, random.Random(stable_hash(n)), text, {"output": "x"})


def test_two_hundred_rows_have_two_hundred_instructions() -> None:
    assert len({make(n).instruction for n in range(200)}) == 200


def test_a_wording_that_comes_again_holds_the_input() -> None:
    for n in range(3, 60):
        worded = make(n)
        assert worded.input == ""
        assert f"Text number {n}." in worded.instruction


def test_each_wording_comes_once_a_round() -> None:
    for cycle in range(4):
        assert {turn(list("abcde"), "t", cycle * 5 + n) for n in range(5)} == set("abcde")


def test_many_lines_are_not_put_in_quotation_marks() -> None:
    for n in range(3, 40):
        worded = word(RECIPE, "lab/task", n, random.Random(n), "- a\n- b", {"output": "x"})
        assert '"- a' not in worded.instruction and "“" not in worded.instruction


def test_own_outputs_and_inline_wordings_are_rendered() -> None:
    recipe = {"wordings": [{"instruction": "Who?", "output": "{{ name }}!"}], "inline": ["Who is in {{ input }}?"]}
    made = {word(recipe, "t", n, random.Random(n), "T.", {"name": "Ann", "output": ""}) for n in range(30)}
    assert {worded.output for worded in made} == {"Ann!"}
    assert Worded("Who is in T.?", "", "Ann!") in made
