import pytest

from iftgen.filters import Truncated
from tests.filters.rows import row


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("The first reason is cost, the second is", ""),
        ("Apples, pears and", "the response ends in mid-sentence: 'Apples, pears and'"),
        ("It depends on the price, the size,", "the response ends in mid-sentence: 'on the price, the size,'"),
        (
            "Trees store carbon. They also give shade to streets and houses and so they keep whole",
            "the response ends in mid-sentence: 'and so they keep whole'",
        ),
        ("Here:\n```python\nprint(1)", "a code block of the response is never closed"),
        ("```\na\n```\nand\n````\nb\n```\n", "a code block of the response is never closed"),
    ],
)
def test_response_that_stops_is_rejected(output: str, reason: str) -> None:
    verdict = Truncated().check(row(output=output))
    if reason:
        assert not verdict.keep
        assert reason.removesuffix("'").split(": ")[0] in verdict.reason
    else:
        assert verdict.keep  # one sentence without a mark may be a title or a label


def test_token_limit_is_named() -> None:
    verdict = Truncated().check(row(output="Done.", finish_reason="length"))
    assert verdict.reason == "the response was cut off at the token limit"
    assert Truncated(finish=False).check(row(output="Done.", finish_reason="length")).keep


@pytest.mark.parametrize(
    "output",
    [
        "Positive",
        "Roses are red\nViolets are blue\nThe rain falls softly on the roof and sings to you",
        "1. Save water in the kitchen every day\n2. Take the bus to work instead of the car each day",
        "Use this. It works.\n```python\nprint(1)\n```",
        'He said yes. She said, "We will see each other again on the bridge at noon tomorrow."',
        "The mass is 3 kg. The answer is therefore 3 kg",
        "See the docs. They are long. #python",
        "这是第一句话。这是第二句话。这里没有句号",
        "the dinner was delicious so we will have it tomorrow and the day after that as well",
        "````\n```\n````",
    ],
)
def test_complete_response_is_kept(output: str) -> None:
    verdict = Truncated().check(row(output=output))
    assert verdict.keep, verdict.reason


def test_checks_can_be_switched_off() -> None:
    off = Truncated(mid_sentence=False, code_fence=False)
    assert off.check(row(output="Apples, pears and the")).keep
    assert off.check(row(output="```\nx")).keep


CUT = (
    "The bell rings when the lever moves up and then is pressed by a",
    "I went home early because it was raining, so",
    "It is popular because of its",
    "The new stadium was designed by",
    "1. Save water\n 2",
    "1. Save water\n2.",
    "- a cup\n- a plate\n-",
    "Plants make sugar out of light and air inside their green leaves with the help of",
    "Trees help us. They give shade to",
)
CUT_CODE = (
    "class Stack:\n    def pop(self):\n        self.items.pop(",
    'const chart = {\n  color: "rgba(153, ',
    "Here is the code:\n\ndef add(x):\n    y = x +\n",
    "<html>\n<body>\n<p>Hello</p>\n",
    '{"name": "Anna", "tags": ["a", "b"',
    '<div>\n  <a href="http',
)


@pytest.mark.parametrize("output", CUT)
def test_cut_sentences_and_lists_are_rejected(output: str) -> None:
    assert "in mid-sentence" in Truncated().check(row(output=output)).reason
    assert Truncated(mid_sentence=False).check(row(output=output)).keep


@pytest.mark.parametrize("output", CUT_CODE)
def test_cut_code_is_rejected(output: str) -> None:
    assert "stops in the middle" in Truncated().check(row(output=output)).reason


@pytest.mark.parametrize(
    "output",
    [
        "I think so",
        "The answer is a",
        "What Dreams Are Made Of",
        "Things I am afraid of",
        "The people I live with",
        "It is what it is",
        "He gave the ring to the woman he had been in love with",
        "The village in the north that all of my grandparents came from",
        "for, and, nor, but, or, yet, so",
        "He gave me something to think about. That is all I care for",
        "I love it :(",
        "f(x) = x^2 on [0, 1)",
        "Name:\n1.\n2.",
        "- first\n- second\n---",
        "def add(x):\n    # the rest of (the list\n    return x[len(x) // 2]",
        "import re\npattern = re.compile(r'\\(')\nprint(pattern)",
        '#include <stdio.h>\nint main() {\n  printf("(");\n  return 0;\n}',
        "let x = 'it'; // don't (ever\nconsole.log(x);",
        "body { color: #fff; }",
        "<div>hi</div>",
    ],
)
def test_what_only_looks_cut_is_kept(output: str) -> None:
    verdict = Truncated().check(row(output=output))
    assert verdict.keep, verdict.reason


def test_words_of_grammar_are_answers() -> None:
    assert Truncated().check(row("Which conjunction fits?", "The right word is and")).keep
