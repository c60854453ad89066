import pytest

from iftgen.filters import Agreement
from tests.filters.rows import row

SAMPLES = ["Soap is used to wash hands.", "Soap is used to clean hands and clothes.", "We wash hands with soap."]


def test_answer_that_the_others_share_is_kept_with_its_score() -> None:
    verdict = Agreement().check(row(output=SAMPLES[0], samples=SAMPLES))
    # soap, used, wash, hands: 3 of 4 in the second (5 content words), 3 of 4 in the third (3)
    assert verdict.keep
    assert verdict.score == pytest.approx((2 * 3 / 9 + 2 * 3 / 7) / 2)


def test_lonely_answer_is_rejected() -> None:
    odd = "Solaquarium protects skin."
    verdict = Agreement().check(row(output=odd, samples=[*SAMPLES, odd]))
    reason = "the sampled answers disagree: 0.00 in common with the chosen one, at least 0.4 is asked for"
    assert verdict.reason == reason
    assert (verdict.score, verdict.threshold) == (0.0, 0.4)


def test_score_that_is_known_is_used() -> None:
    assert not Agreement().check(row(output=SAMPLES[0], samples=SAMPLES, scores={"agreement": 0.25})).keep


def test_too_few_samples_abstain() -> None:
    assert Agreement().check(row(samples=["Paris."])).keep


def test_words_that_are_stop_words_only_are_compared_as_they_are() -> None:
    assert not Agreement().check(row(output="it is", samples=["it is", "we were"])).keep
