"""Which of many texts are alike by ROUGE-L: the pairs above a threshold, exactly."""

from array import array
from collections.abc import Iterator
from typing import Protocol

from iftgen.filters.rouge import tokens
from iftgen.filters.rouge_index import RougeIndex

BLOCK = 512  # texts compared at once
MEANING = "semantic_duplicate"
NONE = -1  # the number of a text without tokens, which is like no other


class Likeness(Protocol):
    """Takes texts, then tells which of them are alike."""

    threshold: float

    def node(self, text: str, part: int) -> int:
        """Return the number of a text, the same for the same text; NONE where it has no tokens."""
        ...

    def pairs(self) -> Iterator[tuple[int, int, float]]:
        """Yield two numbers, the larger one first, and F of each pair above the threshold, after the last text.

        Pairs of texts that come from one part alone may be left out.
        """
        ...


class ExactLikeness:
    """All pairs above the threshold: time grows nearly with the square of the number of texts."""

    def __init__(self, threshold: float) -> None:
        """Know no text."""
        self.threshold = threshold
        self._index = RougeIndex(threshold)
        self._numbers: dict[str, int] = {}
        self._known = 0  # texts with tokens
        self._block: list[str] = []
        self._later, self._earlier, self._scores = array("i"), array("i"), array("d")

    def node(self, text: str, part: int) -> int:
        """Return the number of the text; new ones are compared when a block is full."""
        if text not in self._numbers:
            self._numbers[text] = self._known if tokens(text) else NONE
            if self._numbers[text] != NONE:
                self._known += 1
                self._block.append(text)
        if len(self._block) >= BLOCK:
            self._compare()
        return self._numbers[text]

    def pairs(self) -> Iterator[tuple[int, int, float]]:
        """Yield all pairs."""
        self._compare()
        yield from zip(self._later, self._earlier, self._scores, strict=True)

    def _compare(self) -> None:
        self._index.anticipate(self._block)
        for text in self._block:
            for other, score in self._index.search(text):
                self._later.append(len(self._index))
                self._earlier.append(other)
                self._scores.append(score)
            self._index.add(text, len(self._index))
        self._block.clear()
