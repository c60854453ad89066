import pytest

from iftgen.filters import Count
from tests.filters.rows import row


@pytest.mark.parametrize(
    ("instruction", "output", "reason"),
    [
        ("List 5 fruits.", "1. Fig\n2. Plum\n3. Pear\n4. Kiwi", "the response has 4 items, 5 are asked for"),
        ("Name three primary colors.", "- red\n- blue\n- green\n- pink", "the response has 4 items, 3 are asked for"),
        ("Give four tips for sleep.", "red, blue and green", "the response has 3 items, 4 are asked for"),
        (
            "List four ways to save energy at home.",
            "1. Use LED bulbs.\n2. Turn off lights.\n3. Buy bikes.\n4. Use solar panels. 5. Use reusable bags.",
            "the response has 5 items, 4 are asked for",
        ),
        ("Suggest at least three names.", "* Ann\n* Bob", "the response has 2 items, at least 3 are asked for"),
        ("Name up to two cities.", "1) Rome\n2) Oslo\n3) Bonn", "the response has 3 items, at most 2 are asked for"),
        ("Describe rain in two sentences.", "It falls.", "the response has 1 sentence, 2 are asked for"),
    ],
)
def test_wrong_number_is_rejected(instruction: str, output: str, reason: str) -> None:
    assert Count().check(row(instruction, output)).reason == reason


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        ("List 5 fruits.", "1. Fig\n2. Plum\n3. Pear\n4. Kiwi\n5. Lime"),
        ("List 5 fruits.", "Here are five:\n\n- Fig\n- Plum\n- Pear\n- Kiwi\n- Lime"),
        ("Name three primary colors.", "Red, yellow, and blue."),
        ("Name three primary colors.", "Red\nYellow\nBlue"),
        ("Name 2 cities.", "- Rome\n  - old\n  - warm\n- Oslo\n  - cold\n  - calm"),
        ("Give three to five tips.", "1. Rest.\n2. Drink.\n3. Walk.\n4. Read."),
        ("Write a 500 word essay.", "1. One\n2. Two"),
        ("Write two paragraphs about rain.", "- a\n- b\n- c"),
        ("List 3 pros and 3 cons of tea.", "1. a\n2. b\n3. c\n4. d\n5. e\n6. f"),
        ("Tell a story about two dogs.", "Rex, Bo and Max ran."),
        ("Name a city with 3.5 million people.", "Berlin, Germany"),
        ("Write a function that returns 3 numbers.", "```python\n# 1. a\n# 2. b\n```"),
        ("Give two reasons.", "It is cheap because the parts are made nearby, and it also lasts for a long time."),
        ("Name two cities and praise each in one sentence.", "Rome. It is old. Oslo. It is calm."),
        ("Describe a lake and a hill in one sentence each.", "A lake is wet. A hill is high."),
        ("Describe rain in two sentences.", "It falls from clouds, e.g. in Bergen. Dr. Lie measured it."),
    ],
)
def test_right_or_unclear_number_is_kept(instruction: str, output: str) -> None:
    verdict = Count().check(row(instruction, output))
    assert verdict.keep, verdict.reason


def test_sentences_are_an_option() -> None:
    assert Count(sentences=False).check(row("Describe rain in two sentences.", "It falls.")).keep
