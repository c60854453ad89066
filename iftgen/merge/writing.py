"""The files of a merged dataset: rows in order, with their lineage, and those left out with their verdicts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from iftgen.hashing import stable_hash
from iftgen.merge.decisions import QUOTA, Loss
from iftgen.merge.likeness import MEANING
from iftgen.merge.parts import Part
from iftgen.merge.rows import NOTES, Row, notes_of, whole_text
from iftgen.store.folder import RunFolder

STAGE = "merge"
# Hex digits of a plan hash that name a run in the lineage of a row.
PREFIX = 12


class Writer:
    """Writes the rows into an open folder, in order; an index counts accepted and rejected rows, as in a run."""

    def __init__(self, folder: RunFolder, parts: Sequence[Part], lost: Mapping[int, Loss]) -> None:
        """Know which rows are lost, by place in the order, and so whose texts will be told as neighbours."""
        self._folder, self._parts, self._lost = folder, parts, lost
        self._neighbours = {loss.neighbour for loss in lost.values()}
        self._told: dict[int, tuple[str, str]] = {}  # of neighbours: id and text
        self._ids: set[str] = set()
        self.accepted = 0
        self.rejected_by: dict[str, int] = {}

    def write(self, rows: Iterable[tuple[int, Row]]) -> None:
        """Write all rows."""
        for index, (number, row) in enumerate(rows):
            self._write(index, traced(row, index, self._parts[number], self._unique(str(row.get("id")), index)))
        self._folder.flush()

    def _write(self, index: int, row: Row) -> None:
        if index in self._neighbours:
            self._told[index] = (row["id"], whole_text(row))
        loss = self._lost.get(index)
        if loss is None:
            self.accepted += 1
            self._folder.append("examples", row)
        else:
            self.rejected_by[loss.filter] = self.rejected_by.get(loss.filter, 0) + 1
            self._folder.append("rejected", {**row, "verdict": self._verdict(loss, row)})

    def _unique(self, row_id: str, index: int) -> str:
        """Return the id, or a new one where an earlier row has it: reviews know a row by its id."""
        while row_id in self._ids:
            row_id = f"{stable_hash(row_id, index):016x}"
        self._ids.add(row_id)
        return row_id

    def _verdict(self, loss: Loss, row: Row) -> dict[str, Any]:
        neighbour_id, neighbour = self._told.get(loss.neighbour, (None, None))
        return {
            "stage": STAGE,
            "filter": loss.filter,
            "reason": reason(loss, row),
            "score": loss.score,
            "threshold": loss.threshold,
            "neighbour_id": neighbour_id,
            "neighbour": neighbour,
        }


def reason(loss: Loss, row: Mapping[str, Any]) -> str:
    """Return why a row is left out, for a person."""
    if loss.filter == QUOTA:
        return f"the task {row.get('task')} has all the examples of its quota"
    if loss.score is None:
        return "the instruction and input are those of a row of another part"
    if loss.filter == MEANING:
        return f"it asks for the same as a row of another part: cosine {loss.score:.3f}"
    return f"too much like a row of another part: ROUGE-L {loss.score:.3f}, at most {loss.threshold:g} is allowed"


def traced(row: Row, index: int, part: Part, row_id: str) -> Row:
    """Return the row with its place in the merged dataset, and where it comes from in `extra.iftgen.merged`."""
    lineage = {"run": part.plan_hash[:PREFIX], "shard": part.shard, "index": row["index"], "id": row.get("id")}
    notes = dict(notes_of(row))
    if "merged" in notes:  # a part that was merged itself
        lineage["merged"] = notes["merged"]
    extra = {**(row.get("extra") or {}), NOTES: {**notes, "merged": lineage}}
    return {**row, "id": row_id, "index": index, "extra": extra}
