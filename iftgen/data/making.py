"""From a record to a row: its texts by field, and what is wrong with it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from iftgen.data.columns import CONVERT, Columns
from iftgen.data.conversations import Conversation, conversation_of, turns_in
from iftgen.data.rows import Row, kind_of
from iftgen.errors import DataError

FIELDS = ("instruction", "input", "output", "system", "task", "topic")
NO_INSTRUCTION = "the row has no instruction"
HALF = "the text holds half of a character (a lone surrogate, \\ud800 to \\udfff)"


def strict_row(line: int, record: Any, columns: Columns) -> Row:
    """Return the row of a record whose values are text or null; raises DataError for others."""
    texts = {name: _only_text(key, record[key]) for name, key in columns.items()}
    if not (texts["instruction"] or "").strip():
        raise DataError(f"{columns['instruction']!r} is empty; fill it in or delete the row.")
    used = set(columns.values())
    extra = {key: value for key, value in record.items() if key not in used}
    if not is_whole([texts, extra]):
        raise DataError(f"{HALF}; mend it.")
    return Row(line, extra=extra, **{name: text for name, text in texts.items() if text is not None})  # type: ignore[arg-type]


def _only_text(key: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise DataError(f"{key!r} must be text, but is {kind_of(value)}; put it in double quotes.")


def row_of(line: int, record: Mapping[str, Any], columns: Columns) -> Row:
    """Return the row of a record, with its problem where it cannot be used: it is rejected, and the reading goes on."""
    turns = _turns(record, columns)
    row = _plain(line, record, columns) if turns is None else _told(line, record, columns, conversation_of(turns))
    return row if is_whole([row.instruction, row.input, row.output, row.system, row.messages, row.extra]) else half(row)


def rejected(line: int, problem: str, extra: Mapping[str, Any]) -> Row:
    """Return a row that cannot be used; what stood there travels in `extra`."""
    row = Row(line, "", problem=problem, extra=dict(extra))
    return row if is_whole(row.extra) else half(row)


def half(row: Row) -> Row:
    """Return a row with half characters in it as one that cannot be used, each written as its escape."""
    names = ("instruction", "input", "output", "system", "task", "topic", "messages", "extra")
    return replace(row, problem=row.problem or HALF, **{name: _escaped(getattr(row, name)) for name in names})


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_escaped(key): _escaped(inner) for key, inner in value.items()}
    return [_escaped(inner) for inner in value] if isinstance(value, list) else value


def is_whole(value: Any) -> bool:
    """Tell whether all text in a JSON value can be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _turns(record: Mapping[str, Any], columns: Columns) -> list[Any] | None:
    """Return the turns of the record's conversation, None where its texts have a column each.

    TRL's prompt and completion, and a preferred reply, may be lists of turns too.
    """
    told = turns_in(record.get(columns["messages"])) if "messages" in columns else None
    if told or "instruction" not in columns:
        return told or ([] if "messages" in columns else None)
    asked, answered = (record.get(columns.get(name, "")) for name in ("instruction", "output"))
    before = turns_in(asked) if isinstance(asked, list) else None
    after = turns_in(answered) if isinstance(answered, list) else None
    if after:
        whole = len(after) > 1 and isinstance(asked, str)  # a preferred reply with the question before it
        return after if whole else [*(before or [{"role": "user", "content": asked}]), *after]
    if before:
        return [*before, *([{"role": "assistant", "content": answered}] if answered is not None else [])]
    return None


def _told(line: int, record: Mapping[str, Any], columns: Columns, told: Conversation) -> Row:
    """Return the row of a conversation; columns that say the same again are left out."""
    own = {name: record.get(columns.get(name, "")) for name in ("system", "task", "topic")}
    shown: dict[str, Any] = {name: value for name, value in own.items() if isinstance(value, str)}
    if told.system:
        shown["system"] = told.system
    row = Row(line, told.question, output=told.reply, messages=told.messages, problem=told.problem, **shown)
    return replace(row, extra=dict(record) if told.problem else _rest(record, columns, row, list(own)))


def _rest(record: Mapping[str, Any], columns: Columns, row: Row, own: Sequence[str]) -> dict[str, Any]:
    """Return what else stands beside a conversation."""
    used = {columns.get("messages"), *(columns.get(name) for name in own if getattr(row, name))}
    texts = {columns.get(name) for name in ("instruction", "input", "output")}
    again = (row.instruction, row.output, "", None)
    return {key: value for key, value in record.items() if key not in used and not _repeats(key, value, texts, again)}


def _repeats(key: str, value: Any, texts: set[str | None], again: tuple[Any, ...]) -> bool:
    return key in texts and (value in again or turns_in(value) is not None)


def _plain(line: int, record: Mapping[str, Any], columns: Columns) -> Row:
    """Return the row of a record with a column for each text; a number is its text."""
    given = {name: as_text(record.get(columns[name])) for name in FIELDS if name in columns}
    if "instruction" in columns:
        given["instruction"] = _first_turn(record.get(columns["instruction"]), given["instruction"])
    odd = [name for name in given if not isinstance(given[name], str | None)]
    problem = next(
        (f"{columns[name]!r} is {kind_of(given[name])}, not text" for name in odd if name not in ("task", "topic")), ""
    )
    if not problem and not str(given.get("instruction") or "").strip():
        problem = NO_INSTRUCTION
    used = {columns[name] for name in given if name not in odd}
    if record.get(columns.get("messages", "")) in ([], "[]", "", None):
        used.add(columns.get("messages", ""))
    extra = {key: value for key, value in record.items() if key not in used or _kept(key, value, columns)}
    texts = {name: text for name, text in given.items() if isinstance(text, str)}
    return Row(line, texts.pop("instruction", ""), problem=problem, extra=extra, **texts)  # type: ignore[arg-type]


def _kept(key: str, value: Any, columns: Columns) -> bool:
    """Tell whether a column that was read travels in `extra` as well: the turns of which only the first is asked."""
    return key == columns.get("instruction") and isinstance(value, list)


def _first_turn(value: Any, text: Any) -> Any:
    """Return the first of some turns of a user, as benchmarks list them, else the text."""
    turns = isinstance(value, list) and value and all(isinstance(turn, str) for turn in value)
    return value[0] if turns else text


def as_text(value: Any) -> Any:
    """Return a number as its text, and any other value as it is."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return json.dumps(value) if is_number else value


def not_an_object(record: Any) -> str:
    """Return what is wrong with a record that is no object."""
    return f"a row must be an object, but this is {kind_of(record)}; {CONVERT}"
