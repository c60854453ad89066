"""Rows that ask for the same in other words, as `semantic_duplicate` decides, by the vectors that the parts stored."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iftgen.filters.embedded_texts import question_texts
from iftgen.filters.semantic_duplicate import SemanticDuplicate
from iftgen.filters.semantic_duplicate.contrast import bound_of, numbers_of
from iftgen.merge.likeness import MEANING, NONE
from iftgen.merge.parts import Part
from iftgen.merge.relations import Near, Neighbours, join
from iftgen.merge.vectors import Matrix
from iftgen.store.stored_vectors import kind_of, stored_vectors
from iftgen.types import Pair

KEYS = ("threshold", "swap_threshold")
BLOCK = 4096  # rows whose vectors are looked up at once

Row = Mapping[str, Any]
Bounds = tuple[float, float]  # of KEYS


class LikeMeaning:
    """Rows whose vectors are near, of parts that were made with the filter and with one embedder.

    Of two rows with different thresholds the higher ones hold. A row whose texts have no vectors, such as one that a
    reviewer has edited, is like no other.
    """

    name = MEANING

    def __init__(self, parts: Sequence[Part], kind: tuple[str, int]) -> None:
        """Take all parts; those of another embedder are not compared."""
        self._parts, self.kind = parts, kind
        self._bounds = [bounds_of(part) if kind_of(part.manifest) == kind else None for part in parts]
        self.threshold = min(bounds[0] for bounds in self._bounds if bounds is not None)
        self._numbers: dict[tuple[int, Bounds, str, str], int] = {}
        self._pairs: list[Pair] = []
        self._of_node: list[Bounds] = []
        self._part = array("H")  # by node
        self._waiting: list[int] = []
        self._bare, self._paired = Matrix(), Matrix()  # texts without an input, and with one
        self.lacking = 0  # texts without vectors

    def add(self, row: Row, part: int) -> int:
        """Return the number of what is asked, apart for each part and its thresholds."""
        bounds = self._bounds[part]
        if bounds is None:
            return NONE
        bounds = _of_task(self._parts[part], str(row.get("task") or ""), bounds)
        pair = Pair("", str(row["instruction"]), "", str(row.get("input") or ""))
        key = (part, bounds, pair.instruction, pair.input)
        if key not in self._numbers:
            self._numbers[key] = len(self._pairs)
            self._waiting.append(len(self._pairs))
            self._pairs.append(pair)
            self._of_node.append(bounds)
            self._part.append(part)
        if len(self._waiting) >= BLOCK:
            self._look_up()
        return self._numbers[key]

    def near(self) -> Neighbours:
        """Return the rows that are alike."""
        self._look_up()
        found: Near = {}
        for one, other, score in self._near():
            bounds = map(max, self._of_node[one], self._of_node[other])
            if score > bound_of(self._pairs[one], self._pairs[other], *bounds):
                join(found, one, other, score)
        return Neighbours(len(self._pairs), found, alike=False)

    def _near(self) -> Iterator[tuple[int, int, float]]:
        """Yield pairs above the lowest threshold: by instruction and by input where both have one, else as a whole."""
        yield from self._bare.near(self._bare, (0,), self.threshold)
        yield from self._paired.near(self._paired, (1, 2), self.threshold)
        yield from self._paired.near(self._bare, (0,), self.threshold)

    def _look_up(self) -> None:
        """Get the vectors of the rows that wait; the file of each part is open only meanwhile."""
        by_part: dict[int, list[int]] = {}
        for node in self._waiting:
            by_part.setdefault(self._part[node], []).append(node)
        self._waiting.clear()
        for number, nodes in by_part.items():
            part = self._parts[number]
            texts = {node: question_texts(self._pairs[node]) for node in nodes}
            with stored_vectors(part.folder, part.manifest) as stored:
                wanted = (text for own in texts.values() for text in own)
                known = stored.get(wanted) if stored is not None else {}
            for node, own in texts.items():
                vectors = [known[text] for text in own if text in known]
                if not own or len(vectors) < len(own):
                    self.lacking += 1
                    continue
                matrix = self._bare if len(own) == 1 else self._paired
                matrix.add(node, number, numbers_of(own[0]), vectors)


def meanings(parts: Sequence[Part]) -> list[LikeMeaning]:
    """Return a relation for each embedder by which two parts or more were made, with the filter in their stacks."""
    kinds = [kind for part in parts if bounds_of(part) and (kind := kind_of(part.manifest)) is not None]
    return [LikeMeaning(parts, kind) for kind in dict.fromkeys(kinds) if kinds.count(kind) > 1]


def bounds_of(part: Part) -> Bounds | None:
    """Return the thresholds of the filter in the stack of a part, None where it is not in it."""
    plan, plain = part.manifest["plan"], SemanticDuplicate()
    if not any(key.startswith(f"filters.{MEANING}.") for key in plan):
        return None
    usual = (plain.threshold, plain.swap_threshold)
    first, second = (float(plan.get(f"filters.{MEANING}.{key}", value)) for key, value in zip(KEYS, usual, strict=True))
    return first, second


def _of_task(part: Part, task: str, bounds: Bounds) -> Bounds:
    """Return the thresholds of a task, which may have its own."""
    own = (part.manifest.get(MEANING) or {}).get(task) or {}
    first, second = (float(own.get(key, value)) for key, value in zip(KEYS, bounds, strict=True))
    return first, second
