import pytest

from iftgen.errors import ConfigError
from iftgen.filters import Length
from iftgen.filters.text import count_words
from iftgen.types import Candidate
from tests.filters.rows import row


def test_short_response_is_rejected_with_the_counts_in_the_reason() -> None:
    verdict = Length(min_response_words=5).check(Candidate(index=0, instruction="Say it.", output="Only three words"))
    assert not verdict.keep
    assert verdict.reason == "the response has 3 words, at least 5 are asked for"
    assert (verdict.filter, verdict.stage, verdict.score, verdict.threshold) == ("length", "response", 3, 5)


def test_long_response_is_rejected() -> None:
    verdict = Length(max_response_words=2).check(row(output="one two three"))
    assert verdict.reason == "the response has 3 words, at most 2 are allowed"


def test_empty_response_is_rejected() -> None:
    assert Length().check(row(output=" \n")).reason == "the response is empty, at least 1 are asked for"


def test_instruction_is_judged_before_the_response_exists() -> None:
    verdict = Length(min_instruction_words=4).check_instruction(row("Tell a lie.", ""))
    assert verdict.reason == "the instruction has 3 words, at least 4 are asked for"
    assert verdict.stage == "instruction"


def test_null_bounds_keep_everything() -> None:
    every = Length(
        min_instruction_words=None, max_instruction_words=None, min_response_words=None, max_response_words=None
    )
    assert every.check(row(output="")).keep
    assert every.check_instruction(row("")).keep


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It's a well-known fact.", 4),
        ("", 0),
        ("请写一个关于狗的故事。", 5),  # 10 letters, two a word
        ("เขียนเรื่องสั้น", 3),  # Thai: 9 letters without the marks, four a word
        ("Добрый день, мир", 3),
        ("用 Python 写代码", 3),
    ],
)
def test_words_are_counted_in_any_script(text: str, count: int) -> None:
    assert count_words(text) == count


def test_bounds_that_cross_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"filters\.length\.max_response_words: 2 does not fit"):
        Length(min_response_words=3, max_response_words=2)
