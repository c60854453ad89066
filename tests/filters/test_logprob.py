from iftgen.filters import Logprob
from tests.filters.rows import row


def test_unlikely_response_is_rejected_with_score_and_threshold() -> None:
    verdict = Logprob().check(row(response_logprob=-1.5))
    reason = "the model was unsure of the response: mean log-probability -1.50, at least -1.3 is asked for"
    assert verdict.reason == reason
    assert (verdict.score, verdict.threshold) == (-1.5, -1.3)


def test_unlikely_instruction_is_rejected_early() -> None:
    verdict = Logprob(min_instruction=-0.7).check_instruction(row(instruction_logprob=-0.71))
    assert (verdict.keep, verdict.stage, verdict.score) == (False, "instruction", -0.71)


def test_bound_itself_unknown_scores_and_null_bounds_are_kept() -> None:
    assert Logprob(min_response=-1.0).check(row(response_logprob=-1.0)).keep
    assert Logprob().check(row()).keep
    assert Logprob(min_response=None).check(row(response_logprob=-9.0)).keep
