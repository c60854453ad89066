"""Filter `exact_duplicate`: the same instruction and input again."""

from hashlib import blake2b

from iftgen.filters.base import MemoryFilter, light
from iftgen.filters.text import normalised
from iftgen.types import Candidate, Pair, Verdict


class ExactDuplicate(MemoryFilter):
    """Instruction and input are not those of a seed or of an accepted row.

    Case, Unicode compatibility forms, white space and the punctuation at both edges of a field make no difference.
    """

    name = "exact_duplicate"
    stage = "instruction"

    def __init__(self) -> None:
        self._first: dict[bytes, tuple[int, Pair]] = {}

    def check_at(self, row: Candidate, view: int | None) -> Verdict:
        """Look the row up among what was remembered at a position <= `view`."""
        position, pair = self._first.get(_key(row), (0, None))
        if pair is None or (view is not None and position > view):
            return self.keep()
        whose = "a seed" if pair.origin == "seed" else "an accepted row"
        return self.reject(f"the instruction and input are those of {whose}", neighbour=pair)

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        """Remember the pair unless an equal one came earlier."""
        self._first.setdefault(_key(pair), (position, light(pair)))


def content_key(instruction: str, input: str) -> bytes:
    """Return a digest of what counts of both, which takes less memory than the texts."""
    texts = f"{normalised(instruction)}\0{normalised(input)}"
    return blake2b(texts.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _key(row: Candidate | Pair) -> bytes:
    return content_key(row.instruction, row.input)
