import random
import sys
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters import NearDuplicate, rouge_index, token_pairs
from iftgen.filters.rouge import f_measure, rouge_l
from iftgen.filters.rouge_index import RougeIndex
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
        from absl import logging
        from rouge_score.rouge_scorer import RougeScorer
    # Else the first command run by a later test, as it configures logging, would close the stderr that pytest captures.
    logging.get_absl_handler().python_handler.stream = sys.__stderr__
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


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few texts be enough for every path: blocks, the merge of arrays, a new order of tokens, forgotten texts."""
    for name, value in {"_BLOCK": 16, "_FEW": 4, "_TRAY": 6, "_WAITING": 24}.items():
        monkeypatch.setattr(rouge_index, name, value)
    for name, value in {"_FRESH": 150, "_EARLY": 20, "_CHUNK": 7}.items():
        monkeypatch.setattr(token_pairs, name, value)


def random_texts(rng: random.Random, count: int, longest: int, words: int) -> list[str]:
    """Return texts of words with repetitions, common ones among them, and copies with some words changed."""
    names = [f"w{n}" for n in range(words)]
    weights = [1 / (n + 1) for n in range(words)]
    texts: list[str] = []
    for _ in range(count):
        text = rng.choices(names, weights, k=rng.randint(0, longest))
        if texts and rng.random() < 0.5:
            text = rng.choice(texts).split()
            for _ in range(rng.randint(0, len(text) // 3)):
                at = rng.randrange(len(text))
                text[at : at + 1] = rng.choices(names, weights, k=rng.randint(1, 2))
        texts.append(" ".join(text))
    return texts


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.62, 0.7, 0.85, 1.0])
@pytest.mark.parametrize(("longest", "words"), [(5, 12), (24, 60), (90, 200)])
def test_blocks_and_new_orders_of_tokens_lose_nothing(threshold: float, longest: int, words: int) -> None:
    rng = random.Random(f"{threshold} {longest}")
    texts = random_texts(rng, 110, longest, words)
    index, known = RougeIndex(threshold), list[str]()
    for step, text in enumerate(texts):
        if step % 30 == 0:
            index.anticipate(texts[step + 5 : step + 40])
        view = rng.choice([None, step - 10])
        seen = known if view is None else known[: max(0, view + 1)]
        expected = {n: f for n, other in enumerate(seen) if (f := rouge_l(other, text)) > threshold}
        assert dict(index.search(text, view)) == expected
        index.add(text, step)
        known.append(text)


@pytest.mark.usefixtures("small")
def test_anticipation_changes_no_verdict() -> None:
    rng = random.Random(5)
    texts = random_texts(rng, 160, 14, 30)
    rows = [row(text, input=rng.choice(["", *texts[:9]]), template=rng.random() < 0.3) for text in texts]
    told, untold = NearDuplicate(), NearDuplicate()
    for memory in (told, untold):
        memory.remember(pair(texts[3], origin="seed", id="s"), 0)
    kept = 0
    for step, one in enumerate(rows):
        if step % 40 == 0:
            told.anticipate(rows[step : step + 40])
        for view in (step - 20, step - 3, None):
            verdict = told.check_at(one, view)
            assert verdict == untold.check_at(one, view)
        if verdict.keep:
            kept += 1
            for memory in (told, untold):
                memory.remember(pair(one.instruction, one.input, id=str(step)), step + 1, one.template)
    assert 30 < kept < 130


def test_equal_texts_of_two_rows_are_one_neighbour_each() -> None:
    index = RougeIndex(0.7)
    index.anticipate(["Name a big city", "Name a big city.", "Name a big city"])
    assert not list(index.search("Name a big city"))
    for position in (1, 2):
        index.add("Name a big city", position)
    assert list(index.search("Name a big city.")) == [(0, 1.0), (1, 1.0)]
    assert list(index.search("Name a big city", 1)) == [(0, 1.0)]


def test_texts_without_tokens_are_like_nothing() -> None:
    index = RougeIndex(0.0)
    index.anticipate(["", "?!", "..."])
    index.add("?!", 1)
    index.add("a", 1)
    assert not list(index.search("?!"))
    assert list(index.search("A.")) == [(1, 1.0)]


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


def test_one_instruction_may_stand_beside_many_inputs() -> None:
    ask = "Classify the sentiment of the review."
    own = NearDuplicate(inputs=True)
    own.remember(pair(ask, "The soup was cold and nobody came."), 1)
    own.remember(pair("Name the capital city of France."), 2)
    other = row(ask, "", input="A wonderful film that I would see again.")
    assert own.check_at(other, None).keep
    assert not instructions_only(ask).check_at(other, None).keep
    again = row(ask, "", input="The soup was cold and nobody came back.")
    assert own.check_at(again, None).neighbour == f"{ask}\nThe soup was cold and nobody came."
    assert not own.check_at(row("Name the capital city of France", ""), None).keep
    own.anticipate([other, again])
    assert own.check_at(other, None).keep and not own.check_at(again, None).keep


def instructions_only(instruction: str) -> NearDuplicate:
    own = NearDuplicate()
    own.remember(pair(instruction, "The soup was cold and nobody came."), 1)
    return own
