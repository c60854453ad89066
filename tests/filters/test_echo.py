import pytest

from iftgen.filters import Echo
from tests.filters.rows import row

QUESTION = "Explain why the sky looks blue on a clear day."


@pytest.mark.parametrize(
    ("output", "more", "reason"),
    [
        (QUESTION, {}, "the response is a copy of the instruction"),
        ("explain why the sky looks blue on a clear day", {}, "the response repeats the instruction: ROUGE-L 1.000"),
        (f"{QUESTION} The air scatters short waves more.", {}, "the response begins with the whole instruction"),
        ("A cat sat.", {"input": "A cat sat."}, "the response is a copy of the input"),
        (
            "The old cat sat on the red mat",
            {"input": "The old cat sat on the red mat."},
            "the response repeats the input: ROUGE-L 1.000",
        ),
    ],
)
def test_echo_is_rejected(output: str, more: dict[str, str], reason: str) -> None:
    verdict = Echo().check(row(QUESTION, output, **more))
    assert not verdict.keep
    assert verdict.reason.startswith(reason)


@pytest.mark.parametrize(
    ("instruction", "input", "output", "template"),
    [
        (
            "Correct the spelling in the sentence.",
            "My borther and I have a pincic.",
            "My brother and I have a picnic.",
            True,
        ),
        ("Put it right.", "My borther and I have a pincic today.", "My brother and I have a picnic today.", True),
        ("Add the missing capital letters.", "the bus is late today again.", "The bus is late today again.", False),
        ("Divide this into two sentences.", "The bus was late and we walked.", "The bus was late. We walked.", False),
        ("Repeat after me: the bus is late", "", "the bus is late", False),
        ("Which word is the verb?", "The bus stops.", "stops", False),
        (QUESTION, "", "The sky looks blue because air scatters short waves of light more than long ones.", False),
    ],
)
def test_near_copy_that_is_right_is_kept(instruction: str, input: str, output: str, template: bool) -> None:
    verdict = Echo().check(row(instruction, output, input=input, template=template))
    assert verdict.keep, verdict.reason


def test_template_row_with_an_unchanged_input_is_rejected() -> None:
    verdict = Echo().check(row("Correct the spelling.", "My borther.", input="My borther.", template=True))
    assert verdict.reason == "the response is a copy of the input"
