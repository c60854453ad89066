"""The questions of benchmarks, in whatever columns they stand."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from iftgen.filters.decontamination.files import read_bytes, records, refuse

# Where the question stands; the first column that is there and holds text is taken.
QUESTION = ("instruction", "prompt", "question", "turns", "problem", "query", "text", "question_content", "ctx", "goal")
_TALK = ("messages", "conversations", "conversation", "dialogue")
_LAST = ("input", "content", "sentence", "statement")
_CHOICES = ("choices", "options")
_LETTERS = ("a", "b", "c", "d", "e")
SOLUTION = ("canonical_solution", "solution", "answer", "output", "response", "completion", "reference", "code", "gold")
_DOCSTRING = re.compile(r'"""(.{1,20000}?)"""|\'\'\'(.{1,20000}?)\'\'\'', re.S)
# Where examples begin in a docstring.
_EXAMPLES = re.compile(r">>>|\bfor example\b|\bexamples?\s*:|\n\s*\w+\([^\n]*(?:==|=>|->|➞)", re.I)
_CALCULATION = re.compile(r"<<[^<>\n]{0,200}>>")  # the calculator's notes in GSM8K


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a benchmark.

    `place` is `file:line`; `texts` are the ways in which a row may hold the question, and `parts` those that say too
    little to be recognised by a short text, such as a question without its choices. One that `follows` another turn
    ("Now make it shorter") asks for nothing by itself.
    """

    place: str
    texts: tuple[str, ...]
    parts: tuple[str, ...] = ()
    solutions: tuple[str, ...] = ()
    follows: bool = False


def read_questions(path: Path) -> tuple[list[Question], bytes]:
    """Return the questions of a file, and the digest of its bytes; raises ConfigError for one that cannot be used."""
    data = read_bytes(path)
    digest = sha256(data).digest()
    given = records(path, data)
    del data  # the file is large, and decoded by now
    found: list[Question] = []
    for number, record in given:
        place = f"{path.name}:{number}"
        if isinstance(record, str):
            found += [Question(place, (record,))] if record.strip() else []
        elif isinstance(record, dict):
            found += _of_record(path, place, record)
        else:
            refuse(path, f"holds neither an object nor a text in record {number}. {_wanted()}")
    if not found:
        refuse(path, f"holds no question. {_wanted()}")
    return found, digest


def without_calculations(text: str) -> str:
    """Return a solution without the calculator's notes, which many copies of GSM8K leave out."""
    return _CALCULATION.sub("", text) if "<<" in text else text


def _of_record(path: Path, place: str, record: Mapping[str, Any]) -> Iterator[Question]:
    """Yield the questions of a record: one, or one for each turn of the user."""
    inner = record.get("row")  # the form of a page of a dataset's rows
    columns = {
        str(key).strip().casefold(): cell for key, cell in (inner if isinstance(inner, dict) else record).items()
    }
    known = [name for name in (*QUESTION, *_TALK, *_LAST) if name in columns]
    if not known:
        where = place.rpartition(":")[2]
        refuse(path, f"holds no question in record {where}, whose columns are {_shown(columns)}. {_wanted()}")
    name, turns = next(((name, texts) for name in known if (texts := _turns(columns[name]))), ("", []))
    solutions = tuple(map(without_calculations, _solutions(columns, name)))
    choices, more = _choices(columns), _turns(columns.get("input"))
    if name == "instruction" and more:
        yield Question(place, ("\n".join([*turns, *more]),), tuple(turns), solutions)
    elif choices and turns:
        lettered = "\n".join(f"{letter}. {choice}" for letter, choice in zip(ascii_uppercase, choices, strict=False))
        plain = "\n".join(choices)
        yield Question(place, (f"{turns[0]}\n{plain}", f"{turns[0]}\n{lettered}"), (turns[0],), solutions)
    else:
        for number, turn in enumerate(turns):
            yield Question(place, (turn, *_docstring(turn)), (), () if number else solutions, number > 0)


def _solutions(columns: Mapping[str, Any], question: str) -> Iterator[str]:
    """Yield the texts of the solutions, whoever wrote them."""
    for name in SOLUTION:
        cell = columns.get(name) if name != question else None
        yield from (one for one in (cell if isinstance(cell, list) else [cell]) if isinstance(one, str) and one.strip())


def _turns(value: Any) -> list[str]:
    """Return the texts of a cell: one, or those of the user in a conversation."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, dict):
        role = value.get("role", value.get("from", "user"))
        inner = next((value[key] for key in ("content", "value", "stem", "text", "question") if key in value), None)
        return _turns(inner) if role in ("user", "human") else []
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [text for one in value for text in _turns(one)]
    return []


def _choices(columns: Mapping[str, Any]) -> list[str]:
    """Return the choices of a question: a list, a list of objects, an object with a list, or the columns A to E."""
    question = columns.get("question")
    given = next((columns[name] for name in _CHOICES if columns.get(name)), None)
    if given is None and isinstance(question, dict):
        given = question.get("choices")
    if isinstance(given, dict):
        given = given.get("text", list(given.values()))
    if given is None:
        given = [columns[letter] for letter in _LETTERS if isinstance(columns.get(letter), str | int | float)]
    if not isinstance(given, Sequence) or isinstance(given, str):
        return []
    return [str(one.get("text", "")) if isinstance(one, dict) else str(one) for one in given]


def _docstring(text: str) -> Iterator[str]:
    """Yield what a docstring says before its examples: it is copied without the code too."""
    hit = _DOCSTRING.search(text) if "def " in text else None
    if hit:
        yield _EXAMPLES.split(hit[1] or hit[2], maxsplit=1)[0]


def _shown(record: Mapping[str, Any]) -> str:
    return ", ".join(str(key) for key in list(record)[:12]) or "(none)"


def _wanted() -> str:
    names = ", ".join((*QUESTION, *_TALK, *_LAST))
    return f"A question is looked for in the columns {names}; rename yours to one of them"
