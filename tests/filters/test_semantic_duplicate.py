import asyncio
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.semantic_duplicate import SemanticDuplicate, foresight, shelf
from iftgen.filters.semantic_duplicate.contrast import numbers_of, swapped, turned_round
from iftgen.types import Reply, Request
from tests.filters.rows import pair, row
from tests.filters.vectors import Chosen

TIDES, WHY = "Explain how tides work.", "What makes the sea rise and fall each day?"


async def send(request: Request) -> Reply:
    raise AssertionError("an embedder needs no other model")


def made(cosines: dict[str, float] | None = None, **arguments: Any) -> SemanticDuplicate:
    memory = SemanticDuplicate(**arguments)
    memory.embedder = Chosen(cosines)
    return memory


def test_the_same_question_in_other_words_is_rejected_with_neighbour_and_score() -> None:
    memory = made({TIDES: 1.0, WHY: 0.91})
    memory.remember(pair("Bake a cake.", id="other"), 1)
    memory.remember(pair(TIDES, id="tides"), 2)
    verdict = memory.check(row(WHY))
    assert verdict.reason == "it asks for the same as an accepted row: cosine 0.910, at most 0.85 is allowed"
    assert (verdict.neighbour_id, verdict.neighbour, verdict.stage) == ("tides", TIDES, "instruction")
    assert verdict.score == pytest.approx(0.91, abs=1e-3)
    memory.remember(pair(WHY, id="seed", origin="seed"), 3)
    assert memory.check(row(WHY)).reason.startswith("it asks for the same as a seed: cosine 1.000")


def test_a_kept_row_has_the_cosine_to_the_nearest() -> None:
    memory = made({TIDES: 1.0, WHY: 0.6})
    assert memory.check(row(WHY)) == memory.keep(threshold=0.85)
    memory.remember(pair(TIDES), 1)
    memory.remember(pair("Bake a cake."), 1)
    verdict = memory.check(row(WHY))
    assert (verdict.keep, verdict.threshold) == (True, 0.85)
    assert verdict.score == pytest.approx(0.6, abs=1e-3)


def test_later_rows_are_not_seen() -> None:
    memory = made()
    memory.remember(pair(TIDES), 5)
    assert memory.check_at(row(TIDES), 4).keep
    assert not memory.check_at(row(TIDES), 5).keep


@pytest.mark.parametrize(
    ("instruction", "text", "keep"),
    [
        (1.0, 1.0, False),
        (1.0, 0.5, True),  # the same task on another text
        (0.5, 1.0, True),  # another task on the same text
        (0.9, 0.9, False),
    ],
)
def test_where_both_have_an_input_both_parts_must_be_alike(instruction: float, text: float, keep: bool) -> None:
    memory = made({"I": 1.0, "X": 1.0, "i": instruction, "x": text, "I\nX": 1.0, "i\nx": 1.0})
    memory.remember(pair("I", "X"), 1)
    assert memory.check(row("i", input="x")).keep is keep


def test_a_row_without_an_input_is_compared_with_whole_texts() -> None:
    memory = made({"I\nX": 1.0, "i": 0.95, "X": 0.2, "I": 0.2})
    memory.remember(pair("I", "X"), 1)
    assert not memory.check(row("i")).keep
    other = made({"I\nX": 1.0, "i": 0.95})
    other.remember(pair("i"), 1)
    assert not other.check(row("I", input="X")).keep


