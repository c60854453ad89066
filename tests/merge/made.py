"""Finished run folders with given rows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from iftgen.hashing import content_hash, stable_hash

VERDICT = {"stage": "response", "filter": "length", "reason": "too short", "score": 1.0, "threshold": 2.0}


def row(instruction: str, index: int = 0, **values: Any) -> dict[str, Any]:
    """A row with what every row has; `template` says that the wording is from a fixed list."""
    made: dict[str, Any] = {"id": f"{stable_hash(index, instruction, repr(values)):016x}", "index": index}
    made |= {"instruction": instruction, "input": "", "output": f"The answer to {instruction}", "system": ""}
    made |= {"messages": [], "task": "a/x", "attributes": {}, "method": "self_instruct", "parents": [], "scores": {}}
    made |= {"usage": {"calls": 1, "prompt_tokens": 5, "completion_tokens": 7, "reasoning_tokens": 0}}
    template = values.pop("template", False)
    notes = {"topic": "t", **({"template": True} if template else {})}
    return {**made, "cost_usd": 0.25, "extra": {"iftgen": notes}, **values}


def run(
    folder: Path,
    rows: Iterable[Mapping[str, Any] | str],
    rejected: Iterable[Mapping[str, Any]] = (),
    shard: tuple[int, int] | None = None,
    status: str = "completed",
    plan: Mapping[str, Any] | None = None,
    **manifest: Any,
) -> Path:
    """Write the folder; rows that are texts become rows in order, rejected rows need an index of their own."""
    folder.mkdir(parents=True)
    made = [row(one, index) if isinstance(one, str) else one for index, one in enumerate(rows)]
    kinds: dict[str, list[Mapping[str, Any]]] = {"examples": [*made], "rejected": [], "failed": []}
    kinds["rejected"] += [{**one, "verdict": VERDICT} for one in rejected]
    files = {}
    for kind, written in kinds.items():
        text = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in written)
        (folder / f"{kind}.jsonl").write_text(text, encoding="utf-8")
        files[f"{kind}.jsonl"] = hashlib.sha256(text.encode()).hexdigest()
    whole = {"seed": 0, "window": 4, **(plan or {})}
    whole |= {"shard.index": shard[0], "shard.count": shard[1]} if shard else {}
    counts = {"accepted": len(made), "rejected": len(kinds["rejected"]), "failed": 0}
    said: dict[str, Any] = {"status": status, "plan": whole, "plan_hash": content_hash(whole), "files": files}
    said |= {"counts": {"candidates": sum(counts.values()), **counts}, "cost_usd": 0.5, "calls": 3}
    said |= {"tokens": {"prompt": 10, "completion": 20}, "models": {"response": "m"}, **manifest}
    (folder / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


def lines(folder: Path, kind: str = "examples") -> list[dict[str, Any]]:
    """The rows of a file."""
    return [json.loads(line) for line in (folder / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()]


def texts(folder: Path, kind: str = "examples") -> list[str]:
    """The instructions of a file."""
    return [one["instruction"] for one in lines(folder, kind)]


def contents(folder: Path) -> dict[str, bytes]:
    """All bytes of a folder, by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
