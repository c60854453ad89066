"""Filter `near_duplicate`: an instruction too much like an earlier one."""

from collections.abc import Iterator, Sequence
from copy import copy

from iftgen.filters.base import MemoryFilter, light
from iftgen.filters.rouge import rouge_l
from iftgen.filters.rouge_index import RougeIndex
from iftgen.types import Candidate, Pair, Verdict

# The least ROUGE-L that a ledger tells of; the search for less costs more than it says.
FLOOR = 0.4


class NearDuplicate(MemoryFilter):
    """The instruction is new: its ROUGE-L to seeds and accepted instructions is below a bound.

    This is the rule of Self-Instruct and Alpaca, with the decisions of `rouge_score` (no stemmer) wherever all letters
    are ASCII. Instructions alone are compared, whatever their inputs. Where the wording of a row was chosen from a
    fixed list (`template`), it says nothing: such a row is compared with all others on instruction and input together,
    and when both rows have an input, the inputs alone must be alike too. Score: the highest ROUGE-L, of the earliest
    entry on ties; only a rejected row has one, as what lies below the threshold is never computed, unless the run
    keeps all verdicts: then what lies above FLOOR is.

    threshold: a row with a higher ROUGE-L F is rejected; lower makes the dataset more varied and rejects more.
    unicode: compare words of all scripts, and single characters of those without spaces; false is the paper's rule,
        which sees only a-z and 0-9 and so finds no duplicates in other scripts.
    inputs: judge each row that has an input as one of a template, so that one instruction may stand beside many inputs;
        datasets of that kind shrink to one row for each instruction otherwise.
    """

    name = "near_duplicate"
    stage = "instruction"

    def __init__(self, *, threshold: float = 0.7, unicode: bool = True, inputs: bool = False) -> None:
        self.require(0 <= threshold <= 1, "threshold", threshold, "a number from 0 to 1")
        self.threshold = threshold
        self.unicode = unicode
        self.inputs = inputs
        self._plain = _Shelf(threshold, unicode)  # rows with a wording of their own: the instructions
        self._whole = _Shelf(threshold, unicode)  # the same rows: instructions and inputs
        self._fixed = _Shelf(threshold, unicode)  # rows with a wording from a list: instructions and inputs
        self._waiting: list[tuple[Pair, int]] = []  # not yet in _whole, which only rows of templates need

    def for_task(self, **settings: object) -> "NearDuplicate":
        """Return the same memory behind another threshold, for tasks whose instructions differ in a word only.

        What lies below the stack's own threshold is not indexed, so the higher of the two holds.
        """
        threshold = settings.pop("threshold", self.threshold)
        self.require(not settings, "verify", settings, "only a threshold")
        fits = isinstance(threshold, int | float) and 0 <= threshold <= 1
        self.require(fits, "threshold", threshold, "a number from 0 to 1")
        other = copy(self)
        other.threshold = max(self.threshold, float(str(threshold)))
        return other

    def tell_all(self) -> None:
        """Look for neighbours that are much less alike too, so that kept rows have a score from FLOOR on."""
        self._plain, self._whole, self._fixed = (_Shelf(min(FLOOR, self.threshold), self.unicode) for _ in range(3))

    def check_at(self, row: Candidate, view: int | None) -> Verdict:
        """Compare with what was remembered at a position <= `view`."""
        nearest = max(self._neighbours(row, view), key=lambda hit: (hit[0], -hit[1]), default=None)
        if nearest is None or nearest[0] <= self.threshold:
            return self.keep(nearest and nearest[0], self.threshold)
        score, _, pair = nearest
        whose = "a seed" if pair.origin == "seed" else "an accepted row"
        reason = f"too much like {whose}: ROUGE-L {score:.3f}, at most {self.threshold:g} is allowed"
        return self.reject(reason, score, self.threshold, pair)

    def anticipate(self, rows: Sequence[Candidate]) -> None:
        """Compare the rows with what is remembered, and with each other, all at once."""
        fixed = [self._is_fixed(row, row.template) for row in rows]
        self._plain.anticipate([row.instruction for row, one in zip(rows, fixed, strict=True) if not one])
        whole = [_whole_text(row) for row in rows]
        if len(self._fixed) or any(fixed):
            self._fixed.anticipate(whole)
        if any(fixed):
            self._stocked_whole().anticipate([text for text, one in zip(whole, fixed, strict=True) if one])

    def remember(self, pair: Pair, position: int, template: bool = False) -> None:
        """Index the pair for the comparisons to come."""
        pair = light(pair)
        if self._is_fixed(pair, template):
            self._fixed.add(_whole_text(pair), pair, position)
        else:
            self._plain.add(pair.instruction, pair, position)
            self._waiting.append((pair, position))

    def _neighbours(self, row: Candidate, view: int | None) -> Iterator[tuple[float, int, Pair]]:
        """Yield score, position and pair of each row that may be too near."""
        fixed = self._is_fixed(row, row.template)
        if not fixed:
            yield from self._plain.search(row.instruction, view)
        shelves = [self._fixed, self._stocked_whole()] if fixed else [self._fixed]
        for shelf in filter(len, shelves):
            for score, position, pair in shelf.search(_whole_text(row), view):
                both = row.input and pair.input
                yield min(score, rouge_l(row.input, pair.input, self.unicode)) if both else score, position, pair

    def _is_fixed(self, row: Candidate | Pair, template: bool) -> bool:
        """Tell whether the wording of the instruction says nothing on its own."""
        return template or (self.inputs and bool(row.input))

    def _stocked_whole(self) -> "_Shelf":
        for pair, position in self._waiting:
            self._whole.add(_whole_text(pair), pair, position)
        self._waiting.clear()
        return self._whole


class _Shelf:
    """A ROUGE index that knows whose texts it holds."""

    def __init__(self, threshold: float, unicode: bool) -> None:
        self._index = RougeIndex(threshold, unicode)
        self._pairs: list[tuple[int, Pair]] = []
        self.anticipate = self._index.anticipate

    def __len__(self) -> int:
        return len(self._pairs)

    def add(self, text: str, pair: Pair, position: int) -> None:
        self._index.add(text, position)
        self._pairs.append((position, pair))

    def search(self, text: str, view: int | None) -> Iterator[tuple[float, int, Pair]]:
        for number, score in self._index.search(text, view):
            yield score, *self._pairs[number]


def _whole_text(row: Candidate | Pair) -> str:
    return f"{row.instruction}\n{row.input}" if row.input else row.instruction
