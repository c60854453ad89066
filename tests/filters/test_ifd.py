"""`ifd`: what is asked, how the two perplexities are judged, and that the embedded model tells pairs from strangers."""

import asyncio
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.backends.embedded_client import EmbeddedClient
from iftgen.errors import ConfigError
from iftgen.filters.base import Send
from iftgen.filters.ifd import Ifd
from iftgen.filters.stack import FilterStack
from iftgen.types import Candidate, Reply, Request
from tests.filters.rows import row

AFTER, ALONE = "ifd.after", "ifd.alone"
USER = {"role": "user", "content": "Name the capital of France."}
NOTHING = {"role": "user", "content": ""}
LONG = "Paris is the capital of France."


def asked(check: Ifd, candidate: Candidate, *logprobs: float | None, stage: Any = "response") -> list[Request]:
    """Return what the filter asks a model that answers with these log-probabilities."""
    requests: list[Request] = []

    async def send(request: Request) -> Reply:
        requests.append(request)
        return Reply(request.score or "", logprob=logprobs[len(requests) - 1] if logprobs else -1.0)

    asyncio.run(check.ask(candidate, stage, send))
    return requests


def judged(after: float, alone: float, **settings: Any) -> Any:
    return Ifd(**settings).check(row(evidence={AFTER: after, ALONE: alone}))


@pytest.mark.parametrize(
    ("after", "alone", "settings", "keep"),
    [
        (-1.0, -2.0, {}, True),
        (-2.0, -1.9, {}, False),
        (-2.0, -2.0, {}, True),
        (-2.0, -1.9, {"max": 1.2}, True),
        (-2.0, -1.9, {"max": None}, True),
        (-0.1, -4.0, {}, True),
        (-0.1, -4.0, {"min": 0.1}, False),
        (-0.1, -1.0, {"min": 0.1}, True),
        (-0.1, -4.0, {"min": 0.1, "max": None}, False),
    ],
)
def test_the_ratio_of_the_perplexities_is_judged(
    after: float, alone: float, settings: dict[str, Any], keep: bool
) -> None:
    verdict = judged(after, alone, **settings)
    assert verdict.keep is keep
    assert verdict.score == pytest.approx(math.exp(-after) / math.exp(-alone))


def test_a_rejection_says_both_perplexities() -> None:
    verdict = judged(-3.0, -2.5)
    told = "(IFD 1.65: perplexity 20.1 with the instruction, 12.2 without)"
    assert verdict.reason == f"the response does not follow from the instruction {told}"
    assert verdict.threshold == 1.0
    low = judged(-0.01, -3.0, min=0.1)
    assert low.reason.startswith("the instruction gives the response away (IFD 0.05: ") and low.threshold == 0.1


@pytest.mark.parametrize("missing", [{}, {AFTER: -1.0}, {ALONE: -1.0}, {AFTER: math.nan, ALONE: -1.0}])
def test_a_row_without_both_scores_is_kept_without_a_score(missing: dict[str, float]) -> None:
    verdict = Ifd().check(row(evidence=missing))
    assert verdict.keep and verdict.score is None


def test_scores_that_are_no_numbers_of_this_world_do_not_raise() -> None:
    assert not judged(-1e9, -1.0).keep
    assert judged(-1.0, -1e9).keep


def test_the_response_is_scored_after_the_instruction_and_after_an_empty_one() -> None:
    candidate = row(output=f" {LONG}\n")
    after, alone = asked(Ifd(), candidate, -0.5, -2.0)
    assert (after.messages, after.score, after.prompt, after.role) == ((USER,), LONG, None, "judge")
    assert (alone.messages, alone.score) == ((NOTHING,), LONG)
    assert candidate.evidence == {AFTER: -0.5, ALONE: -2.0}
    assert candidate.messages == []


def test_a_filter_under_another_name_keeps_its_own_evidence() -> None:
    candidate, other = row(output=LONG), Ifd(role="response", template="plain")
    other.label = "ifd_plain"
    asked(Ifd(), candidate, -0.5, -2.0)
    requests = asked(other, candidate, -1.0, -3.0)
    assert {request.role for request in requests} == {"response"}
    assert candidate.evidence == {AFTER: -0.5, ALONE: -2.0, "ifd_plain.after": -1.0, "ifd_plain.alone": -3.0}


@pytest.mark.parametrize("output", ["", "  \n", "Paris.", "in Paris", "\0\0"])
def test_nothing_is_asked_of_a_short_response(output: str) -> None:
    assert asked(Ifd(), row(output=output)) == []


def test_nothing_is_asked_before_there_is_a_response() -> None:
    assert asked(Ifd(), row(output=LONG), stage="instruction") == []


def test_a_reply_without_logprob_leaves_no_evidence() -> None:
    candidate = row(output=LONG)
    asked(Ifd(), candidate, None, -1.0)
    assert Ifd().check(candidate).score is None


