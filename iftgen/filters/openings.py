"""Filter `openings`: too many rows that begin alike."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from iftgen.filters.base import MemoryFilter
from iftgen.filters.text import words
from iftgen.types import Candidate, Pair, Verdict

# No opening is longer, so the rest of a text is not looked at.
_HEAD = 200


class Openings(MemoryFilter):
    """Instruction and response do not begin like too many of the accepted rows.

    The first words of a text are its opening. A row is rejected where its opening would have a larger share of the
    accepted rows than is allowed; seeds do not count. A dataset of one kind, such as word problems or a file sorted by
    task, begins alike by nature: leave this filter out there. Score: the share, with this row.

    max_instruction_share: largest share of the accepted rows that may have the same opening of the instruction
        (null: off).
    max_response_share: the same for the response (null: off).
    instruction_words: words that make the opening of an instruction; shorter ones have none.
    response_words: words that make the opening of a response.
    min_rows: nothing is rejected before so many rows were accepted.
    """

    name = "openings"
    stage = "instruction"

    def __init__(
        self,
        *,
        max_instruction_share: float | None = 0.1,
        max_response_share: float | None = 0.05,
        instruction_words: int = 3,
        response_words: int = 3,
        min_rows: int = 100,
    ) -> None:
        for key, share in (
            ("max_instruction_share", max_instruction_share),
            ("max_response_share", max_response_share),
        ):
            self.require(share is None or 0 < share <= 1, key, share, "a share above 0, at most 1, or null")
        counts = {"instruction_words": instruction_words, "response_words": response_words, "min_rows": min_rows}
        for key, count in counts.items():
            self.require(count >= 1, key, count, "1 or more")
        self.max_instruction_share = max_instruction_share
        self.max_response_share = max_response_share
        self.instruction_words = instruction_words
        self.response_words = response_words
        self.min_rows = min_rows
        self._accepted: list[int] = []  # the positions of the accepted rows, in order
        self._positions: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)

    def check_at(self, row: Candidate, view: int | None) -> Verdict:
        """Count the accepted rows with the same openings among those at a position <= `view`."""
        rows = _until(self._accepted, view)
        if rows < self.min_rows:
            return self.keep()
        shares: list[float] = [0.0]
        for field, opening, most in self._openings(row):
            alike = _until(self._positions.get((field, opening), []), view)
            share = (alike + 1) / (rows + 1)
            if share > most:
                reason = f"{alike} of {rows} accepted rows begin their {field} with {' '.join(opening)!r} too"
                return self.reject(f"{reason}, at most {most:.0%} may", round(share, 4), most)
            shares.append(share)
        return self.keep(round(max(shares), 4))

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        """Count the openings of an accepted row; the wording of a template says nothing about the instruction."""
        if pair.origin == "seed":
            return
        self._accepted.append(position)
        for field, opening, _ in self._openings(pair, template):
            self._positions[field, opening].append(position)

    def _openings(self, row: Candidate | Pair, template: bool = False) -> Iterator[tuple[str, tuple[str, ...], float]]:
        """Yield field, opening and bound; an instruction from a fixed list is not judged by its wording."""
        fixed = template or (isinstance(row, Candidate) and row.template)
        if self.max_instruction_share is not None and not fixed:
            opening = words(row.instruction[:_HEAD])[: self.instruction_words]
            if len(opening) == self.instruction_words:
                yield "instruction", opening, self.max_instruction_share
        if self.max_response_share is not None:
            opening = words(row.output[:_HEAD])[: self.response_words]
            if len(opening) == self.response_words:
                yield "response", opening, self.max_response_share


def _until(positions: list[int], view: int | None) -> int:
    """Return how many of the ordered positions are at most `view`."""
    return len(positions) if view is None else bisect_right(positions, view)
