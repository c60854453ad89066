"""For each text of a set the ROUGE-L with the one most like it: exact, in blocks."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from iftgen.filters.rouge import tokens
from iftgen.filters.rouge_index import Characters

# Texts that are compared with all others; of a larger set so many, evenly spread: the work grows with the square.
MOST = 5_000
# A set of fewer texts is compared in one thread: several runs are measured at once.
_SMALL = 2_000
# Pairs that are scored at once.
_PAIRS = 4_000_000


def nearest(texts: Sequence[str], most: int = MOST) -> npt.NDArray[np.float64]:
    """Return the ROUGE-L F of texts, at most `most` evenly spread ones, with the most like other text of all.

    Texts are compared as the near_duplicate filter does. Two texts at least; a text without words is like no other.
    """
    if len(texts) < 2:
        return np.empty(0)
    character = Characters().__getitem__
    coded = ["".join(map(character, tokens(text))) for text in texts]
    asked = spread(len(coded), most)
    step = max(1, _PAIRS // len(coded))
    return np.concatenate([_block(coded, asked[start : start + step]) for start in range(0, len(asked), step)])


def spread(count: int, most: int) -> npt.NDArray[np.int64]:
    """Return the numbers of at most `most` of so many things, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(np.int64))


def _block(coded: Sequence[str], asked: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Compare some of the texts with all; 2 LCS / (m + n), which Indel gives, is ROUGE-L F."""
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    # Always another list: rapidfuzz halves the pairs of a list with itself, but then scores them one by one.
    mine = [coded[number] for number in asked.tolist()]
    workers = 1 if len(coded) < _SMALL else -1
    scores = cdist(mine, coded, scorer=Indel.normalized_similarity, dtype=np.float64, workers=workers)
    scores[np.arange(len(asked)), asked] = 0.0
    empty = [place for place, text in enumerate(mine) if not text]
    scores[empty] = 0.0  # two empty texts are alike to rapidfuzz
    best: npt.NDArray[np.float64] = scores.max(axis=1)
    return best
