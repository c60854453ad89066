import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.filters.answers import said

SUM, CAPITAL = "What is 2 + 2?", "What is the capital of France?"


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (SUM, "4", "4."),
        (SUM, "4", " Four"),
        (SUM, "4", "**4**"),
        (SUM, "4", "4.0"),
        (SUM, "4", "The answer is 4."),
        (SUM, "4", "Answer: 4"),
        (SUM, "4", "2 + 2 = 4"),
        (SUM, "We add two to two.\n#### 4", "Two and two are four, so the final answer is: 4"),
        ("How many apples?", "1,000 apples", "1000 Apples!"),
        (CAPITAL, "Paris", "paris."),
        (CAPITAL, "Paris", "The capital of France is Paris."),
        (CAPITAL, "Paris", "It's Paris!"),
        ("Is water wet?", "Yes", "Yes, it is."),
        ("Solve it.", "x > 5", "x>5"),
        ("Hyphenate it.", "well-known", "Well known"),
        ("Which?", "this and/or that", "This and or that!"),
    ],
)
def test_wording_around_an_answer_makes_no_difference(question: str, one: str, other: str) -> None:
    assert said(one, question) == said(other, question)


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (SUM, "4", "-4"),
        (SUM, "4", "5"),
        (SUM, "4", "4/5"),
        (SUM, "The answer is 4.", "The answer is 5."),
        (SUM, "The answer is 4 apples and 5 pears.", "The answer is 4 apples and 6 pears."),
        (CAPITAL, "Paris", "Lyon"),
        (CAPITAL, "Paris", "Paris, not Lyon"),
        ("Is water wet?", "Yes", "No"),
        ("Is water wet?", "Yes, it is.", "Yes, it is not."),
        ("Solve it.", "x > 5", "x < 5"),
        ("Solve it.", "x + y", "x * y"),
        ("Which language?", "C", "C++"),
        ("Which language?", "C++", "C#"),
        ("Who is taller, Ann or Ben?", "Ann is", "Ben is"),
        ("Is the cat bigger than the dog?", "The cat is bigger", "The dog is bigger"),
        ("Which mood?", "Great 😀", "Great 😡"),
        ("Put them in order.", "Ann, Ben", "Ben, Ann"),
        ("Round it.", "3.5", "35"),
        ("Say it.", "!!!", "???"),
    ],
)
def test_answers_that_differ_do_not_agree(question: str, one: str, other: str) -> None:
    assert said(one, question) != said(other, question)


@given(st.text(), st.text())
def test_no_text_raises(output: str, question: str) -> None:
    assert isinstance(said(output, question), str)


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(categories=["L", "N", "Zs", "P", "S"]), max_size=60))
def test_case_of_ascii_and_a_full_stop_make_no_difference(text: str) -> None:
    plain = "".join(ch for ch in text if ch.isascii() and (ch.isalnum() or ch == " "))
    assert said(plain, "") == said(f" {plain.upper()} ", "")


@pytest.mark.parametrize("unit", ["= ", "1,", "a-", "the ", "#### ", "A:", "- 1", "9", "\0"])
def test_long_texts_take_no_longer_than_their_length(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    start = time.process_time()
    said(text, text)
    assert time.process_time() - start < 5
