"""The nearest cosine of a run, by the vectors that it has stored."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iftgen.compare import compare, meaning
from iftgen.compare.columns import columns
from iftgen.compare.objective import objective_of
from iftgen.store.vectors import FILE, VectorBill, VectorStore
from tests.compare.made import run
from tests.filters.vectors import Chosen
from tests.merge.made import contents

TEXTS = [f"{number:02} is the number of this text." for number in range(30)]
MOST = 10  # characters that are embedded
COSINES = {text[:MOST]: place / 30 for place, text in enumerate(TEXTS)}


def made(folder: Path, texts: Sequence[str] = TEXTS, identity: str = "mock", **manifest: Any) -> Path:
    """Make a run, and vectors of some of its texts, cut as an embedder cuts them."""
    told = {"embedder": {"identity": "mock", "max_chars": MOST}, **manifest}
    run(folder, TEXTS, manifest=told)
    store = VectorStore(folder / manifest.get("sweep", ".") / FILE, identity)
    store.put({text[:MOST]: Chosen(COSINES).of(text[:MOST]).astype(np.float16) for text in texts}, VectorBill())
    store.close()
    return folder


def test_mean_and_p95_are_those_of_all_pairs_and_the_folder_stays_as_it_was(tmp_path: Path) -> None:
    folder = made(tmp_path / "run")
    before = contents(folder)
    vectors = np.stack([Chosen(COSINES).of(text[:MOST]) for text in TEXTS])
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    found = compare([folder])
    one = found.runs[0].diversity
    assert one.cosine.value == pytest.approx(cosines.max(axis=1).mean(), abs=1e-4)
    assert one.cosine_p95 == pytest.approx(np.quantile(cosines.max(axis=1), 0.95), abs=1e-4)
    assert one.cosine.low is not None and one.cosine.high is not None and one.cosine.value is not None
    assert one.cosine.low < one.cosine.value < one.cosine.high
    assert {"nearest cosine", "cosine p95"} <= {column.title for column in columns(found)}
    assert objective_of(folder, "1 - nearest_cosine") == pytest.approx(1 - one.cosine.value, abs=1e-3)
    assert contents(folder) == before


def test_blocks_do_not_change_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made(tmp_path / "run")
    whole = compare([folder]).runs[0].diversity
    monkeypatch.setattr(meaning, "_ROWS", 7)
    monkeypatch.setattr(meaning, "_COLUMNS", 4)
    parts = compare([folder]).runs[0].diversity
    assert parts.cosine.value == pytest.approx(whole.cosine.value, abs=1e-5)


def test_the_jobs_of_a_sweep_share_their_vectors(tmp_path: Path) -> None:
    assert compare([made(tmp_path / "0", sweep="..")]).runs[0].diversity.cosine.value is not None


@pytest.mark.parametrize("how", ["lacking", "other", "old", "damaged", "none"])
def test_without_the_vectors_of_all_there_is_no_figure(tmp_path: Path, how: str) -> None:
    old = {"embedder": {"texts": 30}} if how == "old" else {}
    identity = "other" if how == "other" else "mock"
    folder = made(tmp_path / "run", TEXTS[1:] if how == "lacking" else TEXTS, identity, **old)
    if how == "damaged":
        (folder / FILE).write_bytes(b"no database at all" * 99)
    if how == "none":
        (folder / FILE).unlink()
    found = compare([folder])
    assert found.runs[0].diversity.cosine.value is None
    assert "nearest cosine" not in [column.title for column in columns(found)]
