"""For each instruction of a run the cosine with the one nearest in meaning, by the vectors that the run has stored."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from iftgen.compare.folders import Source
from iftgen.compare.nearest import MOST, spread
from iftgen.store.stored_vectors import stored_vectors

# Rows and columns of one product of two matrices.
_ROWS, _COLUMNS = 512, 8192

Floats = npt.NDArray[np.float64]


def nearest_cosines(source: Source, texts: Sequence[str], most: int = MOST) -> Floats:
    """Return the cosine of texts, at most `most` evenly spread ones, with the nearest other text of all.

    Nothing is embedded: unless the run has stored the vectors of all texts, there are no cosines.
    """
    with stored_vectors(source.folder, source.manifest) as stored:
        found = stored.get(texts) if stored is not None and len(texts) > 1 else {}
    if not found or any(text not in found for text in texts):
        return np.empty(0)
    vectors = np.stack([found[text] for text in texts])
    asked = spread(len(texts), most)
    return np.concatenate([_block(vectors, asked[start : start + _ROWS]) for start in range(0, len(asked), _ROWS)])


def _block(vectors: npt.NDArray[np.float16], asked: npt.NDArray[np.int64]) -> Floats:
    """Compare some of the vectors with all, in full precision but for a part of them at a time."""
    mine, best = vectors[asked].astype(np.float32), np.full(len(asked), -1.0)
    for start in range(0, len(vectors), _COLUMNS):
        scores = mine @ vectors[start : start + _COLUMNS].astype(np.float32).T
        own = np.flatnonzero((asked >= start) & (asked < start + _COLUMNS))
        scores[own, asked[own] - start] = -1.0
        np.maximum(best, scores.max(axis=1), out=best)
    rounded: Floats = best.round(5)  # beyond that, products of matrices depend on the machine
    return rounded
