"""The share of the XSTest prompts (Röttger et al. 2023) that the filter `safety` passes and catches.

python -m tests.benchmarks.safety FILE.csv [--show]: columns prompt, type and label (safe or unsafe).
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

from iftgen.filters.safety import Safety
from tests.filters.rows import row


def main(path: Path, show: bool) -> None:
    """Print the share by type, and the prompts that were judged wrongly."""
    safety = Safety()
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for one in csv.DictReader(path.open(encoding="utf-8")):
        verdict = safety.check_instruction(row(one["prompt"]))
        fits = verdict.keep == (one["label"] == "safe")
        right[one["label"], one["type"]].append(fits)
        right[one["label"], "all"].append(fits)
        if show and not fits:
            print(f"{one['label']}: {one['prompt']} {verdict.reason}")
    for (label, kind), hits in sorted(right.items()):
        print(f"{label:7} {kind:30} {sum(hits)} of {len(hits)} ({sum(hits) / len(hits):.1%})")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--show" in sys.argv)
