"""Embedders and their filters: texts a second, the search, a file. Run: python -m tests.benchmarks.embedding"""

import asyncio
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iftgen.cli import main as command
from iftgen.embedders import Embedder
from iftgen.embedders.onnx import OnnxSource
from iftgen.filters.semantic_duplicate import SemanticDuplicate
from iftgen.store.vectors import VectorStore
from iftgen.types import Candidate, Pair, Reply, Request
from tests.benchmarks.instructions import instructions

TEXTS, SIZE, DIMENSIONS, WINDOW, FILE_ROWS = 400, 20_000, 384, 512, 5_000

FILTERS = "filters=[semantic_duplicate,relevance]"
RUN = ("method=file", FILTERS, "embedder=mock", "ui=none", "export=none")


class Clustered:
    """Vectors at once, in clusters as those of real texts are: it is the search that is measured."""

    def __init__(self, texts: list[str]) -> None:
        dice = np.random.default_rng(0)
        centres = dice.normal(size=(200, DIMENSIONS))
        rows = centres[dice.integers(200, size=len(texts))] + 1.2 * dice.normal(size=(len(texts), DIMENSIONS))
        rows[10::10] = rows[9:-1:10] + 0.3 * dice.normal(size=rows[10::10].shape)  # the same in other words
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        self._rows: dict[str, NDArray[np.float32]] = dict(
            zip(texts, rows.astype(np.float16).astype(np.float32), strict=True)
        )

    async def prepare(self, texts: list[str]) -> None:
        """Do nothing."""

    def of(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a text."""
        return self._rows[text]


async def send(request: Request) -> Reply:
    """Answer nothing: an embedder needs no other model."""
    raise AssertionError


async def speed(folder: Path) -> None:
    """Print the texts a second of the small model, for instructions and for longer texts."""
    short = instructions(TEXTS, seed=5)
    long = [" ".join(short[place : place + 6]) for place in range(0, TEXTS, 2)]
    embedder = Embedder(OnnxSource(), VectorStore(folder / "e.sqlite", "m"))
    await embedder.prepare(["to load the model"])
    for name, texts in (("instructions", short), ("of 60 words", long)):
        words = sum(len(text.split()) for text in texts) / len(texts)
        started, cpu = time.perf_counter(), time.process_time()
        await embedder.prepare(texts)
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        print(f"onnx, {name} ({words:.0f} words): {len(texts) / wall:.0f} texts/s, {cpu / len(texts) * 1e3:.1f} CPU ms")
    await embedder.close()


async def online(size: int) -> None:
    """Print the cost of a row when so many rows come one block after the other, early and final check."""
    letters = str.maketrans("0123456789", "abcdefghij")  # texts with different numbers would be no duplicates
    texts = [f"{text} {str(place).translate(letters)}" for place, text in enumerate(instructions(size, seed=6))]
    check = SemanticDuplicate()
    check.embedder = Clustered(texts)  # type: ignore[assignment]
    rows = [Candidate(place, instruction=text) for place, text in enumerate(texts)]
    started, rejected = time.perf_counter(), 0
    for start in range(0, len(rows), WINDOW):
        block = rows[start : start + WINDOW]
        await asyncio.gather(*(check.ask(row, "instruction", send) for row in block))
        for row in block:
            early = check.check_at(row, start)
            if early.keep and check.check(row).keep:
                check.remember(Pair(str(row.index), row.instruction, ""), row.index + 1)
            else:
                rejected += 1
    spent = time.perf_counter() - started
    print(f"semantic_duplicate, {size} rows: {spent:.1f} s, {spent / size * 1e6:.0f} us a row, {rejected} rejected")


def file(folder: Path) -> None:
    """Print the time of a run over a file with the mock as embedder."""
    texts = instructions(FILE_ROWS, seed=7)
    data = folder / "data.json"
    data.write_text(json.dumps([{"instruction": text, "input": "", "output": f"It is so: {text}"} for text in texts]))
    started = time.perf_counter()
    try:
        command([*RUN, f"method.path={data}", f"hydra.run.dir={folder / 'run'}"])
    except SystemExit:
        print(f"a file of {FILE_ROWS} rows, embedder=mock: {time.perf_counter() - started:.1f} s")


def main() -> None:
    """Print all."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(speed(Path(folder)))
        for size in (SIZE // 4, SIZE):
            asyncio.run(online(size))
        file(Path(folder))


if __name__ == "__main__":
    main()
