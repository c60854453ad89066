"""near_duplicate in batch: CPU as the pool grows, parity, memory. Run: python -m tests.benchmarks.near_duplicate"""

import math
import time
import tracemalloc
import warnings

from iftgen.filters.near_duplicate import NearDuplicate
from iftgen.filters.rouge_index import RougeIndex
from iftgen.types import Candidate, Pair
from tests.benchmarks.instructions import instructions

SIZES = (5_000, 10_000, 20_000, 52_000)
SINGLES = 4_000  # texts after a pool, without anticipation
WINDOW = 512  # rows between the early and the final check, and rows told of at once
PARITY = 700
MEMORY = 100_000


def rows_of(texts: list[str]) -> list[Candidate]:
    """Return candidates with these instructions."""
    return [Candidate(index, instruction=text) for index, text in enumerate(texts)]


def batch(rows: list[Candidate]) -> tuple[float, int, NearDuplicate]:
    """Return CPU seconds of all checks as a run makes them, early and final, the number rejected, and the filter."""
    check, early, rejected = NearDuplicate(), list[bool](), 0
    started = time.process_time()
    for step in range(len(rows) + WINDOW):
        if step < len(rows):
            if step % WINDOW == 0:
                check.anticipate(rows[step : step + WINDOW])
            early.append(check.check_at(rows[step], step - WINDOW).keep)
        due = step - WINDOW
        if due >= 0 and early[due] and check.check(rows[due]).keep:
            check.remember(Pair(str(due), rows[due].instruction, ""), due + 1)
        else:
            rejected += due >= 0
    return time.process_time() - started, rejected, check


def singles(check: NearDuplicate, rows: list[Candidate]) -> float:
    """Return CPU microseconds of a text that comes alone, as in generation."""
    started = time.process_time()
    for row in rows:
        if check.check(row).keep:
            check.remember(Pair(str(row.index), row.instruction, ""), row.index + len(rows) * 100)
    return (time.process_time() - started) / len(rows) * 1e6


def differences(texts: list[str]) -> tuple[int, int]:
    """Return how many pairs of texts `rouge_score` puts above 0.7, and how many the index decides otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from rouge_score.rouge_scorer import RougeScorer
        from rouge_score.tokenizers import DefaultTokenizer
    tokenizer = DefaultTokenizer(use_stemmer=False)
    words = {text: tokenizer.tokenize(text) for text in texts}
    scorer = RougeScorer(["rougeL"], tokenizer=_Cached(words))
    index, theirs, mine = RougeIndex(0.7), set[tuple[int, int]](), set[tuple[int, int]]()
    index.anticipate(texts)
    for number, text in enumerate(texts):
        mine |= {(number, other) for other, _ in index.search(text)}
        index.add(text, number)
        for other, earlier in enumerate(texts[:number]):
            sizes = sorted((len(words[text]), len(words[earlier])))
            if sizes[0] * 2 / max(sum(sizes), 1) > 0.69 and scorer.score(earlier, text)["rougeL"].fmeasure > 0.7:
                theirs.add((number, other))
    return len(theirs), len(theirs ^ mine)


class _Cached:
    """A tokenizer that has seen the texts."""

    def __init__(self, words: dict[str, list[str]]) -> None:
        self._words = words

    def tokenize(self, text: str) -> list[str]:
        return self._words[text]


def megabytes(texts: list[str]) -> tuple[float, float]:
    """Return what the memory of as many accepted instructions takes beyond the texts: at the end, and at the peak."""
    pairs = [Pair(str(number), text, "") for number, text in enumerate(texts)]
    rows = rows_of(texts)
    tracemalloc.start()
    check = NearDuplicate()
    for start in range(0, len(rows), WINDOW):
        check.anticipate(rows[start : start + WINDOW])
        for number in range(start, min(start + WINDOW, len(rows))):
            check.remember(pairs[number], number + 1)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return now / 1e6, peak / 1e6


def main() -> None:
    """Print the table of sizes, then parity and memory."""
    texts = instructions(max(SIZES))
    mean = sum(len(text.split()) for text in texts) / len(texts)
    print(f"{len(texts)} instructions of {mean:.1f} words on average\n")
    print(f"{'texts':<10}{'rejected':>10}{'CPU s':>8}{'us a text':>12}{'alone, us':>12}")
    seconds = []
    more = rows_of(instructions(SINGLES, seed=2))
    for size in SIZES:
        spent, rejected, check = batch(rows_of(texts[:size]))
        seconds.append(spent)
        print(f"{size:<10}{rejected:>10}{spent:>8.2f}{spent / size * 1e6:>12.0f}{singles(check, more):>12.0f}")
    exponent = math.log(seconds[-1] / seconds[0]) / math.log(SIZES[-1] / SIZES[0])
    print(f"\ngrowth exponent from {SIZES[0]} to {SIZES[-1]}: {exponent:.2f}")
    near, different = differences(texts[-PARITY:] + texts[: PARITY // 2])
    print(f"parity with rouge_score: {near} near pairs, {different} decided otherwise")
    now, peak = megabytes(instructions(MEMORY, seed=3))
    print(f"memory of {MEMORY} accepted instructions: {now:.0f} MB, {peak:.0f} MB at the peak")


if __name__ == "__main__":
    main()
