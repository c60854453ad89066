"""Grammars in llama.cpp's GBNF that force the shape of an answer."""

import re

COUNT_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_COUNT = re.compile(rf"\b({'|'.join(COUNT_WORDS)}|[2-9]|10)\b", re.I)
# An item is short, starts with a capital letter, and cannot start a new number inside itself.
_ITEM = r"item ::= [A-Z] ([a-zA-Z ,'()-]){2,70} [.]?"


def count_in(instruction: str) -> int | None:
    """Return how many items an instruction asks for, None where it names no number from two to ten."""
    match = _COUNT.search(instruction)
    if match is None:
        return None
    word = match.group().lower()
    return COUNT_WORDS.get(word) or int(word)


def numbered_list(count: int) -> str:
    r"""Return the grammar of a list of exactly `count` numbered lines: `1. Apples\n2. Pears`."""
    lines = ' "\\n" '.join(f'"{number}. " item' for number in range(1, count + 1))
    return f"root ::= {lines}\n{_ITEM}"
