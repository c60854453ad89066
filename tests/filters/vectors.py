"""An embedder whose vectors the test chooses."""

import hashlib
import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class Chosen:
    """Texts with a given cosine to the first axis, all others at right angles to it; notes what was prepared."""

    def __init__(self, cosines: Mapping[str, float] | None = None, size: int = 64) -> None:
        self.cosines, self.size = dict(cosines or {}), size
        self.prepared: list[str] = []

    async def prepare(self, texts: Sequence[str]) -> None:
        """Note them."""
        self.prepared += texts

    def of(self, text: str) -> Vector:
        """Return the vector of a text."""
        seed = int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
        rest = np.random.default_rng(seed).normal(size=self.size)
        rest[0] = 0
        cosine = self.cosines.get(text, 0.0)
        vector = rest / np.linalg.norm(rest) * math.sqrt(1 - cosine**2)
        vector[0] = cosine
        return vector.astype(np.float16).astype(np.float32)
