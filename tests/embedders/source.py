"""A source of vectors that notes what it was asked."""

import asyncio
import hashlib
from collections.abc import Sequence

import numpy as np

from iftgen.embedders import Embedded
from iftgen.errors import CallFailed, RunError


class Noted:
    """Gives each text a random vector of its own; refuses batches that hold the text `bad`."""

    def __init__(
        self, identity: str = "m", bad: str = "", gate: asyncio.Event | None = None, slow: bool = True
    ) -> None:
        self.identity, self.bad, self.gate, self.slow = identity, bad, gate, slow
        self.asked: list[list[str]] = []
        self.closed = 0

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Embed a batch."""
        self.asked.append(list(texts))
        if self.gate is not None:
            await self.gate.wait()
        if self.bad in texts:
            raise CallFailed(f"refused: {self.bad}")
        return Embedded(np.stack([vector_of(text) for text in texts]), 1, len(texts), 0.5)

    def embed_now(self, text: str) -> Embedded:
        """Embed at once, unless this plays a server."""
        if self.slow:
            raise RunError("not embedded before")
        return Embedded(vector_of(text)[None])

    def close(self) -> None:
        """Note it."""
        self.closed += 1


def vector_of(text: str) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """Return the vector of a text, of any length."""
    seed = int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
    return np.random.default_rng(seed).normal(size=16).astype(np.float32)
