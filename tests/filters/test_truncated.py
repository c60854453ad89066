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
