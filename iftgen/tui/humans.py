"""What people say of rows while they watch: restored, withdrawn; and the calls that made a row."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iftgen.errors import IftgenError, RunError
from iftgen.store.reviews import FILE, Decision, Review, append_review, decide, latest, read_reviews
from iftgen.tui.text import one_line
from iftgen.watch.calls import prompt_of, read_calls

WORDS = {("examples", "bad"): "withdrawn", ("rejected", "good"): "restored"}


class Humans:
    """The reviews of one run, read again when the file has grown."""

    def __init__(self, folder: Path, reviewer: str) -> None:
        """Read what is there; `reviewer` is under whose name verdicts are noted."""
        self.folder, self.reviewer = folder, reviewer
        self._size = -1
        self.decisions: Mapping[str, Decision] = {}
        self._own: Mapping[tuple[str, str], Review] = {}
        self.refresh()

    def refresh(self) -> bool:
        """Read the file where it has changed; tells whether it has."""
        try:
            size = (self.folder / FILE).stat().st_size
        except OSError:
            size = 0
        if size == self._size:
            return False
        self._size = size
        try:
            reviews = read_reviews(self.folder)
        except IftgenError:  # nobody may read it: then nobody is known to have said anything
            reviews = []
        self.decisions, self._own = decide(reviews), latest(reviews)
        return True

    def sign(self, row: Mapping[str, Any]) -> str:
        """Return one character that tells what people decided of a row."""
        decision = self.decisions.get(str(row.get("id", "")))
        return "" if decision is None else {"good": "✓", "bad": "✗"}.get(decision.verdict or "", "?")

    def words(self, row: Mapping[str, Any]) -> str:
        """Return in words what people said of a row, "" where nobody has."""
        decision = self.decisions.get(str(row.get("id", "")))
        if decision is None or not (decision.good or decision.bad):
            return ""
        kind = "rejected" if row.get("verdict") else "examples"
        done = WORDS.get((kind, decision.verdict or ""), "judged by people")
        reasons = f": {', '.join(map(one_line, decision.reasons))}" if decision.reasons else ""
        return f"{done} ({decision.good} good, {decision.bad} bad){reasons}"

    def toggle(self, row: Mapping[str, Any], kind: str) -> str:
        """Note that a row was judged wrongly, or take that back; returns what to tell the user.

        Raises RunError where that cannot be written, and for a row that has no id.
        """
        if not isinstance(row.get("id"), str) or not isinstance(row.get("index"), int):
            raise RunError("This row has no id, so that nothing can be said of it.")
        wanted, other = ("bad", "examples") if kind == "examples" else ("good", "rejected")
        before = self._own.get((self.reviewer, str(row["id"])))
        undo = before is not None and before.verdict == wanted
        if wanted == "good" and not undo and not (row.get("output") or row.get("messages")):
            raise RunError(f"Row {row['index']} has no response, so that there is nothing to export.")
        review = Review(
            time=time.time(),
            reviewer=self.reviewer,
            id=str(row["id"]),
            index=int(row["index"]),
            kind="examples" if kind == "examples" else "rejected",
            verdict=None if undo else ("bad" if wanted == "bad" else "good"),
            reason="" if undo else WORDS[other, wanted],
        )
        append_review(self.folder, review)
        self.refresh()
        done = "taken back" if undo else WORDS[other, wanted]
        return f"Row {row['index']} {done}; `iftgen export` follows."

    def prompt(self, row: Mapping[str, Any]) -> str | None:
        """Return the prompt that asked for the instruction of a row, None where it is not known."""
        return prompt_of(read_calls(self.folder, row)) if row else None
