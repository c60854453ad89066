"""pair_duplicate and conflict on 52,000 pairs: CPU, memory, what is found of planted rows.

Run: python -m tests.benchmarks.pair_duplicate
"""

import random
import time
import tracemalloc
from itertools import product

from iftgen.filters import text
from iftgen.filters.base import MemoryFilter
from iftgen.filters.conflict import Conflict
from iftgen.filters.pair_duplicate import PairDuplicate
from iftgen.types import Candidate, Pair
from tests.benchmarks.instructions import instructions

SIZE = 52_000
LABELS = ("Yes", "No", "Positive", "Negative", "True", "False", "4", "Paris")
VOCABULARY = 20_000  # words of the responses, Zipf-like
WORDS = 60  # of a response
SHORT = 0.2  # the share of rows with a label for a response


def rows() -> list[Candidate]:
    """Return instructions with made-up responses, a fifth of which are labels."""
    rng = random.Random(0)
    made = instructions(SIZE)
    syllables = [f"{consonant}{vowel}" for consonant in "bdfgklmnprstvwz" for vowel in "aeiou"]
    words = [f"{one}{two}{three}" for one, two, three in product(syllables, repeat=3)][::21][:VOCABULARY]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    found = []
    for index, instruction in enumerate(made):
        long = " ".join(rng.choices(words, weights, k=WORDS)) + "."
        output = rng.choice(LABELS) if rng.random() < SHORT else long
        found.append(Candidate(index, instruction=instruction, output=output))
    return found


def judged(check: MemoryFilter, given: list[Candidate]) -> tuple[float, int]:
    """Return CPU seconds of checking and remembering as a run does, and the number rejected."""
    started, rejected = time.process_time(), 0
    for row in given:
        if check.check(row).keep:
            check.remember(Pair(str(row.index), row.instruction, row.output, row.input), row.index + 1)
        else:
            rejected += 1
    return time.process_time() - started, rejected


def main() -> None:
    """Print a line for each filter."""
    given = rows()
    print(f"{len(given)} pairs, responses of {WORDS} words, {SHORT:.0%} of them labels\n")
    print(f"{'filter':<18}{'rejected':>10}{'CPU s':>8}{'us a row':>10}{'MB':>8}")
    for kind in (PairDuplicate, Conflict):
        text.words.cache_clear()
        seconds, rejected = judged(kind(), given)
        tracemalloc.start()
        check = kind()
        judged(check, given[: SIZE // 4])
        megabytes = tracemalloc.get_traced_memory()[0] * 4 / 1e6
        tracemalloc.stop()
        print(f"{kind.name:<18}{rejected:>10}{seconds:>8.2f}{seconds / SIZE * 1e6:>10.0f}{megabytes:>8.0f}")


if __name__ == "__main__":
    main()
