import random
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters import NearDuplicate
from iftgen.filters.rouge import RougeIndex, f_measure, rouge_l
from tests.filters.rows import pair, row

VERBS = ["Write", "List", "Explain", "Describe", "Name", "Give", "Summarize"]
THINGS = ["a story", "three tips", "the causes", "an email", "two reasons", "the life-cycle", "5 facts"]
ABOUT = [
    "about rain",
    "for sleep",
    "of the war",
    "to a friend",
    "on tea & cake",
    "of a frog",
    "about the sea",
    "in Rome",
]
ENDS = [".", "!", " in simple words.", " for a child.", " and say why.", ", please", " (briefly)", ""]


def reference(one: str, other: str) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from rouge_score.rouge_scorer import RougeScorer
    return float(RougeScorer(["rougeL"], use_stemmer=False).score(one, other)["rougeL"].fmeasure)


def sentence(rng: random.Random) -> str:
    words = f"{rng.choice(VERBS)} {rng.choice(THINGS)} {rng.choice(ABOUT)}{rng.choice(ENDS)}".split(" ")
    if rng.random() < 0.3:
        words.insert(rng.randrange(len(words)), rng.choice(["really", "the", "a", "Really,"]))
    return " ".join(words)


def test_decisions_and_scores_are_those_of_rouge_score() -> None:
    rng = random.Random(7)
    index, near = RougeIndex(0.7), 0
    texts: list[str] = []
    for position in range(150):
        text = sentence(rng)
        expected = {n: f for n, other in enumerate(texts) if (f := reference(other, text)) > 0.7}
        assert dict(index.search(text)) == expected
        near += len(expected)
        index.add(text, position)
        texts.append(text)
    assert near > 100


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(list("abcdef")), max_size=12).map(" ".join), min_size=1, max_size=12),
    st.sampled_from([0.0, 0.3, 0.5, 0.7, 0.8, 1.0]),
)
def test_pruning_loses_nothing(texts: list[str], threshold: float) -> None:
    *known, query = texts
    index = RougeIndex(threshold)
    for position, text in enumerate(known):
        index.add(text, position)
    everything = {n: f for n, text in enumerate(known) if (f := rouge_l(text, query)) > threshold}
    assert dict(index.search(query)) == everything


@settings(max_examples=60, deadline=None)
@given(st.text("ab 1-_.\tZ", max_size=30), st.text("ab 1-_.\tZ", max_size=30))
def test_score_is_that_of_rouge_score(one: str, other: str) -> None:
    assert rouge_l(one, other) == reference(one, other)


@pytest.mark.parametrize(("m", "n", "common"), [(9, 11, 7), (7, 13, 7), (10, 10, 7), (18, 22, 14)])
def test_exactly_the_threshold_is_decided_as_the_reference_rounds(m: int, n: int, common: int) -> None:
    one = " ".join([f"s{i}" for i in range(common)] + [f"x{i}" for i in range(m - common)])
    other = " ".join([f"s{i}" for i in range(common)] + [f"y{i}" for i in range(n - common)])
    index = RougeIndex(0.7)
    index.add(one, 0)
    assert 2 * common / (m + n) == pytest.approx(0.7)
    assert bool(list(index.search(other))) is (reference(one, other) > 0.7)


def test_some_exact_thresholds_round_up_and_some_do_not() -> None:
    sizes = [(m, n) for m in range(7, 30) for n in range(7, 30) if (m + n) % 20 == 0]
    rounded = {f_measure(7 * (m + n) // 20, m, n) > 0.7 for m, n in sizes}
    assert rounded == {True, False}


def test_near_instruction_is_rejected_with_score_and_earliest_neighbour() -> None:
    memory = NearDuplicate()
    memory.remember(pair("Write a long story about a brave dog.", id="seed", origin="seed"), 0)
    memory.remember(pair("Write a story about a brave dog.", id="a"), 2)
    memory.remember(pair("Write a story about a brave dog!", id="b"), 3)
    verdict = memory.check(row("Write a story about a brave cat."))
    assert verdict.reason == "too much like an accepted row: ROUGE-L 0.857, at most 0.7 is allowed"
    assert (verdict.neighbour_id, verdict.threshold, verdict.stage) == ("a", 0.7, "instruction")
    assert verdict.score == pytest.approx(6 / 7)
    assert memory.check(row("Explain how tides work.")).keep


def test_later_rows_are_not_seen() -> None:
    memory = NearDuplicate()
    memory.remember(pair("Write a story about a brave dog."), 5)
    again = row("Write a story about a brave dog.")
    assert memory.check_at(again, 4).keep
    assert not memory.check_at(again, 5).keep


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("写一个关于勇敢的狗的故事", "写一个关于勇敢的猫的故事"),
        ("Напиши рассказ о храброй собаке", "Напиши рассказ о храброй кошке"),
        ("اكتب قصة عن كلب شجاع", "اكتب قصة عن قط شجاع"),
        ("เขียนเรื่องสั้นเกี่ยวกับสุนัข", "เขียนเรื่องสั้นเกี่ยวกับสุกร"),
    ],
)
def test_other_scripts_are_compared_unless_switched_off(one: str, other: str) -> None:
    for unicode in (True, False):
        memory = NearDuplicate(unicode=unicode)
        memory.remember(pair(one), 0)
        assert memory.check(row(other)).keep is not unicode


TEMPLATE = "Read the customer review and say whether it is positive or negative."


@pytest.mark.parametrize(
    ("known", "candidate", "keep"),
    [
        (("My tea was cold.", True), ("The shoes fit well.", True), True),  # the same wording, another content
        (("The tea pot was dirty and cold.", True), ("The tea pot was dirty and old.", True), False),
        (("My tea was cold.", False), ("The shoes fit well.", True), True),  # a seed with that wording
        (("My tea was cold today.", False), ("My tea was cold today.", True), False),
        (("My tea was cold.", True), ("The shoes fit well.", False), True),
    ],
)
def test_rows_of_templates_are_compared_with_their_inputs(
    known: tuple[str, bool], candidate: tuple[str, bool], keep: bool
) -> None:
    memory = NearDuplicate()
    memory.remember(pair(TEMPLATE, known[0]), 1, template=known[1])
    verdict = memory.check(row(TEMPLATE, input=candidate[0], template=candidate[1]))
    assert verdict.keep is keep


def test_own_wordings_are_compared_without_their_inputs() -> None:
    memory = NearDuplicate()
    memory.remember(pair(TEMPLATE, "My tea was cold."), 1)
    assert not memory.check(row(TEMPLATE, input="The shoes fit well.")).keep


@pytest.mark.parametrize("threshold", [-0.1, 1.1])
def test_threshold_out_of_range_is_refused(threshold: Any) -> None:
    with pytest.raises(ConfigError, match=r"filters\.near_duplicate\.threshold: .* Give a number from 0 to 1"):
        NearDuplicate(threshold=threshold)
