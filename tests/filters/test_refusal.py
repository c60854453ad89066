import pytest

from iftgen.errors import ConfigError
from iftgen.filters import Refusal
from tests.filters.rows import row


@pytest.mark.parametrize(
    "output",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, but I cannot provide that information.",
        "I cannot fulfill this request.",
        "Unfortunately, I am unable to browse the internet.",
        "I apologize for the confusion in my last answer. The capital is Paris.",
        "As an AI language model, I do not have feelings. Still, here is a poem.",
        "My favourite is blue. But as an AI, I have no eyes.",
        "Could you please provide the text?",
        "I can't assist you with that.",
    ],
)
def test_refusal_is_rejected(output: str) -> None:
    verdict = Refusal().check(row("Tell me about bridges.", output))
    assert not verdict.keep
    assert verdict.reason.startswith("the response refuses or talks about being a model: ")


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        ("Cheer me up.", "I'm sorry to hear that you feel low. A walk may help."),
        ("Write a note to decline a party.", "I'm sorry, but I can't make it on Friday."),
        ("Write an apology for a late parcel.", "We apologize for the delay. I'm sorry, but I cannot offer a refund."),
        ("What do chatbots say?", 'They often begin with "As an AI language model", which is dull.'),
        ("What does she do?", "She works as an AI engineer in Lyon."),
        ("Tell a story.", "He could not open the door. Unfortunately, I cannot tell you why, he thought."),
        ("Why is it dark?", "Unfortunately, the lamp is broken."),
        ("Explain.", "```\nprint('as an AI language model')\n```"),
    ],
)
def test_lookalike_is_kept(instruction: str, output: str) -> None:
    verdict = Refusal().check(row(instruction, output))
    assert verdict.keep, verdict.reason


def test_own_patterns_and_switches() -> None:
    own = Refusal(opening=False, anywhere=False, patterns=[r"consult a (?:doctor|lawyer)"])
    assert own.check(row(output="As an AI, I cannot say.")).keep
    assert not own.check(row(output="Please Consult a lawyer.")).keep


def test_broken_pattern_is_named() -> None:
    with pytest.raises(ConfigError, match=r"filters\.refusal\.patterns: '\(' does not fit"):
        Refusal(patterns=["("])