SAME = [
    ("Give me 5 tips for good sleep", "List five ways to sleep well"),
    ("Write a haiku about winter", "Compose a haiku about winter"),
    ("Explain recursion", "What does recursion mean in programming?"),
    ("Tips for sleeping well", "Give 3 tips on how to sleep well"),
    ("Name the author of Emma.", "Who wrote Emma?"),
]
OTHER = [
    ("Convert 25 degrees Celsius to Fahrenheit.", "Convert 40 degrees Celsius to Fahrenheit."),
    ("Give me five tips for good sleep", "Give me 7 tips for good sleep"),
    ("Write a poem about spring.", "Write a poem about autumn."),
    ("Convert 5 miles to kilometres.", "Convert 5 kilometres to miles."),
    ("List arguments for school uniforms.", "List arguments against school uniforms."),
    ("What is the capital of France?", "What is the capital of Germany?"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_words_for_the_same_are_found(one: str, other: str) -> None:
    memory = made({one: 1.0, other: 0.93})
    memory.remember(pair(one), 1)
    assert not memory.check(row(other)).keep


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_near_texts_that_ask_for_something_else_are_kept(one: str, other: str) -> None:
    memory = made({one: 1.0, other: 0.93})
    memory.remember(pair(one), 1)
    assert memory.check(row(other)).keep


def test_a_swapped_word_needs_a_higher_cosine() -> None:
    one, other = OTHER[2]
    for cosine, keep in ((0.94, True), (0.97, False)):
        memory = made({one: 1.0, other: cosine})
        memory.remember(pair(one), 1)
        assert memory.check(row(other)).keep is keep
    memory = made({one: 1.0, other: 0.94}, swap_threshold=0.9)
    memory.remember(pair(one), 1)
    assert memory.check(row(other)).threshold == 0.9


def test_behind_a_near_text_that_asks_for_something_else_the_same_is_found() -> None:
    one, other = OTHER[2]
    memory = made({one: 0.93, other: 1.0, "Autumn poem, please": 0.9})
    memory.remember(pair(one, id="spring"), 1)
    memory.remember(pair("Autumn poem, please", id="autumn"), 2)
    assert memory.check(row(other)).neighbour_id == "autumn"


def test_a_task_may_have_a_threshold_of_its_own_on_the_same_memory() -> None:
    memory = made({TIDES: 1.0, WHY: 0.9})
    own = memory.for_task(threshold=0.95)
    own.embedder = memory.embedder
    memory.remember(pair(TIDES), 1)
    assert (memory.check(row(WHY)).keep, own.check(row(WHY)).keep) == (False, True)
    for wrong in ({"threshold": 2}, {"threshold": "a"}, {"size": 1}):
        with pytest.raises(ConfigError, match="semantic_duplicate"):
            memory.for_task(**wrong)


@pytest.mark.parametrize("key", ["threshold", "swap_threshold"])
def test_thresholds_out_of_range_are_refused(key: str) -> None:
    with pytest.raises(ConfigError, match=rf"filters\.semantic_duplicate\.{key}: 1.1 does not fit"):
        SemanticDuplicate(**{key: 1.1})


async def test_asking_prepares_each_text_of_a_row() -> None:
    memory = made()
    chosen = memory.embedder
    assert isinstance(chosen, Chosen)
    await memory.ask(row("I", input="X"), "instruction", send)
    await memory.ask(row("i", input=" "), "instruction", send)
    await memory.ask(row("", input=""), "instruction", send)
    assert chosen.prepared == ["I\nX", "I", "X", "i"]


def unit(rng: np.random.Generator, near: Any = None) -> Any:
    vector = rng.normal(size=24) * (0.08 if near is not None else 1) + (near if near is not None else 0)
    return (vector / np.linalg.norm(vector)).astype(np.float16)


@pytest.mark.parametrize("told", [False, True])
def test_the_search_is_exact_whatever_is_foreseen(told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "BLOCK", 16)
    monkeypatch.setattr(shelf, "WHOLE_BYTES", 4 * 16 * 24 * 4)
    rng = np.random.default_rng(3)
    held, vectors, numbers = shelf.Shelf(), list[Any](), list[int]()
    above = 0
    for step in range(150):
        query = unit(rng, vectors[rng.integers(len(vectors))].astype(np.float32) if step % 3 else None)
        number = int(rng.integers(3))
        asked = shelf.Query((0,), (query.astype(np.float32),), number)
        peaks = held.peaks([asked, asked])[0] if told else None
        for view in (None, step - 20):
            seen = [n for n in range(step) if view is None or n <= view]
            fits = [n for n in seen if not number or not numbers[n] or number == numbers[n]]
            exact = {n: round(float(vectors[n].astype(float) @ query.astype(float)), 6) for n in fits}
            expected = {n: score for n, score in exact.items() if score > 0.8}
            found = {hit.position: hit.score for hit in held.search(asked, view, 0.8, peaks)}
            above += len(expected)
            if expected or not exact:
                assert found == expected
            else:
                assert list(found.values()) == [max(exact.values())]
        held.add([query], number, step, pair(str(step), id=str(step)))
        vectors.append(query)
        numbers.append(number)
    assert above > 100
    assert held._blocks[0].dtype == np.float16


async def test_foresight_changes_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "BLOCK", 8)
    monkeypatch.setattr(foresight, "FEW", 1)
    texts = [f"Text {chr(97 + n % 26)}{chr(97 + n // 26)} of its own" for n in range(120)]
    cosines = {text: 0.86 + 0.139 * math.sin(n) ** 2 for n, text in enumerate(texts) if n % 4 == 0}
    told, untold = made(cosines), made(cosines)
    rows = [row(text, input="in" if n % 5 == 0 else "") for n, text in enumerate(texts)]
    for start in range(0, 120, 12):
        block = rows[start : start + 12]
        await asyncio.gather(*(told.ask(one, "instruction", send) for one in block))
        for step, one in enumerate(block, start):
            for view in (step - 10, None):
                assert told.check_at(one, view) == untold.check_at(one, view)
            for memory in (told, untold):
                memory.remember(pair(one.instruction, one.input, id=str(step)), step + 1)
    assert told._foresight._known


def test_numbers_stand_for_their_set() -> None:
    assert numbers_of("List 5 of 12") == numbers_of("Of twelve, list five") != numbers_of("List 5 of 13")
    assert numbers_of("1,000 and 2.5") == numbers_of("2.5 or 1000") != 0
    assert numbers_of("one of the best") == numbers_of("") == 0


def test_frames_and_turned_words() -> None:
    assert swapped("What is the capital of France?", "What is the capital of Germany?")
    assert not swapped("Write a haiku about winter", "Compose a haiku about winter")
    assert not swapped("", "a")
    assert turned_round("miles to kilometres", "Kilometres to miles!")
    assert not turned_round("miles to kilometres", "Miles, to kilometres")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=20)), min_size=1, max_size=5))
def test_no_text_raises(texts: list[tuple[str, str]]) -> None:
    memory = made()
    for position, (instruction, more) in enumerate(texts):
        verdict = memory.check_at(row(instruction, input=more), position)
        assert verdict.keep or verdict.score is not None
        memory.remember(pair(instruction, more), position)


def test_huge_texts_are_judged_in_time() -> None:
    memory = made()
    for text in ("1,1." * 250_000, "two " * 250_000, "\0é" * 500_000):
        memory.remember(pair(text), 1)
        assert not memory.check(row(text)).keep
