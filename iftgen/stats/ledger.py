"""What each filter of a run caught: the funnel from the rejections, the ledger from the verdicts that rows keep."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from iftgen.errors import DataError

# The key that rows of a run with `filters_all=true` have.
KEPT = b'"verdicts":'
EARLY = "_instruction"
TOP_PAIRS = 10
# What rejects before the first filter, and after the last.
FIRST, LAST = ("parse", "answer"), ("quota",)


def stack_of(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the filters of a run in the order of the stack, with their checks and seconds, as its manifest says."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found = manifest.get("filters") if isinstance(manifest, dict) else None
    return found if isinstance(found, dict) else {}


def funnel(rejected: Mapping[str, int], candidates: int, order: Sequence[str]) -> list[dict[str, Any]]:
    """Return for each filter in the order of the stack: candidates that came to it, and how many it rejected.

    A candidate counts for the filter whose verdict its row has. What only others may say (`parse`, a quota) is there
    where it rejected something.
    """
    others = [name for name in rejected if name not in (*FIRST, *order, *LAST)]
    names = [*(name for name in FIRST if name in rejected), *order, *others, *(n for n in LAST if n in rejected)]
    steps, left = [], candidates
    for name in names:
        steps.append({"filter": name, "came": left, "rejected": rejected.get(name, 0)})
        left -= rejected.get(name, 0)
    return steps


def ledger(folder: Path, order: Sequence[str]) -> dict[str, Any] | None:
    """Return what all verdicts of all filters say, None where the rows of the run do not keep them.

    filters   by name: rows judged, caught (rejected, whoever was first), only (rejected by no other filter)
    overlap   pairs of filters that reject the same rows: a, b, both; the largest first
    """
    judged, caught, only, both = Counter[str](), Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for verdicts in _verdicts(folder):
        names, rejecting = _by_filter(verdicts, order)
        judged.update(names)
        caught.update(rejecting)
        if len(rejecting) == 1:
            only.update(rejecting)
        both.update(combinations(sorted(rejecting), 2))
    if not judged:
        return None
    known = [name for name in order if name in judged] + sorted(name for name in judged if name not in order)
    return {
        "filters": {name: {"judged": judged[name], "caught": caught[name], "only": only[name]} for name in known},
        "overlap": [
            {"a": a, "b": b, "both": count}
            for (a, b), count in sorted(both.items(), key=lambda item: (-item[1], item[0]))[:TOP_PAIRS]
        ],
    }


def _verdicts(folder: Path) -> Iterator[Mapping[str, Any]]:
    for name in ("examples.jsonl", "rejected.jsonl"):
        path = folder / name
        if not path.is_file():
            continue
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if KEPT in line and line.endswith(b"\n"):
                    yield _parsed(path, number, line)


def _parsed(path: Path, number: int, line: bytes) -> Mapping[str, Any]:
    try:
        verdicts = json.loads(line).get("verdicts", {})
    except (ValueError, AttributeError):
        raise DataError(f"{path}, line {number}: no JSON object; the file was damaged, see `iftgen verify`.") from None
    return verdicts if isinstance(verdicts, dict) else {}


def _by_filter(verdicts: Mapping[str, Any], order: Sequence[str]) -> tuple[set[str], set[str]]:
    """Return the filters that judged a row, and those that reject it: one may have done so at two stages."""
    names, rejecting = set(), set()
    for key, verdict in verdicts.items():
        base = key.removesuffix(EARLY)
        name = base if key not in order and (base in order or base in verdicts) else key
        names.add(name)
        if isinstance(verdict, dict) and verdict.get("keep") is False:
            rejecting.add(name)
    return names, rejecting
