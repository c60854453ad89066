"""Choosers, grammars and programs that agree."""

import pytest

from iftgen.methods.choosers import likeliest, majority, medoid
from iftgen.methods.code import assertions, bare_code, best_program, complete_function, first_that_passes, probes_for
from iftgen.methods.grammars import count_in, numbered_list


def test_medoid_is_the_text_that_agrees_most() -> None:
    texts = ["A pen writes with ink.", "A pen is a tool that writes with ink.", "A pen is a farm.", "Tool writes ink."]
    index, agreement = medoid(texts)
    assert index in (0, 1)
    assert 0.4 < agreement < 1


def test_medoid_of_one_text_agrees_with_itself() -> None:
    assert medoid(["x"]) == (0, 1.0)


def test_likeliest_takes_the_first_where_nothing_is_known() -> None:
    assert likeliest([None, None]) == 0
    assert likeliest([None, -1.0, -0.2]) == 2


def test_majority_counts_equal_outcomes() -> None:
    assert majority([("1",), ("2",), ("2",)]) == (1, 0.5)
    assert majority([("1",)]) == (0, 1.0)


@pytest.mark.parametrize(
    ("instruction", "count"),
    [
        ("Name three fruits.", 3),
        ("Give 5 tips.", 5),
        ("List TEN ideas.", 10),
        ("Name a fruit.", None),
        ("Say 12 words.", None),
    ],
)
def test_count_in_an_instruction(instruction: str, count: int | None) -> None:
    assert count_in(instruction) == count


def test_grammar_of_a_list_of_two() -> None:
    first, second = numbered_list(2).split("\n")
    assert first == r'root ::= "1. " item "\n" "2. " item'
    assert second.startswith("item ::= [A-Z]")
    assert "0-9" not in second


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" f(x):\n    return x\n\nprint(1)", "def f(x):\n    return x"),
        (" f(x):\n    return x\n# more", "def f(x):\n    return x"),
        (" f(x):\n    return (x", ""),
        ("", ""),
        ("\x00", ""),
    ],
)
def test_the_function_is_cut_out(text: str, code: str) -> None:
    assert complete_function(text) == code


def test_bare_code_takes_the_fence_away() -> None:
    assert bare_code("```python\ndef f():\n    pass\n```") == "def f():\n    pass"
    assert bare_code("x = 1") == "x = 1"


def test_probes_fit_the_arguments() -> None:
    assert probes_for("Return the larger of two numbers.", "def f(a, b):\n    return a")[0] == (3, 4)
    assert probes_for("Count the vowels in a string.", "def f(text):\n    return 1")[0] == ("hello world",)
    assert probes_for("Do it.", "def f(a):\n    return a") == []


async def test_programs_agree_by_what_they_return() -> None:
    same, other = "def f(xs):\n    return max(xs)", "def f(xs):\n    return sorted(xs)[-1]"
    index, agreement, problem = await best_program(
        "Return the largest number in a list.", [same, "def f(xs):\n    return min(xs)", other]
    )
    assert (index, agreement, problem) == (0, 0.5, "")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("return 1", "the function returns the same for every input"),
        ("return xs[99]", "the function raised IndexError: list index out of range"),
        ("return open('/etc/passwd').read()", "the function raised PermissionError"),
        ("return None if xs[0] > 3 else 1", "the function returns None"),
    ],
)
async def test_programs_that_do_nothing_are_a_problem(body: str, problem: str) -> None:
    code = f"def f(xs):\n    {body}"
    assert (await best_program("Return something of a list of numbers.", [code, code]))[2].startswith(problem)


async def test_a_function_that_cannot_be_tried_is_a_problem() -> None:
    assert (await best_program("Do it.", ["def f():\n    return 1"]))[2] == "no inputs are known to try the function on"


async def test_the_first_function_that_passes_its_tests_is_taken() -> None:
    wrong, right = "def half(x):\n    return x // 2", "def halve(x):\n    return x / 2"
    tests = ["f(8) == 4", "f(5) == 2.5"]
    assert await first_that_passes([wrong, right], tests) == (1, "")
    index, problem = await first_that_passes([wrong], tests)
    assert (index, problem) == (0, "no function passes the tests; the first one fails 'half(5) == 2.5'")
    assert assertions(right, tests) == "assert halve(8) == 4\nassert halve(5) == 2.5"
    assert await first_that_passes([right], []) == (0, "there are no tests for the topic")
