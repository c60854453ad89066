from typing import Any

import pytest

from iftgen.errors import ConfigError, UserError
from iftgen.filters.arguments import check_arguments
from iftgen.filters.length import Length
from iftgen.filters.stack import FilterStack
from tests.filters.rows import pair, row

LENGTH: dict[str, Any] = {"_target_": "iftgen.filters.length.Length"}
NEAR: dict[str, Any] = {"_target_": "iftgen.filters.near_duplicate.NearDuplicate"}
REFUSAL: dict[str, Any] = {"_target_": "iftgen.filters.refusal.Refusal"}
AGREEMENT: dict[str, Any] = {"_target_": "iftgen.filters.agreement.Agreement"}
LOGPROB: dict[str, Any] = {"_target_": "iftgen.filters.logprob.Logprob"}


def test_order_decides_who_rejects_first() -> None:
    specs = {"short": {**LENGTH, "min_response_words": 9}, "refusal": REFUSAL}
    refused = row("Tell me about bridges.", "I can't assist with that.")
    assert FilterStack.build(specs).names == ("short", "refusal")
    for order, first in ((None, "short"), (["refusal", "short"], "refusal")):
        verdict = FilterStack.build(specs, order).check_response(refused)
        assert verdict is not None and verdict.filter == first


def test_filter_left_out_of_the_order_does_not_run() -> None:
    assert FilterStack.build({"length": LENGTH, "refusal": REFUSAL}, ["length"]).names == ("length",)
    assert FilterStack.build({"length": LENGTH}, []).check_response(row(output="")) is None


def test_instruction_is_judged_without_the_response() -> None:
    stack = FilterStack.build({"length": LENGTH})
    verdict = stack.check_instruction(row("Hi", ""), 0)
    assert verdict is not None and (verdict.stage, verdict.filter) == ("instruction", "length")
    assert stack.check_instruction(row("Tell a good story.", ""), 0) is None


def test_memory_sees_the_view_early_and_everything_finally() -> None:
    stack = FilterStack.build({"near": NEAR})
    stack.remember(pair("Write a story about a brave dog.", id="x"), 7)
    again = row("Write a story about a brave dog.")
    assert stack.check_instruction(again, 6) is None
    early, final = stack.check_instruction(again, 7), stack.final(again)
    assert early is not None and final is not None
    assert early == final
    assert (final.filter, final.neighbour_id, final.score) == ("near", "x", 1.0)
    assert stack.check_response(again) is None


def test_scores_are_kept_in_the_row() -> None:
    stack = FilterStack.build({"lp": LOGPROB})
    judged = row(instruction_logprob=-1 / 3, response_logprob=-2 / 3)
    assert stack.check_instruction(judged, 0) is None
    assert stack.check_response(judged) is None
    assert judged.scores == {"lp_instruction": -0.333333, "lp": -0.666667}


def test_opt_in_filter_judges_only_tasks_that_name_it() -> None:
    stack = FilterStack.build({"agreement": AGREEMENT}, verify={"qa": {"agreement": {}}})
    odd: dict[str, Any] = {"output": "blue cheese", "samples": ["blue cheese", "red wine", "red wine"]}
    assert stack.check_response(row(**odd, task="story")) is None
    verdict = stack.check_response(row(**odd, task="qa"))
    assert verdict is not None and verdict.filter == "agreement"


def test_task_overrides_arguments_and_equal_settings_share_an_instance() -> None:
    wish = {"lp": {"min_response": -0.7}}
    stack = FilterStack.build({"lp": {**LOGPROB, "min_instruction": -0.5}}, verify={"qa": wish, "list": wish})
    assert stack.overrides["qa"]["lp"] is stack.overrides["list"]["lp"]
    judged: dict[str, Any] = {"response_logprob": -1.0}
    assert stack.check_response(row(**judged, task="story")) is None
    verdict = stack.check_response(row(**judged, task="qa"))
    assert verdict is not None and (verdict.filter, verdict.threshold) == ("lp", -0.7)
    early = stack.check_instruction(row(instruction_logprob=-0.6, task="qa"), 0)
    assert early is not None and early.threshold == -0.5


def test_a_task_may_raise_the_threshold_of_near_duplicates_over_the_same_memory() -> None:
    stack = FilterStack.build({"near": NEAR}, verify={"qa": {"near": {"threshold": 0.85}}})
    stack.remember(pair("What does a nurse do?"), 0)
    alike: dict[str, Any] = {"instruction": "What does a baker do?"}
    assert stack.check_instruction(row(**alike, task="story"), 0) is not None
    assert stack.check_instruction(row(**alike, task="qa"), 0) is None
    same = stack.final(row(instruction="What does a nurse do?", task="qa"))
    assert same is not None and (same.score, same.threshold) == (1.0, 0.85)


