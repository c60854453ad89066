"""Answers that are Python functions: cut them out, run them on probe inputs, and see which of them agree.

Code runs in pydantic-monty, an interpreter without files, network or processes, under limits of time and memory.
"""

import ast
import asyncio
import re
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

from iftgen.methods.choosers import majority

LIMITS = {"max_feed_duration_secs": 2.0, "max_memory": 64_000_000}
RAISED = "raised "
_PROBES: tuple[tuple[str, list[tuple[Any, ...]]], ...] = (
    (
        r"list of (?:strings|words|names)|(?:words|strings|names) in (?:a|the) list|longest word in a list",
        [
            (["pear", "fig", "banana"],),
            (["a", "bb", "a"],),
            (["Level", "stats", "dog"],),
            (["blue", "red", "green", "red"],),
        ],
    ),
    (r"two lists", [([1, 2, 3], [2, 3, 4]), ([5], [6]), ([1, 1], [1]), ([7, 8], [8, 9])]),
    (r"two (?:numbers|integers|values)|larger of|divisible by another", [(3, 4), (10, 5), (-2, 7), (8, 8), (9, 2)]),
    (r"two (?:strings|words)", [("listen", "silent"), ("ab", "cd"), ("cat", "cats"), ("x", "x")]),
    (r"list|numbers|integers|array", [([3, 1, 2],), ([5, 5, 2, 9],), ([-1, 4, 0, 7],), ([10],), ([2, 4, 6, 8, 2],)]),
    (
        r"string|text|sentence|word|letter|character|palindrome|vowel",
        [("hello world",), ("Level",), ("abc ABC 123",), ("The quick brown fox",), ("aaa",)],
    ),
    (r"number|integer|prime|factorial|digit|year|value", [(7,), (12,), (1,), (30,), (97,), (6,)]),
)


def bare_code(text: str) -> str:
    """Return the code of a fenced block, or the text itself."""
    match = re.search(r"```(?:python)?\n(.*?)\n?```", text, re.S)
    return (match.group(1) if match else text).strip("\n")


def fenced(code: str) -> str:
    """Return the code as a fenced Python block."""
    return f"```python\n{code}\n```"


def complete_function(continuation: str) -> str:
    """Return the function whose text after `def` is given, without what follows it; "" where it does not parse."""
    lines = f"def {continuation.strip()}".split("\n")
    body = [line for line in lines[1:] if not line or line[0] in " \t"]
    code = "\n".join([lines[0], *body]).rstrip()
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return ""
    return code if len(tree.body) == 1 and isinstance(tree.body[0], ast.FunctionDef) else ""


def probes_for(instruction: str, code: str) -> list[tuple[Any, ...]]:
    """Return argument tuples that fit what the instruction says and how many arguments the function takes."""
    function = ast.parse(code).body[0]
    if not isinstance(function, ast.FunctionDef):
        return []
    needed = len(function.args.args) - len(function.args.defaults)
    for pattern, table in _PROBES:
        if re.search(pattern, instruction, re.I) and len(table[0]) == needed:
            return table
    return []


async def best_program(instruction: str, programs: Sequence[str]) -> tuple[int, float, str]:
    """Return the index of the function to keep, the share of others that give the same results, and a problem or ""."""
    tables = [probes_for(instruction, program) for program in programs]
    if not tables[0]:
        return 0, 0.0, "no inputs are known to try the function on"
    outcomes = await asyncio.to_thread(_run_all, [(p, t) for p, t in zip(programs, tables, strict=True)])
    index, agreement = majority(outcomes)
    return index, agreement, _objection(outcomes[index])


async def first_that_passes(programs: Sequence[str], tests: Sequence[str]) -> tuple[int, str]:
    """Return the index of the first function that passes all tests, and a problem or ""."""
    if not tests:
        return 0, "there are no tests for the topic"
    failed = ""
    for index, program in enumerate(programs):
        for test in assertions(program, tests).split("\n"):
            result = await asyncio.to_thread(_feed, program, test)
            if result.startswith(RAISED):
                failed = failed or f"no function passes the tests; the first one fails {test.removeprefix('assert ')!r}"
                break
        else:
            return index, ""
    return 0, failed


def assertions(program: str, tests: Sequence[str]) -> str:
    """Return the tests as `assert` statements with the name of the function in the place of `f`."""
    return "\n".join(f"assert {re.sub(r'(?<![a-z])f[(]', f'{_name(program)}(', test)}" for test in tests)


def _name(program: str) -> str:
    match = re.search(r"def (\w+)", program)
    return match.group(1) if match else ""


def _objection(results: tuple[str, ...]) -> str:
    wrong = [result for result in results if result.startswith(RAISED)]
    if wrong:
        return f"the function {wrong[0]}"
    if len(set(results)) < 2:
        return "the function returns the same for every input"
    return "the function returns None" if "None" in results else ""


def _run_all(programs: list[tuple[str, list[tuple[Any, ...]]]]) -> list[tuple[str, ...]]:
    return [tuple(_run(code, arguments) for arguments in table) or ("",) for code, table in programs]


def _run(code: str, arguments: tuple[Any, ...]) -> str:
    """Return the repr of the result, or what was raised."""
    return _feed(code, f"{_name(code)}({', '.join(map(repr, arguments))})")


def _feed(code: str, then: str) -> str:
    """Run the code, then a line; return the repr of its value, or what was raised."""
    import pydantic_monty

    with _starting:
        pool = _pool()
    with pool.checkout(limits=LIMITS) as session:
        try:
            session.feed_run(code)
            return repr(session.feed_run(then))
        except pydantic_monty.MontyError as error:
            return f"{RAISED}{str(error).splitlines()[-1] if str(error) else type(error).__name__}"


_starting = threading.Lock()


@cache
def _pool() -> Any:
    """Start the worker process, which ends with this one."""
    import pydantic_monty

    return pydantic_monty.Monty(max_processes=1).__enter__()
