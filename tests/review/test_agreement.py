"""Agreement: kappa against worked examples, and which rows count for a pair."""

import pytest

from iftgen.review.agreement import cohen_kappa, mean_kappa, pairs_of
from iftgen.store.reviews import Judgement, Review, latest


def judged(both_good: int, first_good: int, second_good: int, both_bad: int) -> list[tuple[str, str]]:
    good, bad = "good", "bad"
    return (
        [(good, good)] * both_good + [(good, bad)] * first_good + [(bad, good)] * second_good + [(bad, bad)] * both_bad
    )


@pytest.mark.parametrize(
    ("cells", "kappa"),
    [
        ((20, 5, 10, 15), 0.4),  # observed 0.7, by chance 0.5
        ((45, 15, 25, 15), 0.1304),  # observed 0.6, by chance 0.54
        ((25, 35, 5, 35), 0.2593),  # observed 0.6, by chance 0.46
        ((10, 0, 0, 10), 1.0),
        ((0, 10, 10, 0), -1.0),
        ((25, 25, 25, 25), 0.0),
    ],
)
def test_kappa_is_that_of_worked_examples(cells: tuple[int, int, int, int], kappa: float) -> None:
    assert cohen_kappa(judged(*cells)) == pytest.approx(kappa, abs=5e-5)


def test_kappa_has_no_value_where_all_have_one_label() -> None:
    assert cohen_kappa(judged(9, 0, 0, 0)) is None
    assert cohen_kappa([]) is None


def said(reviewer: str, verdicts: str) -> list[Review]:
    words: dict[str, Judgement] = {"g": "good", "b": "bad", "s": "skip"}
    return [
        Review(1.0, reviewer, f"id{n}", n, "examples", words[letter])
        for n, letter in enumerate(verdicts)
        if letter != "-"
    ]


def test_a_pair_is_judged_by_the_rows_that_both_judged_good_or_bad() -> None:
    pairs = pairs_of(latest([*said("ben", "ggbbsg--"), *said("ann", "gbbbgsg-"), *said("cem", "-------g")]))
    assert [(pair.first, pair.second, pair.rows, pair.agreed) for pair in pairs] == [("ann", "ben", 4, 3)]
    assert pairs[0].kappa == pytest.approx(0.5)


def test_the_mean_is_over_the_pairs_that_have_a_kappa() -> None:
    pairs = pairs_of(latest([*said("a", "gb-gg"), *said("b", "gb---"), *said("c", "bg-gg")]))
    kappas = {(pair.first, pair.second): pair.kappa for pair in pairs}
    assert kappas == {("a", "b"): 1.0, ("a", "c"): pytest.approx(-1 / 3), ("b", "c"): -1.0}
    assert mean_kappa(pairs) == pytest.approx(-1 / 9)
    assert mean_kappa(pairs_of(latest([*said("a", "gg"), *said("b", "gg")]))) is None
