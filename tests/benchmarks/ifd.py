"""`ifd` with the embedded model: does it tell fitting responses from shuffled ones, and good from bad, how fast?

Run: python -m tests.benchmarks.ifd [FILE.jsonl] [--rows 60] [--shuffled 60] [--template auto] [--max-words 40]; FILE
holds rows with instruction, input, output and perhaps label (good or bad). Without it the seeds of iftgen are scored.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from iftgen.backends.embedded_client import EmbeddedClient
from iftgen.filters.ifd import Ifd
from iftgen.types import Candidate

SEEDS = Path(__file__).parents[2] / "conf/seeds/general.jsonl"
AT_ONCE = 8
SHIFT = 7


def read(path: Path, rows: int) -> list[dict[str, Any]]:
    """Return `rows` rows, spread evenly over the file."""
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = min(rows, len(found))
    return [found[place * len(found) // rows] for place in range(rows)]


def candidates(rows: Sequence[dict[str, Any]], shift: int = 0) -> list[Candidate]:
    """Return the rows as candidates, each with the response of the row `shift` places further on."""
    outputs = [rows[(place + shift) % len(rows)]["output"] for place in range(len(rows))]
    return [
        Candidate(place, instruction=row["instruction"], input=row.get("input") or "", output=output)
        for place, (row, output) in enumerate(zip(rows, outputs, strict=True))
    ]


async def scored(check: Ifd, rows: Iterable[Candidate]) -> tuple[list[float | None], float]:
    """Return the IFD of each row, None where it has none, and the seconds that it took."""
    client = EmbeddedClient("smollm2-135m-instruct")
    await client.start()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(row: Candidate) -> float | None:
        async with gate:
            await check.ask(row, "response", client.send)
        return check.check(row).score

    started = time.perf_counter()
    try:
        scores = await asyncio.gather(*map(one, rows))
    finally:
        await client.close()
    return list(scores), time.perf_counter() - started


def auc(low: Sequence[float], high: Sequence[float]) -> float:
    """Return the share of pairs in which the score of `high` is the higher one; ties count half."""
    wins = sum((b > a) + 0.5 * (a == b) for a in low for b in high)
    return wins / max(1, len(low) * len(high))


def known(scores: Iterable[float | None]) -> list[float]:
    """Return the scores that there are."""
    return [score for score in scores if score is not None]


def quantiles(scores: Sequence[float]) -> str:
    """Return least, quartiles and greatest."""
    ranked = sorted(scores)
    return " ".join(f"{ranked[round(part * (len(ranked) - 1))]:.2f}" for part in (0, 0.25, 0.5, 0.75, 1))


def show(name: str, scores: Sequence[float], bound: float) -> None:
    """Print a line of the table."""
    above = sum(score > bound for score in scores)
    print(f"{name:<12}{len(scores):>6}   {quantiles(scores):<28}{above:>6} ({above / len(scores):.1%})")


def main() -> None:
    """Score the rows, the shuffled rows, and the two labels where the file has them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path, nargs="?", default=SEEDS)
    parser.add_argument("--rows", type=int, default=60)
    parser.add_argument("--shuffled", type=int, default=60)
    parser.add_argument("--template", default="auto")
    parser.add_argument("--max-words", type=int, default=40)
    parser.add_argument("--dump", type=Path)
    given = parser.parse_args()
    check = Ifd(template=given.template, max_words=given.max_words)
    rows = read(given.file, given.rows)
    own, spent = asyncio.run(scored(check, candidates(rows)))
    mixed = read(given.file, given.shuffled)
    other, more = asyncio.run(scored(check, candidates(mixed, SHIFT)))
    bound = check.max or 1.0
    print(f"{'rows':<12}{'scored':>6}   {'min, quartiles, max':<28}above {bound:g}")
    show("fitting", known(own), bound)
    show("shuffled", known(other), bound)
    print(f"AUC, shuffled against fitting: {auc(known(own), known(other)):.3f}")
    labels = {
        label: known(score for score, row in zip(own, rows, strict=True) if row.get("label") == label)
        for label in ("good", "bad")
    }
    if all(labels.values()):
        for label, scores in labels.items():
            show(label, scores, bound)
        print(f"AUC, bad against good: {auc(labels['good'], labels['bad']):.3f}")
    print(f"{(len(rows) + len(mixed)) / (spent + more):.2f} pairs a second, {AT_ONCE} at once")
    if given.dump:
        lines = (json.dumps({**row, "ifd": score}) for row, score in zip(rows, own, strict=True))
        given.dump.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
