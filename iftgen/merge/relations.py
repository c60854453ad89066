"""What makes two rows duplicates: each relation puts a row at a node, and knows which nodes are alike."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from iftgen.filters.exact_duplicate import content_key
from iftgen.filters.rouge import rouge_l
from iftgen.merge.likeness import NONE, Likeness
from iftgen.merge.rows import is_template, whole_text

Row = Mapping[str, Any]
Near = dict[int, list[tuple[int, float]]]


class Relation(Protocol):
    """One way to be a duplicate."""

    @property
    def name(self) -> str:
        """The filter that judges so in a run."""
        ...

    @property
    def threshold(self) -> float | None:
        """What the score of a duplicate is above; None where there is no score."""
        ...

    def add(self, row: Row, part: int) -> int:
        """Return the node of a row; NONE where the relation says nothing of it."""
        ...

    def near(self) -> "Neighbours":
        """Return what is alike, after the last row."""
        ...


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nodes that are alike, with the score; `same` is the score of two rows at one node, None if it has none."""

    count: int
    near: Mapping[int, Sequence[tuple[int, float]]] = field(default_factory=dict)
    alike: bool = True
    same: float | None = None

    def of(self, node: int) -> Iterator[tuple[int, float | None]]:
        """Yield the node itself, where two rows at it are duplicates, and those alike."""
        if self.alike:
            yield node, self.same
        yield from self.near.get(node, ())


class SameContent:
    """The same instruction and input, as `exact_duplicate` decides."""

    name, threshold = "exact_duplicate", None

    def __init__(self) -> None:
        """Know no row."""
        self._numbers: dict[bytes, int] = {}

    def add(self, row: Row, part: int) -> int:
        """Return the number of the content."""
        return self._numbers.setdefault(content_key(row["instruction"], row.get("input") or ""), len(self._numbers))

    def near(self) -> Neighbours:
        """Each content is like itself only."""
        return Neighbours(len(self._numbers))


class LikeWording:
    """Instructions that are alike, of rows with a wording of their own."""

    name = "near_duplicate"

    def __init__(self, likeness: Likeness) -> None:
        """Compare as `likeness` does."""
        self._likeness, self.threshold = likeness, likeness.threshold
        self._count = 0

    def add(self, row: Row, part: int) -> int:
        """Return the number of the instruction."""
        node = NONE if is_template(row) else self._likeness.node(row["instruction"], part)
        self._count = max(self._count, node + 1)
        return node

    def near(self) -> Neighbours:
        """Return the instructions that are alike."""
        found: Near = {}
        for one, other, score in self._likeness.pairs():
            join(found, one, other, score)
        return Neighbours(self._count, found, self.threshold < 1, 1.0)


class LikeWhole:
    """Instructions and inputs that are alike, of two rows of which one has its wording from a fixed list.

    Where both have an input, the inputs alone must be alike too.
    """

    name = "near_duplicate"

    def __init__(self, likeness: Likeness) -> None:
        """Compare as `likeness` does."""
        self._likeness, self.threshold = likeness, likeness.threshold
        self._nodes: dict[tuple[int, bool, str], int] = {}
        self._at: dict[int, list[tuple[int, bool, str]]] = {}  # by number of the text: nodes, template, input

    def add(self, row: Row, part: int) -> int:
        """Return the number of the text with the input, apart for rows of templates."""
        text = self._likeness.node(whole_text(row), part)
        if text == NONE:
            return NONE
        template, given = is_template(row), str(row.get("input") or "")
        node = self._nodes.setdefault((text, template, given), len(self._nodes))
        at = self._at.setdefault(text, [])
        if all(node != known for known, _, _ in at):
            at.append((node, template, given))
        return node

    def near(self) -> Neighbours:
        """Return the rows that are alike."""
        found: Near = {}
        for one, other, score in self._likeness.pairs():
            self._meet(found, one, other, score)
        for text in self._at if self.threshold < 1 else ():
            self._meet(found, text, text, 1.0)
        return Neighbours(len(self._nodes), found, False)

    def _meet(self, found: Near, one: int, other: int, score: float) -> None:
        for node, template, given in self._at[one]:
            for near, by_template, its in self._at[other]:
                if (one != other or node > near) and (template or by_template):
                    both = min(score, rouge_l(given, its)) if given and its else score
                    if both > self.threshold:
                        join(found, node, near, both)


def join(found: Near, one: int, other: int, score: float) -> None:
    """Note that two nodes are alike."""
    found.setdefault(one, []).append((other, score))
    found.setdefault(other, []).append((one, score))


@dataclass(slots=True)
class Places:
    """Where rows stand: for each relation, the node of each row."""

    relations: Sequence[Relation]
    nodes: "list[array[int]]" = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make a column for each relation."""
        self.nodes = [array("i") for _ in self.relations]

    def add(self, row: Row, part: int) -> None:
        """Place the next row."""
        for relation, column in zip(self.relations, self.nodes, strict=True):
            column.append(relation.add(row, part))
