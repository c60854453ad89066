"""The filter: the nearest of the accepted rows by the cosine of their vectors, and what is near but not the same."""

from collections.abc import Iterator
from copy import copy
from typing import cast

from iftgen.filters.base import Embedder, MemoryFilter, Send, light
from iftgen.filters.embedded_texts import question_texts
from iftgen.filters.semantic_duplicate.contrast import bound_of, numbers_of
from iftgen.filters.semantic_duplicate.foresight import Foresight
from iftgen.filters.semantic_duplicate.shelf import Hit, Query, Shelf
from iftgen.types import Candidate, Pair, Stage, Verdict

# Near rows that are looked at one by one, the nearest first.
MOST_HITS = 16
WHOLE, INSTRUCTION, INPUT = range(3)


class SemanticDuplicate(MemoryFilter):
    """The instruction asks for something new by its meaning: its cosine to all others is below a bound.

    Instruction and input are compared as one text; where both rows have an input, the instructions alone and the inputs
    alone, and the lesser cosine counts. This is the pruning of SemDeDup (Abbas et al., 2023) with an exact search
    instead of clusters. An embedder also finds near what only has the same frame, so two texts with different numbers
    are never alike, nor are the same words in another order, and one word in place of another needs a higher cosine.
    Score: the highest cosine to a row with no other numbers.

    threshold: a row with a higher cosine is rejected; lower makes the dataset more varied and rejects more.
    swap_threshold: the same for two texts that differ by single words in the same place ("a poem about spring", "a poem
        about autumn"); 1 never takes them for duplicates.
    """

    name = "semantic_duplicate"
    stage = "instruction"
    costly = True
    uses_embedder = True

    def __init__(self, *, threshold: float = 0.85, swap_threshold: float = 0.95) -> None:
        for key, value in {"threshold": threshold, "swap_threshold": swap_threshold}.items():
            self.require(0 <= value <= 1, key, value, "a number from 0 to 1")
        self.threshold = threshold
        self.swap_threshold = swap_threshold
        self._bare, self._paired = Shelf(), Shelf()  # rows without an input, and with one
        self._foresight = Foresight()

    def for_task(self, **settings: object) -> "SemanticDuplicate":
        """Return the same memory behind other thresholds."""
        other = copy(self)
        for key, value in settings.items():
            self.require(key in ("threshold", "swap_threshold"), "verify", settings, "only thresholds")
            fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
            self.require(fits, key, value, "a number from 0 to 1")
            setattr(other, key, float(str(value)))
        return other

    async def ask(self, row: Candidate, stage: Stage, send: Send) -> None:
        """Embed the texts of the row, and compare it with the others in one go with the rows beside it."""
        texts = question_texts(row)
        await self._embedder.prepare(texts)
        for shelf, query in self._queries(row):
            await self._foresight.look(shelf, query, texts[WHOLE])

    def check_at(self, row: Candidate, view: int | None) -> Verdict:
        """Compare with what was remembered at a position <= `view`."""
        hits = list(self._hits(row, view))
        if not hits:
            return self.keep(threshold=self.threshold)
        hits.sort(key=lambda hit: (-hit.score, hit.position))
        if hits[0].score <= self.threshold:
            return self.keep(hits[0].score, self.threshold)
        for hit in hits[:MOST_HITS]:
            bound = bound_of(row, hit.pair, self.threshold, self.swap_threshold)
            if hit.score > bound:
                return self._rejected(hit, bound)
        return self.keep(threshold=self.threshold)

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        """Index the vectors of the pair for the comparisons to come."""
        texts = question_texts(pair)
        if texts:
            shelf = self._bare if len(texts) == 1 else self._paired
            vectors = [self._embedder.of(text) for text in texts]
            shelf.add(vectors, numbers_of(texts[WHOLE]), position, light(pair))

    @property
    def _embedder(self) -> Embedder:
        return cast(Embedder, self.embedder)  # a run without one is refused

    def _queries(self, row: Candidate) -> Iterator[tuple[Shelf, Query]]:
        """Yield each shelf that is not empty, with what to look for on it."""
        texts = question_texts(row)
        parts = {id(self._bare): (WHOLE,), id(self._paired): (INSTRUCTION, INPUT) if len(texts) > 1 else (WHOLE,)}
        for shelf in (self._bare, self._paired) if texts else ():
            if len(shelf):
                own = parts[id(shelf)]
                vectors = tuple(self._embedder.of(texts[part]) for part in own)
                yield shelf, Query(own, vectors, numbers_of(texts[WHOLE]))

    def _hits(self, row: Candidate, view: int | None) -> Iterator[Hit]:
        for shelf, query in self._queries(row):
            known = self._foresight.of(shelf, question_texts(row)[WHOLE])
            yield from shelf.search(query, view, self.threshold, known)

    def _rejected(self, hit: Hit, bound: float) -> Verdict:
        whose = "a seed" if hit.pair.origin == "seed" else "an accepted row"
        reason = f"it asks for the same as {whose}: cosine {hit.score:.3f}, at most {bound:g} is allowed"
        return self.reject(reason, hit.score, bound, hit.pair)