def test_only_the_beginning_of_a_long_response_is_scored() -> None:
    words = [f"word{number}" for number in range(200)]
    assert asked(Ifd(max_words=5), row(output="\n ".join(words)))[0].score == "\n ".join(words[:5])
    assert len(asked(Ifd(max_words=5), row(output="漢字" * 10**5))[0].score or "") == 60
    assert len(asked(Ifd(max_words=5), row(output="a b " + "x" * 10**6))[0].score or "") == 60


def test_the_input_and_the_system_prompt_belong_to_the_instruction() -> None:
    after, alone = asked(Ifd(), row("Translate.", LONG, input="Paris {x}", system="Be brief."))
    assert after.messages == (
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Translate.\n\nParis {x}"},
    )
    assert alone.messages == (NOTHING,)


def test_of_a_conversation_all_turns_before_the_last_reply_are_given() -> None:
    turns = [USER, {"role": "assistant", "content": "Paris."}, {"role": "user", "content": "And of Spain?"}]
    last = {"role": "assistant", "content": "It is Madrid, of course."}
    candidate = row(output=last["content"], messages=[*turns, last])
    after, _ = asked(Ifd(), candidate)
    assert after.messages == tuple(turns) and after.score == last["content"]
    assert candidate.messages == [*turns, last]


@pytest.mark.parametrize(
    ("template", "prompt", "empty", "score"),
    [
        (
            "chatml",
            "<|im_start|>system\nBe {brief}.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n",
            "<|im_start|>user\n<|im_end|>\n<|im_start|>assistant\n",
            LONG,
        ),
        (
            "alpaca",
            "Be {brief}.\n\n### Instruction:\nWhy?\n\n### Response:\n",
            "### Instruction:\n\n\n### Response:\n",
            LONG,
        ),
        ("plain", "Be {brief}.\n\nQuestion: Why?\nAnswer:", "Question: \nAnswer:", f" {LONG}"),
    ],
)
def test_templates_for_models_without_a_chat_template(template: Any, prompt: str, empty: str, score: str) -> None:
    requests = asked(Ifd(template=template), row("Why?", LONG, system="Be {brief}."))
    assert [(one.prompt, one.messages, one.score) for one in requests] == [(prompt, None, score), (empty, None, score)]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"max": 0}, "filters.ifd.max: 0 does not fit. Give a number above 0, such as 1, or null."),
        ({"min": 1.5}, "filters.ifd.min: 1.5 does not fit. Give a number from 0 to below max, or null."),
        ({"min": -1, "max": None}, "filters.ifd.min: -1 does not fit."),
        ({"min_words": 0}, "filters.ifd.min_words: 0 does not fit."),
        ({"max_words": 2}, "filters.ifd.max_words: 2 does not fit. Give a whole number, at least min_words."),
        ({"template": "chat"}, "filters.ifd.template: 'chat' (str) does not fit. Give one of auto, chatml, alpaca"),
        ({"role": "critic"}, "filters.ifd.role: 'critic' (str) does not fit."),
    ],
)
def test_settings_that_do_not_fit_are_named(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        FilterStack.build({"ifd": {"_target_": "iftgen.filters.ifd.Ifd", **settings}})
    assert words in str(caught.value)


@given(st.text(), st.text(), st.text(), st.floats() | st.none(), st.floats() | st.none())
def test_no_text_and_no_number_raises(
    instruction: str, output: str, system: str, after: float | None, alone: float | None
) -> None:
    for template in ("auto", "plain"):
        check, candidate = Ifd(template=template, min=0.1), row(instruction, output, system=system)
        asked(check, candidate, after, alone)
        verdict = check.check(candidate)
        assert verdict.score is None or verdict.score > 0


PAIRS = (
    ("What is the capital of France?", "The capital of France is Paris."),
    ("How do plants make food?", "Plants make food by photosynthesis, using light, water and carbon dioxide."),
    ("Give a tip for better sleep.", "Go to bed at the same time every night and keep the bedroom dark and cool."),
    ("Write a Python function that adds two numbers.", "def add(a, b):\n    return a + b"),
)


async def test_the_embedded_model_tells_pairs_from_strangers() -> None:
    client = EmbeddedClient("smollm2-135m-instruct", {"processes": 1, "slots": 4, "context": 512})
    await client.start()
    try:
        own = [await _ifd(instruction, output, client.send) for instruction, output in PAIRS]
        turned = zip(PAIRS, PAIRS[1:] + PAIRS[:1], strict=True)
        other = [await _ifd(one[0], two[1], client.send) for one, two in turned]
        # Most bytes of Georgian are tokens of their own, which the grammar of the server cannot force.
        assert await _ifd("What is this?", "ეს არის ძალიან გრძელი წინადადება.", client.send) is None
    finally:
        await client.close()
    assert all(score is not None and score < 0.9 for score in own)
    assert sum(score is not None and score > 1 for score in other) >= 3


async def _ifd(instruction: str, output: str, send: Send) -> float | None:
    check, candidate = Ifd(), row(instruction, output)
    await check.ask(candidate, "response", send)
    return check.check(candidate).score
