import pytest

from iftgen.filters import Repetition
from tests.filters.rows import row

LOOP = "I went to the shop to buy bread. " * 8


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (LOOP, "'i went to the shop to' occurs 8 times, at most 5 are allowed"),
        (
            "The bridge was built in the year 1900. It is long. The bridge was built in the year 1900.",
            "the sentence 'the bridge was built in the year 1900' occurs 2 times, at most 1 are allowed",
        ),
        ("It was very very very very very cold.", "the word 'very' stands 5 times in a row, at most 3 are allowed"),
        (
            "Buy bread now\nBuy bread now\nBuy bread now\nBuy some milk",
            "50% of the lines are copies, at most 30% are allowed",
        ),
    ],
)
def test_loops_are_rejected(output: str, reason: str) -> None:
    verdict = Repetition().check(row(output=output))
    assert verdict.reason == f"the response repeats itself: {reason}"
    assert verdict.score is not None and verdict.threshold is not None and verdict.score > verdict.threshold


def test_word_that_fills_the_text_is_rejected() -> None:
    verdict = Repetition().check(row(output=" ".join(f"dog {word}" for word in "abcdefghijklmnopqr")))
    assert verdict.reason == "the response repeats itself: 50% of the words are 'dog', at most 25% are allowed"


def test_instruction_that_loops_is_rejected_early() -> None:
    assert Repetition().check_instruction(row(LOOP)).stage == "instruction"
    assert not Repetition().check_instruction(row(LOOP)).keep


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        ("Explain loops.", "```python\nprint(1)\nprint(1)\nprint(1)\nprint(1)\n```\nIt prints one four times."),
        ("Write a song about rain.", "Rain, rain, rain, rain, go away\nCome again\nRain go away\nRain go away"),
        ("Say it.", "That that is, is. It was very, very cold."),
        ("Count.", "0 0 0 0 0 1 0 0"),
        ("Compare.", "The cat is small. The dog is large. The cat is quick."),
    ],
)
def test_lawful_repetition_is_kept(instruction: str, output: str) -> None:
    verdict = Repetition().check(row(instruction, output))
    assert verdict.keep, verdict.reason


def test_same_start_is_an_option() -> None:
    output = "Don't give up. If you don't get hired, improve. If you don't give up, you win."
    assert Repetition().check(row(output=output)).keep
    verdict = Repetition(same_start=True).check(row(output=output))
    assert verdict.reason == "the response repeats itself: two sentences begin with 'if you don'"


@pytest.mark.parametrize(
    ("instruction", "output", "reason"),
    [
        ("Why drink?", "Water is good for you. " * 5, "'water is good for you' stands 5 times in a row"),
        ("Name hobbies.", "\n".join(f"{n}. Reading" for n in range(1, 8)), "'reading' stands 7 times in a row"),
        ("Give tips.", "- Drink more water\n" * 6, "'drink more water' stands 6 times in a row"),
        ("Tell me.", "ha" * 60, "'ha' stands 60 times in a row"),
        ("Tell me.", "haha " * 60, "occurs 55 times"),
        ("Code.", "import os\n" + "print(os.name)\n" * 9, "the line 'print(os.name)' stands 9 times in a row"),
    ],
)
def test_short_loops_are_rejected(instruction: str, output: str, reason: str) -> None:
    verdict = Repetition().check(row(instruction, output))
    assert not verdict.keep
    assert reason in verdict.reason


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        ("Classify each review.", "\n".join(f"{n}. Positive" for n in range(1, 8))),
        ("Write it.", 'def first(x):\n    """\n    >>> first("b b b b a")\n    "b"\n    """\n    return x[0]'),
        ("What does it mean?", 'In "b b b b a" the letter b is the commonest.'),
        ("Is it?", "Yes. Yes. Yes."),
        ("Name it.", "Pneumonoultramicroscopicsilicovolcanoconiosis"),
        ("Test it.", "\n".join(f"assert add({n}, 2) == {n + 2} and add({n}, 2) > 2" for n in range(9))),
    ],
)
def test_examples_labels_and_code_are_no_loops(instruction: str, output: str) -> None:
    verdict = Repetition().check(row(instruction, output))
    assert verdict.keep, verdict.reason
