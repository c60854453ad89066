"""Shares: intervals against published figures, and estimates worked out by hand."""

import pytest

from iftgen.review.shares import Share, share_of, wilson


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_that_of_newcombe_1998(hits: int, total: int, low: float, high: float) -> None:
    """Table I, method 3 of "Two-sided confidence intervals for the single proportion", Statist. Med. 17, 857-872."""
    assert wilson(hits, total) == pytest.approx((low, high), abs=5e-5)
    assert wilson(total - hits, total) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_the_interval_stays_inside_0_and_1() -> None:
    for total in (1, 2, 1000):
        assert wilson(0, total)[0] == pytest.approx(0.0, abs=1e-12)
        assert wilson(total, total)[1] == pytest.approx(1.0)
        assert wilson(total, total)[1] <= 1.0


def test_strata_are_weighted_by_their_sizes() -> None:
    share = share_of([("big", True), ("small", False), ("small", True)], {"big": 90, "small": 10}, "task")
    assert (share.hits, share.reviewed) == (2, 3)
    assert share.share == pytest.approx(2 / 3)
    assert share.weighted == pytest.approx(0.95)
    assert (share.covered, share.strata) == (1.0, "task")


def test_the_estimate_says_how_much_of_the_run_it_covers() -> None:
    share = share_of([("a", True), ("a", False)], {"a": 30, "b": 70})
    assert (share.weighted, share.covered) == (0.5, 0.3)


def test_nothing_reviewed_has_no_share_and_unknown_strata_no_estimate() -> None:
    assert share_of([], {"a": 1}, "task") == Share(0, 0, strata="task")
    assert share_of([("gone", True)], {}).weighted is None
