import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.openings import Openings
from iftgen.types import Pair
from tests.filters.rows import row


def accepted(instruction: str, output: str = "", origin: str = "example") -> Pair:
    return Pair(id="p", instruction=instruction, output=output, origin="seed" if origin == "seed" else "example")


def filled(rows: int, alike: int, **settings: float | None) -> Openings:
    """Return a filter that remembers rows, of which so many, the first, begin alike."""
    one = Openings(min_rows=10, **settings)  # type: ignore[arg-type]
    for at in range(rows):
        same = at < alike
        one.remember(accepted(f"{'write a poem' if same else f'task{at} of mine'} {at}", f"answer{at} is here"), at + 1)
    return one


def test_opening_above_the_bound_is_rejected_and_told() -> None:
    verdict = filled(20, 2).check(row("Write a poem about rain.", ""))
    assert verdict.reason == "2 of 20 accepted rows begin their instruction with 'write a poem' too, at most 10% may"
    assert (verdict.keep, verdict.score, verdict.threshold) == (False, round(3 / 21, 4), 0.1)
    assert verdict.stage == "instruction"


def test_other_and_rarer_openings_are_kept() -> None:
    assert filled(20, 2).check(row("Write a story about rain.", "")).keep
    verdict = filled(40, 2).check(row("Write a poem about rain.", ""))
    assert verdict.keep and verdict.score == round(3 / 41, 4)


def test_nothing_is_rejected_before_enough_rows() -> None:
    assert filled(9, 9).check(row("Write a poem about rain.", "")).keep
    assert not filled(10, 10).check(row("Write a poem about rain.", "")).keep


def test_responses_are_judged_once_they_are_there() -> None:
    memory = Openings(min_rows=10)
    for at in range(20):
        memory.remember(
            accepted(f"task{at} of mine", "Sure, here is a list" if at < 5 else f"answer{at} is short"), at + 1
        )
    assert memory.check(row("Name a town.", "")).keep
    verdict = memory.check(row("Name a town.", "Sure! Here is one."))
    assert verdict.reason == "5 of 20 accepted rows begin their response with 'sure here is' too, at most 5% may"
    assert memory.check(row("Name a town.", "Oslo.")).keep


def test_only_what_the_view_shows_counts() -> None:
    memory = filled(30, 3)
    for at in range(30, 40):
        memory.remember(accepted("write a poem now"), at + 1)
    assert memory.check_at(row("Write a poem about rain.", ""), 30).score == round(4 / 31, 4)
    assert memory.check_at(row("Write a poem about rain.", ""), 9).keep
    assert memory.check_at(row("Write a poem about rain.", ""), None).score == round(14 / 41, 4)


def test_a_verdict_does_not_depend_on_what_came_after_its_view() -> None:
    early, late = filled(30, 2), filled(30, 2)
    for at in range(30, 60):
        late.remember(accepted("write a poem now"), at + 1)
    one = row("Write a poem about rain.", "")
    assert early.check_at(one, 30) == late.check_at(one, 30)


def test_seeds_do_not_count() -> None:
    memory = Openings(min_rows=1)
    for _ in range(50):
        memory.remember(accepted("write a poem", origin="seed"), 0)
    assert memory.check(row("Write a poem about rain.", "")).keep


def test_wording_of_a_template_is_not_judged() -> None:
    memory = Openings(min_rows=10)
    for at in range(20):
        memory.remember(accepted("Sort the words below.", f"answer{at} is right"), at + 1, template=True)
    assert memory.check(row("Sort the words below.", "", template=True)).keep
    assert memory.check(row("Sort the words here.", "")).keep


def test_short_texts_have_no_opening_and_bounds_can_be_off() -> None:
    assert filled(20, 20).check(row("Write.", "")).keep
    assert filled(20, 20, max_instruction_share=None).check(row("Write a poem.", "")).keep
    assert not filled(20, 20, instruction_words=2).check(row("Write a story.", "")).keep


@pytest.mark.parametrize(
    ("key", "value"), [("max_instruction_share", 0.0), ("max_response_share", 1.5), ("min_rows", 0)]
)
def test_wrong_values_are_named(key: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"filters\.openings\.{key}: {value} does not fit"):
        Openings(**{key: value})  # type: ignore[arg-type]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=20))
def test_no_text_raises(texts: list[str]) -> None:
    memory = Openings(min_rows=1)
    for at, text in enumerate(texts):
        memory.check_at(row(text, text), at)
        memory.remember(accepted(text, text), at + 1)
