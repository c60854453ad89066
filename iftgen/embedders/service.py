"""The embedder of a run: texts that are asked for at about the same time become batches, and none is embedded twice."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from iftgen.embedders.base import Embedded, Source
from iftgen.errors import CallFailed
from iftgen.store.vectors import VectorBill, VectorStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

# Seconds that a text waits for others to join its batch.
LINGER = 0.003
# Vectors that are kept in memory; the others are read from the store again.
KEPT = 8192


class Embedder:
    """Vectors by text, of unit length up to the rounding to half precision, which is how they are kept.

    Texts are cut after `max_chars` characters. A blank one has the zero vector, which is like nothing.
    """

    def __init__(self, source: Source, store: VectorStore, *, batch: int = 64, max_chars: int = 1000) -> None:
        """Take the parts; `close` closes them. `batch` is the most texts of one call."""
        self._source, self._store, self._batch, self._max_chars = source, store, batch, max_chars
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._waiting: dict[str, asyncio.Future[None]] = {}  # asked for, and not in a batch yet
        self._coming: dict[str, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._batches: set[asyncio.Task[None]] = set()
        self._draining = False
        self.bill = VectorBill()  # what this process had embedded

    async def prepare(self, texts: Sequence[str]) -> None:
        """Embed the texts that are not known yet; raises CallFailed where the model refuses one of them."""
        wanted = dict.fromkeys(text[: self._max_chars] for text in texts if text.strip())
        missing = [text for text in wanted if text not in self._kept]
        futures = [self._coming[text] for text in missing if text in self._coming]
        fresh = [text for text in missing if text not in self._coming]
        self._keep(self._store.get(fresh) if fresh else {})
        futures += [self._order(text) for text in fresh if text not in self._kept]
        for future in futures:
            await asyncio.shield(future)

    def of(self, text: str) -> "Vector":
        """Return the vector of a text: from memory, from the store, or made now where the model is in this process."""
        text = text[: self._max_chars]
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
            return found
        if not text.strip():
            return np.zeros(1, np.float32)
        stored = self._store.get([text])
        if not stored:
            stored = self._save([text], self._source.embed_now(text))
        return self._keep(stored)[text]

    def drain(self) -> None:
        """Begin no batch any more: whoever waits for one is cancelled. Those under way end."""
        self._draining = True
        for text, future in self._waiting.items():
            self._coming.pop(text, None)
            future.cancel()
        self._waiting.clear()

    async def close(self) -> None:
        """Cut off what is under way and close everything; safe to call twice."""
        self.drain()
        for task in list(self._batches):
            task.cancel()
        await asyncio.gather(*self._batches, return_exceptions=True)
        self._source.close()

    def _order(self, text: str) -> "asyncio.Future[None]":
        """Put a text on the next batch."""
        if self._draining:
            raise asyncio.CancelledError
        loop = asyncio.get_running_loop()
        future = self._coming[text] = self._waiting[text] = loop.create_future()
        if len(self._waiting) >= self._batch:
            self._send()
        elif self._timer is None:
            self._timer = loop.call_later(LINGER, self._send)
        return future

    def _send(self) -> None:
        """Send what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            batch, self._waiting = self._waiting, {}
            task = asyncio.get_running_loop().create_task(self._carry_out(batch))
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)

    async def _carry_out(self, batch: "Mapping[str, asyncio.Future[None]]") -> None:
        """Embed a batch; of one that is refused each half is tried alone, until the text that is to blame is found."""
        texts = list(batch)
        try:
            embedded = await self._source.embed(texts)
            self._keep(await asyncio.to_thread(self._save, texts, embedded))
        except CallFailed as error:
            if len(texts) == 1:
                self._settle(batch, error)
                return
            half = len(texts) // 2
            for part in (texts[:half], texts[half:]):
                await self._carry_out({text: batch[text] for text in part})
        except asyncio.CancelledError:
            for text, future in batch.items():
                self._coming.pop(text, None)
                future.cancel()
            raise
        except Exception as error:
            self._settle(batch, error)
        else:
            self._settle(batch, None)

    def _settle(self, batch: "Mapping[str, asyncio.Future[None]]", error: Exception | None) -> None:
        for text, future in batch.items():
            self._coming.pop(text, None)
            if future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
                future.exception()  # whoever waited hears of it; this tells asyncio so where nobody did

    def _save(self, texts: Sequence[str], embedded: Embedded) -> "dict[str, NDArray[np.float16]]":
        """Store vectors with their bill; return those that hold from now on."""
        lengths = np.linalg.norm(embedded.vectors, axis=1, keepdims=True)
        rounded = (embedded.vectors / np.maximum(lengths, 1e-12)).astype(np.float16)
        bill = VectorBill(embedded.calls, len(texts), embedded.tokens, embedded.cost_usd)
        self.bill += bill
        return self._store.put(dict(zip(texts, rounded, strict=True)), bill)

    def _keep(self, vectors: "Mapping[str, NDArray[np.float16]]") -> "dict[str, Vector]":
        """Take vectors into memory, in full precision for the arithmetic."""
        found = {text: vector.astype(np.float32) for text, vector in vectors.items()}
        self._kept.update(found)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found
