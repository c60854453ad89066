"""decontamination with an embedder: reworded questions of MT-bench found, and rows flagged that are none, by bound.

Run: python -m tests.benchmarks.reworded MT_BENCH.jsonl ROWS...
Each line of the reworded questions, which we wrote, begins with the line of its question in MT-bench. ROWS are JSONL
files with the columns instruction (or prompt) and input, or instances as in the seed tasks of self-instruct.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from iftgen.embedders import Embedder
from iftgen.embedders.onnx import OnnxSource
from iftgen.filters.decontamination import Decontamination
from iftgen.store.vectors import VectorStore
from iftgen.types import Candidate, Reply, Request

BOUNDS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
REWORDED = Path(__file__).parent.parent / "filters" / "data" / "reworded_questions.txt"
SHOWN = 5


async def send(request: Request) -> Reply:
    """Refuse: nothing else is asked."""
    raise AssertionError(request)


def rows(path: Path) -> Iterator[tuple[str, str]]:
    """Yield instruction and input of each line of a file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        one: dict[str, Any] = json.loads(line)
        given = one["instances"][0]["input"] if "instances" in one else one.get("input", "")
        yield str(one.get("instruction", one.get("prompt"))), str(given or "")


async def judged(check: Decontamination, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, str, str]]:
    """Return of each row the score, the place of its question where the lowest bound rejects it, and the text."""
    found = []
    for instruction, given in pairs:
        row = Candidate(0, instruction=instruction, input=given)
        await check.ask(row, "instruction", send)
        verdict = check.check(row)
        found.append((verdict.score or 0.0, verdict.neighbour_id or "", instruction))
    return found


def counts(found: Sequence[tuple[float, str, str]]) -> str:
    """Return how many are above each bound."""
    return "".join(f"{sum(score > bound for score, _, _ in found):>6}" for bound in BOUNDS)


async def main(benchmark: str, files: Sequence[str]) -> None:
    """Print the table."""
    told = [line.split("|", 1) for line in REWORDED.read_text(encoding="utf-8").splitlines()]
    source = OnnxSource()
    with tempfile.TemporaryDirectory() as folder:
        embedder = Embedder(source, VectorStore(Path(folder) / "vectors.sqlite", source.identity))
        check = Decontamination(files=[benchmark], similarity=BOUNDS[0])
        check.embedder = embedder
        await embedder.prepare(list(check.foreknown()))
        print(f"{'rows above a cosine of':<36}{'all':>5}" + "".join(f"{bound:>6}" for bound in BOUNDS))
        found = await judged(check, [(text, "") for _, text in told])
        right = [
            hit
            for hit, (line, _) in zip(found, told, strict=True)
            if hit[1].endswith(f":{line}") or hit[0] <= BOUNDS[0]
        ]
        print(f"{'reworded, with its own question':<36}{len(told):>5}{counts(right)}")
        for file in files:
            found = await judged(check, list(rows(Path(file))))
            print(f"{Path(file).name[:34]:<36}{len(found):>5}{counts(found)}")
            for score, place, text in sorted(found, reverse=True)[:SHOWN]:
                print(f"    {score:.3f} {place.rpartition(':')[2]:>4} {text[:80]!r}")
        await embedder.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
