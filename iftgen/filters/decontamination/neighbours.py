"""Questions of a benchmark in other words: those near to a text by the cosine of their vectors."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from iftgen.filters.base import Embedder
from iftgen.filters.decontamination.questions import Question
from iftgen.filters.embedded_texts import cosine
from iftgen.filters.loading import loading
from iftgen.filters.semantic_duplicate.contrast import numbers_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

# An input of fewer words, or a question without its choices, says too little by itself to be compared.
LEAST_WORDS = 6
# Products with a matrix round otherwise than those of two vectors: what is so near to the bound is computed anew.
SLACK = 1e-4


class Neighbours:
    """The texts of questions, compared exactly with all others.

    An embedder finds two sums with other numbers near, which are two questions: of texts with numbers, half of these
    must be in both. It finds a question that follows another turn near to much, so such ones are left out.
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        """Take the questions."""
        told = [(number, text) for number, question in enumerate(questions) for text in _texts(question)]
        self._questions = [number for number, _ in told]
        self.texts = [text for _, text in told]
        self._vectors: NDArray[Any] | None = None

    def nearest(self, embedder: Embedder, texts: Sequence[str]) -> tuple[float, int] | None:
        """Return the highest cosine of some texts with a question that has no other numbers, and its number."""
        found = [hit for text in texts for hit in self._nearest(embedder, text)]
        if not found:
            return None
        score, place = max(found, key=_order)
        return score, self._questions[place]

    def _nearest(self, embedder: Embedder, text: str) -> Iterator[tuple[float, int]]:
        """Yield the nearest text that has no other numbers, with its cosine."""
        if not self.texts:
            return
        import numpy as np

        vector, numbers = embedder.of(text), numbers_in(text)
        rough = self._matrix(embedder) @ vector
        places = (int(place) for place in np.argsort(-rough, kind="stable"))
        first = next((place for place in places if not _apart(numbers, self._numbers[place])), None)
        if first is not None:
            close = [int(near) for near in np.flatnonzero(np.abs(rough - rough[first]) <= SLACK)]
            alike = [near for near in close if not _apart(numbers, self._numbers[near])]
            yield max(((cosine(self._matrix(embedder)[near], vector), near) for near in alike), key=_order)

    def _matrix(self, embedder: Embedder) -> "NDArray[Any]":
        """Return the vectors of all texts, a row each."""
        if self._vectors is None:
            import numpy as np

            with loading():
                self._vectors = np.stack([embedder.of(text) for text in self.texts])
        return self._vectors

    @cached_property
    @loading()
    def _numbers(self) -> list[set[str]]:
        return [numbers_in(text) for text in self.texts]


def long_enough(text: str) -> bool:
    """Tell whether a text that is part of another one says enough by itself."""
    return len(text.split()) >= LEAST_WORDS


def _texts(question: Question) -> Iterator[str]:
    """Yield a question as it stands, and without its choices, or the docstring without the code."""
    if question.follows:
        return
    parts = filter(long_enough, question.parts or question.texts[1:])
    yield from dict.fromkeys(text for text in (question.texts[0], *parts) if text.strip())


def _order(hit: tuple[float, int]) -> tuple[float, int]:
    """Put the higher cosine behind the lower, and of equal ones the first behind the later."""
    return hit[0], -hit[1]


def _apart(some: set[str], others: set[str]) -> bool:
    """Tell whether two texts with numbers are about other ones."""
    return bool(some and others) and 2 * len(some & others) < len(some | others)
