"""The rows of a run folder: accepted and rejected candidates, in order of index, as they can be judged again."""

import heapq
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from iftgen.data.json_files import read_lines
from iftgen.data.making import NO_INSTRUCTION, half, is_whole
from iftgen.data.rows import Broken, Row
from iftgen.errors import DataError

ROW_FILES = ("examples.jsonl", "rejected.jsonl")
# The key of `extra` under which iftgen keeps its own notes on a row.
NOTES = "iftgen"
# Fields of a candidate that are taken over as they are; its verdict, scores, models and costs are those of its old run.
CARRIED = ("attributes", "method", "parents", "alternatives", "history", "tests")
# Scores that are log-probabilities of the model that wrote the text, and the fields that hold them.
LOGPROBS = {"logprob_instruction": "instruction_logprob", "logprob": "response_logprob"}
# How the filter `truncated` says that the server ended a response.
CUT = "cut off at the token limit"
# What stands for a filter where a method could not use the text: no other setting of a filter changes that.
UNREAD = ("parse", "recipe")
TEXTS = ("instruction", "input", "system", "task")


def is_run_folder(path: Path) -> bool:
    """Tell whether a folder holds rows of a run."""
    return any((path / name).is_file() for name in ROW_FILES)


def row_files(path: Path) -> list[Path]:
    """Return the files that hold the rows."""
    return [path / name for name in ROW_FILES if (path / name).is_file()]


def read_run(path: Path) -> Iterator[Row]:
    """Yield the rows of both files in order of index; a last line that a crash tore is left out."""
    streams = (_records(file) for file in row_files(path))
    for _, line, record in heapq.merge(*streams, key=lambda found: found[0]):
        row = _row(line, record)
        yield row if is_whole([row.instruction, row.output, row.messages, row.extra]) else half(row)


def _records(file: Path) -> Iterator[tuple[int, int, dict[str, Any]]]:
    last = -1
    for line, record in read_lines(file):
        if isinstance(record, Broken) and not record.text.endswith("\n"):
            return
        index = record.get("index") if isinstance(record, dict) else None
        if not isinstance(index, int) or index <= last or not isinstance(record.get("instruction"), str):
            raise DataError(f"{file}, line {line}: no row of a run, or not in order; the file was damaged.")
        last = index
        yield index, line, record


def _row(line: int, record: Mapping[str, Any]) -> Row:
    notes, extra = _notes(record)
    texts = {name: value for name in TEXTS if isinstance(value := record.get(name), str)}
    output, messages = record.get("output"), record.get("messages")
    return Row(
        line,
        **texts,
        output=output if isinstance(output, str) else "",
        topic=str(notes.get("topic") or ""),
        messages=messages if isinstance(messages, list) else [],
        problem=_problem(record),
        unasked=_unasked(record),
        unusable=_unusable(record),
        carried=_carried(record, notes),
        extra=extra,
    )


def _problem(record: Mapping[str, Any]) -> str:
    verdict = _verdict(record)
    if verdict.get("filter") in UNREAD:
        return str(verdict.get("reason") or NO_INSTRUCTION)
    return "" if record["instruction"].strip() or record.get("messages") else NO_INSTRUCTION


def _unusable(record: Mapping[str, Any]) -> str:
    """Return why a method did not take the response that a model wrote, else ""."""
    verdict = _verdict(record)
    refused = verdict.get("filter") == "answer" and str(record.get("output") or "").strip()
    return str(verdict.get("reason")) if refused else ""


def _carried(record: Mapping[str, Any], notes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is taken over, with what only the replies told: filters judge by it, and no text shows it."""
    carried = {name: record[name] for name in CARRIED if record.get(name)}
    scores, verdict = record.get("scores") or {}, _verdict(record)
    told = {field: scores[name] for name, field in LOGPROBS.items() if name in scores}
    if "agreement" in scores:
        told["scores"] = {"agreement": scores["agreement"]}
    if CUT in str(verdict.get("reason")):
        told["finish_reason"] = "length"
    if verdict.get("filter") in UNREAD:
        told["problem_filter"] = verdict["filter"]
    return {**carried, **told, "template": bool(notes.get("template"))}


def _verdict(record: Mapping[str, Any]) -> Mapping[str, Any]:
    verdict = record.get("verdict")
    return verdict if isinstance(verdict, dict) else {}


def _notes(record: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Return iftgen's notes on a row, and the `extra` that it keeps: the user's, and where the row comes from.

    Of a row that was read from a file the notes are the user's.
    """
    extra = dict(record["extra"]) if isinstance(record.get("extra"), dict) else {}
    own = extra.get(NOTES, {})
    origin = {"judged": {"id": record.get("id"), "index": record["index"]}}
    if record.get("method") == "file" or not isinstance(own, dict):
        return {}, {**extra, **({NOTES: {**own, **origin}} if isinstance(own, dict) else {})}
    lineage = {key: value for key, value in own.items() if key == "merged"}
    return own, {**extra, NOTES: {**lineage, **origin}}


def _unasked(record: Mapping[str, Any]) -> str:
    """Return the filter that rejected the instruction before a response was asked for, else ""."""
    verdict = _verdict(record)
    early = verdict.get("stage") == "instruction" and not record.get("output")
    return str(verdict.get("filter")) if early else ""
