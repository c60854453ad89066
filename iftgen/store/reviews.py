"""Human verdicts on the rows of a run: `reviews.jsonl`, which any number of reviewers append to at once.

An entry is {"time": seconds since the epoch, "reviewer", "id" and "index" of the row, "kind": the row file, "verdict",
"reason", "edit": the text as it should be, or null}. A verdict of null takes back what the reviewer said before.
The order of the lines is the order of events: clocks of several machines may differ.
"""

import contextlib
import fcntl
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal, TypedDict, get_args

from iftgen.errors import RunError

Judgement = Literal["good", "bad", "skip"]
Reviewed = Literal["examples", "rejected"]
FILE = "reviews.jsonl"

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Edit(TypedDict):
    """The text of a row as a reviewer wants it."""

    instruction: str
    input: str
    output: str


@dataclass(frozen=True, slots=True)
class Review:
    """What one reviewer said of one row; fields as in the module's docstring."""

    time: float
    reviewer: str
    id: str
    index: int
    kind: Reviewed
    verdict: Judgement | None
    reason: str = ""
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What all reviewers together say of a row: `verdict` is None where they are divided evenly or all skipped it.

    `edit` is the latest of those who judged the row good, and None unless good has won.
    """

    verdict: Literal["good", "bad"] | None
    good: int = 0
    bad: int = 0
    edit: Edit | None = None
    reasons: tuple[str, ...] = ()

    @property
    def divided(self) -> bool:
        """Tell whether some reviewers judged the row good and others bad."""
        return bool(self.good and self.bad)


def append_review(folder: Path, review: Review) -> None:
    """Append one entry under the file's lock; raises RunError where that is impossible."""
    line = _json({**asdict(review), "time": round(review.time, 3)}).encode("utf-8", "backslashreplace") + b"\n"
    path = folder / FILE
    try:
        with path.open("a+b") as file:  # closing it gives the lock back
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(b"\n" + line if _is_torn(file) else line)
            file.flush()
    except OSError as error:
        raise RunError(f"{path}: the review cannot be written ({error.strerror or error}).") from None


def read_reviews(folder: Path) -> list[Review]:
    """Return the entries in their order; lines that are torn or no review are left out, a missing file is empty."""
    path = folder / FILE
    try:
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            return [review for review in map(_review, file) if review is not None]
    except OSError as error:
        raise RunError(f"{path}: the reviews cannot be read ({error.strerror or error}).") from None
    return []


def latest(reviews: Iterable[Review]) -> dict[tuple[str, str], Review]:
    """Return what counts, by reviewer and id, in the order in which it was said; what was taken back is not there."""
    found: dict[tuple[str, str], Review] = {}
    for review in reviews:
        key = (review.reviewer, review.id)
        found.pop(key, None)  # a later verdict stands in its own place
        if review.verdict is not None:
            found[key] = review
    return found


def decide(reviews: Iterable[Review]) -> dict[str, Decision]:
    """Return the decision for each row that somebody has a word on, by id: the majority of good against bad."""
    by_row: dict[str, list[Review]] = {}
    for review in latest(reviews).values():
        by_row.setdefault(review.id, []).append(review)
    return {row_id: _decision(said) for row_id, said in by_row.items()}


def _decision(said: Sequence[Review]) -> Decision:
    good = [review for review in said if review.verdict == "good"]
    bad = [review for review in said if review.verdict == "bad"]
    reasons = tuple(review.reason for review in said if review.reason)
    if len(good) == len(bad):
        return Decision(None, len(good), len(bad), reasons=reasons)
    if len(bad) > len(good):
        return Decision("bad", len(good), len(bad), reasons=reasons)
    edits = [review.edit for review in good if review.edit is not None]
    return Decision("good", len(good), len(bad), edits[-1] if edits else None, reasons)


def _is_torn(file: IO[bytes]) -> bool:
    """Tell whether the file ends in the middle of a line: that of a writer that was killed."""
    if not file.seek(0, 2):
        return False
    file.seek(-1, 2)
    return file.read(1) != b"\n"


def _review(line: bytes) -> Review | None:
    """Return the entry of a line, None where it is no review."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or not _is_valid(entry):
        return None
    edit = entry.get("edit")
    texts = Edit(instruction=edit["instruction"], input=edit["input"], output=edit["output"]) if edit else None
    given = {name: entry[name] for name in ("reviewer", "id", "index", "kind", "verdict")}
    return Review(time=float(entry["time"]), **given, reason=str(entry.get("reason") or ""), edit=texts)


def _is_valid(entry: Mapping[str, Any]) -> bool:
    edit = entry.get("edit")
    return (
        isinstance(entry.get("time"), int | float)
        and isinstance(entry.get("reviewer"), str)
        and isinstance(entry.get("id"), str)
        and isinstance(entry.get("index"), int)
        and entry.get("kind") in get_args(Reviewed)
        and "verdict" in entry
        and entry["verdict"] in (*get_args(Judgement), None)
        and (not edit or _is_edit(edit))
    )


def _is_edit(edit: Any) -> bool:
    return isinstance(edit, dict) and all(isinstance(edit.get(name), str) for name in Edit.__annotations__)
