"""The store of embeddings: what it holds, whose vector wins, and what was paid."""

import stat
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from iftgen.errors import RunError
from iftgen.store.vectors import VectorBill, VectorStore


def vector(*values: float) -> NDArray[np.float16]:
    return np.array(values, np.float16)


def test_vectors_are_there_again_with_the_same_bits(tmp_path: Path) -> None:
    path = tmp_path / "run" / "embeddings.sqlite"
    texts = [f"text {n} \ud800 é" for n in range(1200)]
    store = VectorStore(path, "m")
    store.put({text: vector(n / 7, 1) for n, text in enumerate(texts)}, VectorBill(1, 1200, 5, 0.25))
    store.close()
    store.close()
    again = VectorStore(path, "m")
    found = again.get([*texts, "unknown"])
    assert list(found) == texts or set(found) == set(texts)
    assert all((found[text] == vector(n / 7, 1)).all() for n, text in enumerate(texts))
    assert again.totals() == VectorBill(1, 1200, 5, 0.25)
    again.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_model_has_its_own_vectors(tmp_path: Path) -> None:
    one, other = (VectorStore(tmp_path / "e.sqlite", model) for model in ("m", "n"))
    one.put({"a": vector(1)}, VectorBill(1, 1))
    assert not other.get(["a"])
    assert VectorBill(1, 1) == other.totals()  # what was paid is paid, whatever for
    one.close()
    other.close()


def test_of_two_processes_that_embed_a_text_the_first_one_decides(tmp_path: Path) -> None:
    one, other = (VectorStore(tmp_path / "e.sqlite", "m") for _ in range(2))
    assert one.put({"a": vector(1)}, VectorBill(1, 1))["a"] == vector(1)
    held = other.put({"a": vector(2), "b": vector(3)}, VectorBill(1, 2))
    assert (held["a"], held["b"]) == (vector(1), vector(3))
    assert one.get(["b"])["b"] == vector(3)
    assert one.totals().texts == 3
    one.close()
    other.close()


def test_dollars_are_unknown_where_one_price_is(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "e.sqlite", "m")
    assert store.totals() == VectorBill()
    store.put({"a": vector(1)}, VectorBill(1, 1, 4, 0.5))
    store.put({"b": vector(1)}, VectorBill(1, 1, 4, None))
    assert store.totals() == VectorBill(2, 2, 8, None) == VectorBill(1, 1, 4, 0.5) + VectorBill(1, 1, 4, None)
    store.close()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.sqlite"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(RunError, match=r"embeddings\.sqlite: the store of embeddings cannot be used: .*Make room"):
        VectorStore(path, "m")
