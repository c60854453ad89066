"""Distinct n-grams of the texts of a set, row by row."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import polars as pl

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def distinct(texts: "pl.Series", sizes: tuple[int, ...] = (1, 2, 3)) -> list[tuple[Floats, Floats]]:
    """Return for each size n two arrays with a value a row: its part in the different n-grams, and its n-grams.

    A different n-gram that occurs k times counts 1/k at each place, so that distinct-n is sum / sum. Words are runs of
    letters and digits, case ignored, as in the stats of a run.
    """
    import polars as pl

    words = pl.col("text").str.to_lowercase().str.extract_all(r"\w+").alias("word")
    split = texts.alias("text").to_frame().lazy().select(words).with_row_index("row").explode("word")
    table = split.drop_nulls("word").select("row", pl.col("word").rank("dense")).collect()
    rows, named = (table[name].to_numpy().astype(np.int64) for name in ("row", "word"))
    return [_parts(*_grams(rows, named, size), len(texts)) for size in sizes]


def _grams(rows: Ints, words: Ints, size: int) -> tuple[Ints, Ints]:
    """Return the row and the number of each n-gram: equal n-grams have equal numbers, and few are unused."""
    grams = words
    for step in range(1, size):
        grams = grams[:-1] * (int(words.max(initial=0)) + 1) + words[step:]
        grams = np.unique(grams, return_inverse=True)[1]
    fits = rows[size - 1 :] == rows[: len(rows) - size + 1]
    return rows[size - 1 :][fits], grams[fits]


def _parts(rows: Ints, grams: Ints, height: int) -> tuple[Floats, Floats]:
    weights = 1.0 / np.bincount(grams)[grams]
    parts: Floats = np.bincount(rows, weights, height).astype(np.float64)
    return parts, np.bincount(rows, minlength=height).astype(np.float64)
