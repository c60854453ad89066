"""The bags of words in brief: none that is alike is left out."""

from hypothesis import given
from hypothesis import strategies as st

from iftgen.filters.pair_duplicate.near import alike, brief

BAGS = st.sets(st.integers(0, 2**64 - 1) | st.integers(0, 600), min_size=1, max_size=40)


@given(BAGS, BAGS, st.floats(0.1, 1))
def test_no_bag_that_is_alike_is_left_out(one: set[int], other: set[int], least: float) -> None:
    score = 2 * len(one & other) / (len(one) + len(other))
    found = alike(brief(tuple(one)), [0], [brief(tuple(other))], least)
    assert found == [0] or score < least


def test_bags_apart_are_left_out() -> None:
    bags = [brief(range(20)), brief(range(18, 38)), brief(range(1, 21))]
    assert alike(brief(range(20)), [0, 1, 2], bags, 0.85) == [0, 2]
