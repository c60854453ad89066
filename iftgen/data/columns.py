"""Which column is what: the names that the texts of a row go by."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from iftgen.errors import DataError, choices, nearest

NAMES: Mapping[str, tuple[str, ...]] = {
    "instruction": ("instruction", "prompt", "question"),
    "input": ("input", "context"),
    "output": ("output", "completion", "response", "answer"),
    "system": ("system",),
    "task": ("task",),
    "topic": ("topic",),
}
# Further names that datasets give them, taken where no name above is there.
MORE: Mapping[str, tuple[str, ...]] = {
    "instruction": ("instructions", "turns"),
    "output": ("solution", "chosen"),
    "system": ("system_prompt", "system_message"),
}
# Names that may mean something else: an instruction only where the response stands beside it under one of these names.
PAIRS: Mapping[str, tuple[str, ...]] = {
    "query": ("response", "answer", "output", "completion"),
    "user_query": ("response", "answer", "output", "chatgpt_response"),
    "problem": ("solution", "answer", "response", "output"),
    "user": ("assistant", "bot", "gpt"),
    "human": ("assistant", "bot", "gpt"),
    "inputs": ("targets",),
}
CONVERSATIONS = ("messages", "conversations", "conversation")
# Columns that a message lists.
SHOWN = 20
CONVERT = 'Convert it to JSONL, one object a line: {"instruction": ..., "input": ..., "output": ...}.'

Columns = dict[str, str]  # field of a row -> name of its column


@lru_cache(maxsize=256)
def strict_columns(keys: tuple[str, ...]) -> Columns:
    """Return the column of each field, by the names in NAMES as they are written there.

    Raises DataError for a missing instruction or a misspelt column.
    """
    found = _by_name(dict(zip(keys, keys, strict=True)), NAMES)
    strange = [key for key in keys if key not in found.values()]
    if "instruction" not in found and (given := [name for name in CONVERSATIONS if name in strange]):
        raise DataError(f"a conversation ({given[0]!r}) is not read. {CONVERT}")
    _check_spelling(found, strange)
    if "instruction" not in found:
        near = nearest("instruction", strange)
        hint = f"there is {near!r}; rename it to 'instruction'" if near else "name the column 'instruction'"
        raise DataError(f"there is no instruction among the columns {', '.join(strange) or '(none)'}: {hint}.")
    return found


@lru_cache(maxsize=256)
def usual_columns(keys: tuple[str, ...], named: tuple[tuple[str, str], ...] = ()) -> Columns:
    """Return the column of each field, by all names that are known, in any case; `named` are those of the user.

    Raises DataError where no column can be the instruction, or one is misspelt.
    """
    plain = {key.strip().casefold(): key for key in reversed(keys)}
    found = _by_name(plain, MORE) | _by_name(plain, NAMES)
    if "instruction" not in found:
        found |= next(
            (_pair(plain, *pair) for pair in PAIRS.items() if pair[0] in plain and _answered(plain, pair[1])), {}
        )
    found |= {field: key for field, key in named if key in keys}
    found |= next(({"messages": plain[name]} for name in CONVERSATIONS if name in plain), {})
    strange = [key for key in keys if key not in found.values()]
    if not named:
        _check_spelling(found, strange)
    if not {"instruction", "messages"} & found.keys():
        lacking = dict(named).get("instruction")
        if lacking is not None:
            raise DataError(no_column(lacking, keys))
        raise DataError(_no_instruction(keys, strange))
    return found


def check_named(named: Mapping[str, str]) -> None:
    """Raise DataError where the user names a field that is none."""
    for field, key in named.items():
        if field not in NAMES:
            raise DataError(f"method.columns: there is no field {field!r}.{choices(field, NAMES)}")
        if not isinstance(key, str):
            raise DataError(f"method.columns: {field} is {key!r}. Give the name of a column, in quotes where need be.")


def no_column(name: str, keys: Sequence[str]) -> str:
    """Return that a column that the user names is not there, and which are."""
    near = nearest(name, keys)
    shown = ", ".join(keys[:SHOWN]) + (" and others" if len(keys) > SHOWN else "")
    return f"method.columns: there is no column {name!r} among {shown}.{f' Did you mean {near!r}?' if near else ''}"


def _by_name(plain: Mapping[str, str], names: Mapping[str, tuple[str, ...]]) -> Columns:
    """Return the columns by name: of several names of a field the first is taken."""
    return {field: plain[name] for field, known in names.items() for name in known[::-1] if name in plain}


def _answered(plain: Mapping[str, str], names: tuple[str, ...]) -> bool:
    return any(name in plain for name in names)


def _pair(plain: Mapping[str, str], question: str, answers: tuple[str, ...]) -> Columns:
    return {"instruction": plain[question], "output": next(plain[name] for name in answers if name in plain)}


def _check_spelling(found: Columns, strange: Sequence[str]) -> None:
    """Raise DataError for a misspelt column; fields that may be missing have other near names by chance only."""
    for name in ("instruction", "input", "output"):
        missing = name not in found and not (name == "instruction" and "messages" in found)
        near = _misspelt(name, strange) if missing else None
        if near is not None:
            raise DataError(f"there is no {name!r}, but there is {near!r}; rename it to {name!r}.")


def _no_instruction(keys: Sequence[str], strange: Sequence[str]) -> str:
    near = nearest("instruction", strange)
    meant = near or next(iter(strange), "NAME")
    known = ", ".join((*NAMES["instruction"], *CONVERSATIONS))
    return (
        f"there is no instruction among the columns {', '.join(keys) or '(none)'}. Known names are {known}; "
        f"{f'did you mean {near!r}? ' if near else ''}say which column it is: "
        f"'method.columns={{instruction: {meant}}}'."
    )


def _misspelt(name: str, strange: Sequence[str]) -> str | None:
    """Return the column that is one typing slip or a change of case away from `name`."""
    from rapidfuzz.distance import OSA

    return next((key for key in strange if OSA.distance(key.strip().casefold(), name, score_cutoff=1) <= 1), None)
