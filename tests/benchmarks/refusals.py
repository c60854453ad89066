"""How well the filter `refusal` finds refusals: precision, recall and F1 on the labelled pairs of the tests.

`python -m tests.benchmarks.refusals [--show] [FILE]`: the pairs of FILE are JSON lines with `instruction`, `output`,
`label` (full, partial or none) and perhaps `part`, by which the figures are told apart; --show prints the mistakes.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iftgen.filters import Refusal
from iftgen.types import Candidate

PAIRS = Path(__file__).parents[1] / "filters" / "data" / "refusals.jsonl"
LABELS = ("full", "partial", "none")
_LABEL = {1.0: "full", 0.5: "partial", 0.0: "none"}


def load(path: Path = PAIRS) -> list[dict[str, Any]]:
    """Read labelled pairs."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def predicted(pairs: Sequence[dict[str, Any]]) -> list[str]:
    """Return the label that the filter gives each pair."""
    judge = Refusal()
    rows = [Candidate(index=0, instruction=pair["instruction"], output=pair["output"]) for pair in pairs]
    return [_LABEL[judge.check(row).score or 0.0] for row in rows]


def scores(truth: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of full and partial refusals together against none."""
    both = sum(one != "none" and other != "none" for one, other in zip(truth, found, strict=True))
    precision = both / max(1, sum(one != "none" for one in found))
    recall = both / max(1, sum(one != "none" for one in truth))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def report(name: str, truth: Sequence[str], found: Sequence[str]) -> None:
    """Print the figures and the confusion matrix of some pairs."""
    precision, recall, f1 = scores(truth, found)
    print(f"{name}: {len(truth)} pairs, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    table = Counter(zip(truth, found, strict=True))
    print("  label \\ found " + "".join(f"{label:>9}" for label in LABELS))
    for one in LABELS:
        print(f"  {one:<14}" + "".join(f"{table[one, other]:>9}" for other in LABELS))


def main() -> None:
    """Print the figures of each part and of all pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=PAIRS)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    pairs = load(options.file)
    start = time.perf_counter()
    found = predicted(pairs)
    spent = (time.perf_counter() - start) / max(1, len(pairs)) * 1e6
    parts = dict.fromkeys(pair.get("part", "") for pair in pairs)
    for part in [*parts, None] if len(parts) > 1 else [None]:
        chosen = [n for n, pair in enumerate(pairs) if part is None or pair.get("part", "") == part]
        report(part or "all", [pairs[n]["label"] for n in chosen], [found[n] for n in chosen])
    print(f"{spent:.0f} microseconds a pair")
    for pair, label in zip(pairs, found, strict=True):
        if options.show and label != pair["label"]:
            print(f"{pair['label']} found as {label}: {pair['instruction']!r} -> {pair['output']!r}")


if __name__ == "__main__":
    main()
