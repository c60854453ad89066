"""How fast a run goes: now, overall, and over its time."""

import pytest

from iftgen.watch.pace import POINTS, Pace


def paced(*moments: tuple[float, int], begin: float = 0.0) -> Pace:
    """A pace that began and was at some counts at some times."""
    pace = Pace()
    pace.begin(begin)
    for time, accepted in moments:
        pace.note(time, accepted, accepted, 10 * accepted)
    return pace


def test_now_is_the_last_ten_seconds() -> None:
    pace = paced(*((float(second), second if second < 50 else 50 + 3 * (second - 50)) for second in range(1, 70)))
    assert pace.now() == (3.0, 30.0)


def test_one_moment_tells_no_rate() -> None:
    assert paced((5.0, 7)).now() == (0.0, 0.0)


def test_a_long_gap_does_not_leave_one_moment_only() -> None:
    assert paced((10.0, 0), (100.0, 90)).now() == (1.0, 10.0)


def test_overall_counts_the_time_of_work_only() -> None:
    pace = paced((1010.0, 20), begin=1000.0)
    pace.begin(9000.0)
    pace.note(9010.0, 30, 30, 0)
    assert pace.overall() == 1.5
    assert Pace().overall() == 0.0


def test_after_a_stop_now_begins_anew() -> None:
    pace = paced((1010.0, 20), begin=1000.0)
    pace.begin(1011.0)
    pace.note(1012.0, 20, 20, 200)
    pace.note(1013.0, 21, 21, 210)
    assert pace.now() == (1.0, 10.0)


def test_the_curve_has_equal_steps_of_the_time() -> None:
    pace = paced((0.0, 0), (10.0, 10), (20.0, 30), (40.0, 30))
    assert pace.curve(4) == [1.0, 2.0, 0.0, 0.0]
    assert pace.curve(2) == [1.5, 0.0]


@pytest.mark.parametrize("moments", [[], [(1.0, 1)], [(1.0, 1), (1.0, 2)]])
def test_too_few_points_make_no_curve(moments: list[tuple[float, int]]) -> None:
    assert paced(*moments).curve(10) == []


def test_a_long_run_keeps_few_points_and_its_curve() -> None:
    pace = paced(*((float(second), 2 * second) for second in range(1, 20_000)))
    assert POINTS / 4 < len(pace._curve) <= POINTS
    assert pace.curve(20) == pytest.approx([2.0] * 20)
    assert pace.overall() == pytest.approx(2.0)


def test_counts_that_fall_make_no_negative_rate() -> None:
    assert min(paced((0.0, 10), (10.0, 5), (20.0, 25)).curve(4)) == 0.0
