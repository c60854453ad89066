"""The export of a run with its reviews: withdrawn rows go, restored ones come in, edits replace the text."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iftgen.export.dataset import export_dataset
from iftgen.export.rows import question, read_examples
from iftgen.store.folder import RunFolder
from iftgen.store.items import read_items, read_row
from iftgen.store.reviews import Decision, Edit, decide, read_reviews

Row = dict[str, Any]


@dataclass(slots=True)
class Applied:
    """How many rows the reviews changed.

    `unanswered` are rejected rows judged good that no edit gave a response; `unknown` are decisions on rows that the
    run does not have.
    """

    withdrawn: int = 0
    restored: int = 0
    edited: int = 0
    unanswered: int = 0
    unknown: int = 0

    def lines(self) -> list[str]:
        """Return what a user should know, a sentence a line; nothing where the reviews changed nothing."""
        lines = []
        if self.withdrawn or self.restored or self.edited:
            done = f"{self.withdrawn} withdrawn, {self.restored} restored, {self.edited} edited"
            lines.append(f"reviews applied: {done} (--reviews ignore exports the run's own judgement)")
        if self.unanswered:
            lines.append(
                f"{self.unanswered} left out: rejected rows that were judged good but have no instruction or no "
                "response; give them one with an edit in `iftgen review`"
            )
        if self.unknown:
            lines.append(f"{self.unknown} of the reviewed rows are not in this run: is reviews.jsonl from another one?")
        return lines


@dataclass(frozen=True, slots=True)
class Exported:
    """The files that were written, in the order of the formats, and what the reviews changed."""

    paths: list[Path]
    applied: Applied = field(default_factory=Applied)


def export_run(
    folder: Path,
    target: Path,
    formats: Sequence[str],
    *,
    reviews: bool = True,
    csv_safe: bool = False,
    metadata: bool = False,
) -> Exported:
    """Write the dataset of a run folder to `target`, with its reviews applied unless `reviews` is False.

    The rest is as in `export_dataset`: without reviews the bytes are the same as from `examples.jsonl` itself.
    """
    decisions = _decisions(folder) if reviews else {}
    applied = Applied(unknown=len(decisions))
    source = _reviewed(folder, decisions, applied) if decisions else RunFolder(folder).rows("examples")
    return Exported(export_dataset(source, target, formats, csv_safe=csv_safe, metadata=metadata), applied)


def reviewed_rows(folder: Path, applied: Applied) -> Iterator[Row]:
    """Yield the accepted rows of a run with its reviews applied, in order of index, and count in `applied`."""
    decisions = _decisions(folder)
    applied.unknown += len(decisions)
    return _reviewed(folder, decisions, applied) if decisions else read_examples(RunFolder(folder).rows("examples"))


def _decisions(folder: Path) -> dict[str, Decision]:
    return {row_id: decision for row_id, decision in decide(read_reviews(folder)).items() if decision.verdict}


def _reviewed(folder: Path, decisions: Mapping[str, Decision], applied: Applied) -> Iterator[Row]:
    """Yield the rows to export in order of index, and count in `applied` what was changed."""
    accepted = _accepted(RunFolder(folder).rows("examples"), decisions, applied)
    yield from heapq.merge(accepted, _restored(folder, decisions, applied), key=lambda row: int(row["index"]))


def _accepted(path: Path, decisions: Mapping[str, Decision], applied: Applied) -> Iterator[Row]:
    for row in read_examples(path) if path.is_file() else ():
        decision = decisions.get(str(row.get("id")))
        applied.unknown -= decision is not None
        if decision is not None and decision.verdict == "bad":
            applied.withdrawn += 1
        elif decision is not None and decision.edit is not None:
            applied.edited += 1
            yield edited(row, decision.edit)
        else:
            yield row


def _restored(folder: Path, decisions: Mapping[str, Decision], applied: Applied) -> Iterator[Row]:
    for item in read_items(folder, "rejected"):
        decision = decisions.get(item.id)
        applied.unknown -= decision is not None
        if decision is None or decision.verdict == "bad":
            continue
        row = read_row(folder, item)
        del row["verdict"]
        row = edited(row, decision.edit) if decision.edit is not None else row
        if _is_whole(row):
            applied.restored += 1
            applied.edited += decision.edit is not None
            yield row
        else:
            applied.unanswered += 1


def edited(row: Row, edit: Edit) -> Row:
    """Return the row with the text of the edit; of a conversation the first question and the last reply follow it."""
    after: Row = {**row, **edit}
    turns = [dict(turn) for turn in row.get("messages") or ()]
    if turns and question(after) != question(row):
        first = next((turn for turn in turns if turn["role"] == "user"), None)
        if first is not None:
            first["content"] = question(after)
    if turns and edit["output"] != row.get("output"):
        if turns[-1]["role"] != "assistant":
            turns.append({"role": "assistant", "content": ""})
        turns[-1]["content"] = edit["output"]
    return {**after, "messages": turns}


def _is_whole(row: Row) -> bool:
    """Tell whether a row has what a training example needs; where there are turns, these rule."""
    turns = row.get("messages") or ()
    output = turns[-1]["content"] if turns and turns[-1]["role"] == "assistant" else row.get("output") or ""
    return bool(str(row.get("instruction") or "").strip() and output.strip())
