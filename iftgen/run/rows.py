"""Outcomes of candidates, and the rows that they become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from iftgen.hashing import stable_hash
from iftgen.store.folder import Kind
from iftgen.types import Candidate, Pair, Reply, Usage, Verdict

NO_USAGE = Usage()
# The key of `extra` under which iftgen keeps its own notes on a row.
NOTES = "iftgen"
# Digits of a call's key that a row names it by.
KEY = 16


@dataclass(frozen=True, slots=True)
class Bill:
    """What replies cost: their number, tokens and dollars (None when a price is unknown)."""

    calls: int = 0
    usage: Usage = NO_USAGE
    cost_usd: float | None = 0.0

    def __add__(self, other: "Bill") -> "Bill":
        """Sum two bills; an unknown price makes the sum unknown."""
        known = self.cost_usd is not None and other.cost_usd is not None
        cost = round((self.cost_usd or 0.0) + (other.cost_usd or 0.0), 10) if known else None
        return Bill(self.calls + other.calls, self.usage + other.usage, cost)

    @staticmethod
    def of(reply: Reply) -> "Bill":
        """Return the bill of one reply."""
        return Bill(1, reply.usage, reply.cost_usd)

    def split(self, parts: int) -> "list[Bill]":
        """Split evenly; the remainder goes to the first part."""
        usage = self.usage
        each = Usage(usage.prompt_tokens // parts, usage.completion_tokens // parts, usage.reasoning_tokens // parts)
        cost = None if self.cost_usd is None else int(self.cost_usd / parts * 1e10) / 1e10
        shares = [Bill(self.calls // parts, each, cost) for _ in range(parts)]
        first = Bill(
            self.calls - self.calls // parts * (parts - 1),
            Usage(
                usage.prompt_tokens - each.prompt_tokens * (parts - 1),
                usage.completion_tokens - each.completion_tokens * (parts - 1),
                usage.reasoning_tokens - each.reasoning_tokens * (parts - 1),
            ),
            None if cost is None or self.cost_usd is None else round(self.cost_usd - cost * (parts - 1), 10),
        )
        return [first, *shares[1:]]


@dataclass(slots=True)
class Outcome:
    """What became of one index before its commit: a judged candidate, or the error of its calls.

    `answered` says that the response role was asked, or that the method made the response. `calls` are the keys in the
    store of the calls that made it, that for its instruction first.
    """

    row: Candidate
    bill: Bill = field(default_factory=Bill)
    verdict: Verdict | None = None
    answered: bool = False
    error: str = ""
    draw: int = 0
    calls: Sequence[str] = ()


def row_json(outcome: Outcome, seed: int, models: Mapping[str, str]) -> tuple[Kind, dict[str, Any]]:
    """Return the file that an outcome belongs to, and its row."""
    row = outcome.row
    if outcome.error:
        return "failed", {
            "index": row.index,
            "task": row.task,
            "attributes": row.attributes,
            "method": row.method,
            "draw": outcome.draw,
            "error": outcome.error,
            **_bill(outcome.bill),
        }
    written = {
        "id": row_id(seed, row),
        "index": row.index,
        "instruction": row.instruction,
        "input": row.input,
        "output": row.output,
        "system": row.system,
        "messages": row.messages,
        "task": row.task,
        "attributes": row.attributes,
        "method": row.method,
        "parents": row.parents,
        "scores": row.scores,
        "alternatives": row.alternatives,
        "history": row.history,
        "tests": row.tests,
        "models": {role: model for role, model in models.items() if role != "response" or outcome.answered},
        "calls": [key[:KEY] for key in outcome.calls],
        **({"verdicts": {name: _told(one) for name, one in row.verdicts.items()}} if row.verdicts else {}),
        **_bill(outcome.bill),
        "extra": {**row.extra, **_notes(row)},
    }
    if outcome.verdict is None:
        return "examples", written
    verdict = outcome.verdict
    written["verdict"] = {
        "stage": verdict.stage,
        "filter": verdict.filter,
        "reason": verdict.reason,
        "score": verdict.score,
        "threshold": verdict.threshold,
        "neighbour_id": verdict.neighbour_id,
        "neighbour": verdict.neighbour,
    }
    return "rejected", written


def _told(verdict: Verdict) -> dict[str, Any]:
    """Return what a ledger tells of a verdict: no score where there is none, a reason where it rejects."""
    score = None if verdict.score is None else round(verdict.score, 6)
    told = {"keep": verdict.keep, "score": score, "threshold": verdict.threshold, "reason": verdict.reason}
    return {key: value for key, value in told.items() if value not in (None, "")}


def row_id(seed: int, row: Candidate) -> str:
    """Return the id of a candidate: a hash of seed, index and content, 16 hex digits."""
    content: Sequence[str] = (row.instruction, row.input, row.output, row.system)
    return f"{stable_hash(seed, row.index, *content, str(row.messages)):016x}"


def pair_of(row: Mapping[str, Any]) -> Pair:
    """Return an accepted row as the pair that serves as few-shot example and as a duplicate's neighbour."""
    return Pair(
        id=row["id"],
        instruction=row["instruction"],
        output=row["output"],
        input=row["input"],
        system=row["system"],
        task=row["task"],
        topic=str(notes_of(row).get("topic", "")),
        origin="example",
    )


def notes_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return iftgen's own notes on a written row; the other keys of `extra` are the user's."""
    notes = row.get("extra", {}).get(NOTES)
    return notes if isinstance(notes, Mapping) and row.get("method") != "file" else {}


def _notes(row: Candidate) -> dict[str, Any]:
    """The topic, whether the wording is a template's, and the reply that could not be used."""
    unused = row.samples[0] if row.problem and row.samples else ""
    notes = {"topic": row.topic, "template": row.template, "reply": unused}
    kept = {key: value for key, value in notes.items() if value}
    origin = row.extra.get(NOTES)  # of a row of another run: where it comes from
    return {NOTES: {**(origin if isinstance(origin, Mapping) else {}), **kept}} if kept and row.method != "file" else {}


def bill_of(row: Mapping[str, Any]) -> Bill:
    """Return what a row says of its cost."""
    usage = row["usage"]
    tokens = Usage(usage["prompt_tokens"], usage["completion_tokens"], usage.get("reasoning_tokens", 0))
    return Bill(usage.get("calls", 0), tokens, row["cost_usd"])


def _bill(bill: Bill) -> dict[str, Any]:
    usage = bill.usage
    return {
        "usage": {
            "calls": bill.calls,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
        },
        "cost_usd": bill.cost_usd,
    }