def test_task_may_name_a_filter_that_is_not_in_the_stack() -> None:
    assert FilterStack.build({"length": LENGTH}, verify={"qa": {"count": {}}}).overrides == {"qa": {}}


@pytest.mark.parametrize(
    ("verify", "message"),
    [
        ({"qa": {"cuont": {}}}, "task 'qa': verify: there is no filter 'cuont'. Did you mean 'count'?"),
        ({"qa": {"near": {"threshold": 1.5}}}, "task 'qa': verify: filters.near.threshold: 1.5 does not fit"),
        ({"qa": {"near": {"unicode": False}}}, "task 'qa': verify: filters.near.verify: "),
        ({"qa": {"length": {"min_words": 3}}}, "task 'qa': verify: filters.length.min_words: the filter has no such"),
    ],
)
def test_wrong_settings_of_a_task_are_refused(verify: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as caught:
        FilterStack.build({"length": LENGTH, "near": NEAR}, verify=verify)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"_target_": "os.system"}, "filters.x._target_: 'os.system' is not below a trusted package (iftgen)."),
        ({"_target_": "iftgenx.Thing"}, "filters.x._target_: 'iftgenx.Thing' is not below a trusted package"),
        ({}, "filters.x._target_: '' is not below a trusted package"),
        ({"_target_": "iftgen.filters.lenght.Length"}, "filters.x._target_: 'iftgen.filters.lenght.Length' is no"),
        ({"_target_": "iftgen.types.Candidate"}, "filters.x._target_: 'iftgen.types.Candidate' is no filter class."),
        ({**NEAR, "treshold": 1}, "filters.x.treshold: the filter has no such argument. Did you mean 'threshold'?"),
        ({**NEAR, "threshold": "hot"}, "filters.x.threshold: 'hot' (str) does not fit. Give a number."),
        ({**NEAR, "threshold": 2}, "filters.x.threshold: 2 does not fit. Give a number from 0 to 1."),
        (
            {**REFUSAL, "patterns": "abc"},
            "filters.x.patterns: 'abc' (str) does not fit. Give a list of texts, such as [a, b].",
        ),
        (
            {"_target_": "iftgen.filters.guardrails.Guardrails"},
            "filters.x.validator: a value is needed. Give a text.",
        ),
        (
            {"_target_": "iftgen.filters.guardrails.Guardrails", "validator": "os.path.Check"},
            "filters.x: 'os.path.Check' is not below a trusted package (iftgen, guardrails, guardrails_ai).",
        ),
    ],
)
def test_wrong_spec_is_one_clear_error(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        FilterStack.build({"x": spec})
    assert str(caught.value).startswith(message)


def test_untrusted_package_is_told_how_to_be_trusted() -> None:
    spec = {"_target_": "tests.filters.plugin.Polite"}
    with pytest.raises(ConfigError, match=r"name it: plugins=\[tests\]"):
        FilterStack.build({"polite": spec})
    stack = FilterStack.build({"polite": spec}, plugins=["tests"])
    verdict = stack.check_response(row(output="Do it."))
    assert verdict is not None and verdict.reason == "no please"
    early = stack.check_instruction(row("Rude!"), 0)
    assert early is not None and early.stage == "instruction"


def test_a_reason_quotes_the_beginning_of_a_long_word() -> None:
    address = f"https://example.com/{'y' * 60}"
    said = Length().reject(f"the word '{'x' * 5000}' is odd, {address} is not").reason
    assert said == f"the word '{'x' * 79}... is odd, {address} is not"


def test_unknown_name_in_the_order_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"filter_order: 'lenght' is not in the stack. Did you mean 'length'\?"):
        FilterStack.build({"length": LENGTH}, ["lenght"])


@pytest.mark.parametrize("value", [True, 1.5, "5", [5]])
def test_whole_numbers_are_checked(value: object) -> None:
    with pytest.raises(ConfigError, match=r"filters\.length\.min_response_words: .* Give a whole number, or null\."):
        check_arguments(Length, {"min_response_words": value})


def test_fitting_arguments_pass() -> None:
    check_arguments(Length, {"min_response_words": None, "max_response_words": 7})
