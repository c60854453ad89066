"""Which rows stay: of duplicates in two parts, the first in order; then as many of each task as it is to have."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from iftgen.merge.likeness import NONE
from iftgen.merge.relations import Neighbours, Places, Relation

QUOTA, NEAR = "quota", "near_duplicate"


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a row is left out: the name of the filter; of a duplicate the score, the threshold and the row that stays."""

    filter: str
    score: float | None = None
    threshold: float | None = None
    neighbour: int = NONE


@dataclass(slots=True)
class Census:
    """All rows in order, without their texts: part, task, threshold and place of each."""

    places: Places
    parts: "array[int]" = field(default_factory=lambda: array("H"))
    tasks: "array[int]" = field(default_factory=lambda: array("I"))
    names: dict[str, int] = field(default_factory=dict)
    bars: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, part: int, task: str, bar: float = 0.0) -> None:
        """Count the next row; `bar` is the threshold of its task for near duplicates, 0 where it has none."""
        self.parts.append(part)
        self.bars.append(bar)
        self.tasks.append(self.names.setdefault(task, len(self.names)))

    def by_task(self, rows: Iterator[int], part: int | None = None) -> dict[str, int]:
        """Count rows by task: those of one part, or of all."""
        counts = [0] * len(self.names)
        for row in rows:
            if part is None or self.parts[row] == part:
                counts[self.tasks[row]] += 1
        return dict(zip(self.names, counts, strict=True))


class Shelf:
    """The rows kept at each node of a relation: the first, and the first of another part than that one's."""

    def __init__(self, relation: Relation, nodes: "array[int]", census: Census) -> None:
        """Hold nothing; `nodes` are those of the rows of the census."""
        self.relation, self._nodes, self._parts, self._bars = relation, nodes, census.parts, census.bars
        self._near: Neighbours = relation.near()
        self._first = array("i", [NONE]) * self._near.count
        self._second = array("i", [NONE]) * self._near.count

    def loss(self, row: int) -> Loss | None:
        """Return how a row is lost to a kept one of another part: that of the highest score, the earliest on ties."""
        node, best = self._nodes[row], (-1.0, 0)
        bar = self._bars[row] if self.relation.name == NEAR else 0.0
        for other, score in self._near.of(node) if node != NONE else ():
            kept = self._kept(other, self._parts[row])
            if kept != NONE and (score is None or score > bar):
                best = max(best, (score or 0.0, -kept))
        if best[0] < 0:
            return None
        if self.relation.threshold is None:
            return Loss(self.relation.name, neighbour=-best[1])
        return Loss(self.relation.name, best[0], max(self.relation.threshold, bar), -best[1])

    def keep(self, row: int) -> None:
        """Put a row on the shelf."""
        node = self._nodes[row]
        if node == NONE:
            return
        if self._first[node] == NONE:
            self._first[node] = row
        elif self._second[node] == NONE and self._parts[row] != self._parts[self._first[node]]:
            self._second[node] = row

    def _kept(self, node: int, part: int) -> int:
        """Return the earliest row kept at a node that is of another part."""
        first = self._first[node]
        return first if first == NONE or self._parts[first] != part else self._second[node]


def duplicates(census: Census) -> dict[int, Loss]:
    """Return the rows that are lost as duplicates. Rows of one part are not compared: its own filters judged them."""
    places = census.places
    shelves = [Shelf(relation, nodes, census) for relation, nodes in zip(places.relations, places.nodes, strict=True)]
    lost: dict[int, Loss] = {}
    for row in range(len(census.parts)):
        loss = _first_loss(shelves, row)
        if loss is not None:
            lost[row] = loss
            continue
        for shelf in shelves:
            shelf.keep(row)
    return lost


def beyond(census: Census, lost: Mapping[int, Loss], targets: Mapping[str, int]) -> dict[int, Loss]:
    """Return the rows beyond the targets of their tasks, the last of each task."""
    left = [targets[name] for name in census.names]
    more: dict[int, Loss] = {}
    for row, task in enumerate(census.tasks):
        if row in lost:
            continue
        left[task] -= 1
        if left[task] < 0:
            more[row] = Loss(QUOTA)
    return more


def _first_loss(shelves: Sequence[Shelf], row: int) -> Loss | None:
    """Return the loss of the first filter that has one; two relations of one filter are compared by score."""
    best: Loss | None = None
    for shelf in shelves:
        if best is not None and shelf.relation.name != best.filter:
            break
        loss = shelf.loss(row)
        if loss is not None and (best is None or _weight(loss) > _weight(best)):
            best = loss
    return best


def _weight(loss: Loss) -> tuple[float, int]:
    return loss.score or 0.0, -loss.neighbour
