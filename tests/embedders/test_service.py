"""The embedder of a run: batches, no text twice, what is refused, what is stored, and how it ends."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from iftgen.embedders import Embedder, service
from iftgen.errors import CallFailed, RunError
from iftgen.store.vectors import VectorBill, VectorStore
from tests.embedders.source import Noted, vector_of

Make = Callable[..., Embedder]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes embedders on the store of one folder."""
    stores: list[VectorStore] = []

    def embedder(source: Noted, batch: int = 64, max_chars: int = 1000) -> Embedder:
        stores.append(VectorStore(tmp_path / "embeddings.sqlite", source.identity))
        return Embedder(source, stores[-1], batch=batch, max_chars=max_chars)

    yield embedder
    for store in stores:
        store.close()


async def test_what_is_asked_for_together_is_one_batch_and_each_text_once(make: Make) -> None:
    source = Noted()
    embedder = make(source, batch=4)
    await asyncio.gather(*(embedder.prepare([f"text {n % 6}", f"text {n % 3}"]) for n in range(20)))
    assert [len(batch) for batch in source.asked] == [4, 2]
    assert sorted(text for batch in source.asked for text in batch) == [f"text {n}" for n in range(6)]
    await embedder.prepare(["text 1", "text 5"])
    assert len(source.asked) == 2
    assert embedder.bill == VectorBill(2, 6, 6, 1.0)
    await embedder.close()


async def test_vectors_have_unit_length_and_are_the_same_from_the_store(make: Make) -> None:
    first = make(Noted())
    await first.prepare(["a", "b"])
    of_a = first.of("a")
    wanted = vector_of("a") / np.linalg.norm(vector_of("a"))
    assert of_a.dtype == np.float32
    assert np.abs(of_a - wanted).max() < 1e-3
    again, source = make(Noted()), Noted()
    assert (again.of("a") == of_a).all()
    other = make(source)
    await other.prepare(["a", "b"])
    assert not source.asked
    assert (other.of("b") == first.of("b")).all()


async def test_what_memory_forgets_is_read_again(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "KEPT", 3)
    source = Noted()
    embedder = make(source)
    texts = [f"t{n}" for n in range(10)]
    await embedder.prepare(texts)
    vectors = [embedder.of(text) for text in texts]
    assert all((embedder.of(text) == vector).all() for text, vector in zip(texts, vectors, strict=True))
    assert len(source.asked) == 1


async def test_only_who_asked_for_the_refused_text_hears_of_it(make: Make) -> None:
    source = Noted(bad="bad")
    embedder = make(source)
    outcomes = await asyncio.gather(
        *(embedder.prepare([text]) for text in ("a", "b", "bad", "c", "d")), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), type(None), CallFailed, type(None), type(None)]
    assert embedder.of("d").any()
    with pytest.raises(CallFailed, match="refused: bad"):
        await embedder.prepare(["bad"])


async def test_other_errors_reach_all_and_nothing_is_kept(make: Make) -> None:
    source = Noted()
    embedder = make(source)

    async def broken(texts: object) -> None:
        raise RunError("the disk is full")

    source.embed = broken  # type: ignore[method-assign, assignment]
    outcomes = await asyncio.gather(embedder.prepare(["a"]), embedder.prepare(["b", "a"]), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["the disk is full"] * 2


async def test_blank_texts_are_never_asked_for_and_long_ones_are_cut(make: Make) -> None:
    source = Noted()
    embedder = make(source, max_chars=5)
    await embedder.prepare(["", " \n", "abcdefgh", "abcde", "abcdeX"])
    assert source.asked == [["abcde"]]
    assert not embedder.of(" ").any()
    assert (embedder.of("abcdefgh") == embedder.of("abcde...")).all()


async def test_a_text_that_was_not_prepared_is_embedded_now_where_that_is_possible(make: Make) -> None:
    local = make(Noted(slow=False))
    assert local.of("new").any()
    assert local.bill.texts == 1
    with pytest.raises(RunError, match="not embedded before"):
        make(Noted()).of("another")


async def test_a_drain_ends_what_was_not_begun_and_keeps_what_was(make: Make) -> None:
    gate = asyncio.Event()
    source = Noted(gate=gate)
    embedder = make(source, batch=2)
    begun = asyncio.ensure_future(embedder.prepare(["a", "b"]))
    await asyncio.sleep(0.01)
    waiting = asyncio.ensure_future(embedder.prepare(["c"]))
    await asyncio.sleep(0)
    embedder.drain()
    gate.set()
    await begun
    assert embedder.of("a").any()
    for cancelled in (waiting, asyncio.ensure_future(embedder.prepare(["d"]))):
        with pytest.raises(asyncio.CancelledError):
            await cancelled
    assert source.asked == [["a", "b"]]
    await embedder.close()
    assert source.closed == 1


async def test_who_gives_up_waiting_takes_nothing_from_the_others(make: Make) -> None:
    gate = asyncio.Event()
    embedder = make(Noted(gate=gate))
    one, other = (asyncio.ensure_future(embedder.prepare(["a"])) for _ in range(2))
    await asyncio.sleep(0.01)
    one.cancel()
    await asyncio.sleep(0)
    gate.set()
    await other
    assert embedder.of("a").any()


async def test_closing_cuts_off_what_is_under_way(make: Make) -> None:
    embedder = make(Noted(gate=asyncio.Event()))
    waiting = asyncio.ensure_future(embedder.prepare(["a"]))
    await asyncio.sleep(0.01)
    await embedder.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
