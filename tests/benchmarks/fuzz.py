"""Fuzz: odd candidates through every filter, and which filter takes longest for a single one.

Run: python -m tests.benchmarks.fuzz [rows] [--seed N]. Exits with 1 where a filter raises; what the candidates are
stands in tests/filters/fuzz.py.
"""

import argparse
import time
from collections import defaultdict

from iftgen.errors import IftgenError
from iftgen.filters import FILTERS
from iftgen.filters.stack import FilterStack
from iftgen.types import Pair
from tests.filters.fuzz import candidates
from tests.filters.test_fuzz import LEFT_OUT
from tests.filters.vectors import Chosen


def main() -> None:
    """Print what each filter took, and what it raised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    raised: list[str] = []
    slowest: dict[str, float] = defaultdict(float)
    caught: dict[str, int] = defaultdict(int)
    for name in [name for name in FILTERS if name not in LEFT_OUT]:
        stack = FilterStack.build({name: {"_target_": FILTERS[name]}}, verify={"": {name: {}}}, every=True)
        stack.use(Chosen())
        for row in candidates(given.rows, given.seed):
            start = time.perf_counter()
            try:
                found = stack.check_instruction(row, 0), stack.check_response(row), stack.final(row)
            except IftgenError as error:
                raised.append(str(error))
                continue
            slowest[name] = max(slowest[name], time.perf_counter() - start)
            caught[name] += any(found)
            if row.index % 3 == 0:
                stack.remember(Pair(str(row.index), row.instruction, row.output, row.input), row.index + 1)
        print(f"{name:<20}{given.rows:>8,} rows {caught[name]:>8,} rejected, slowest {slowest[name]:.3f} s", flush=True)
    print("\n".join(raised[:20]) or "no filter raised")
    raise SystemExit(1 if raised else 0)


if __name__ == "__main__":
    main()
