"""The decided rows of a run with the sizes of the groups they come from, and shares of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from iftgen.review.shares import Share, share_of
from iftgen.store.items import Item
from iftgen.store.reviews import Decision, Reviewed

# Rejections that say nothing of quality: the task had all its examples.
NO_QUALITY = ("quota",)
# The part of the rows that strata with reviews must hold; else coarser strata are taken for the estimate.
COVERED = 0.9

Strata = Literal["task", "category", "filter"]


class Group(NamedTuple):
    """What rows of one file, filter and task have in common."""

    kind: Reviewed
    filter: str
    task: str

    @property
    def category(self) -> str:
        """The first part of the task's name."""
        return self.task.partition("/")[0]

    @property
    def is_rejection(self) -> bool:
        """Whether a filter rejected the rows for what they are."""
        return self.kind == "rejected" and self.filter not in NO_QUALITY


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows with a verdict (True: the run was right) and the number of all rows by group."""

    rows: Sequence[tuple[Group, bool]]
    sizes: Mapping[Group, int]

    def share(self, where: Callable[[Group], bool], *strata: Strata) -> Share:
        """Return the share of right rows, weighted by the first of the strata whose reviews cover most of the rows."""
        rows = [(group, right) for group, right in self.rows if where(group)]
        sizes = {group: size for group, size in self.sizes.items() if where(group)}
        shares = [_weighted(rows, sizes, name) for name in strata]
        return next((share for share in shares if (share.covered or 0.0) >= COVERED), shares[-1])


def judged(decisions: Mapping[str, Decision], items: Mapping[str, Item], sizes: Mapping[Group, int]) -> Judged:
    """Return the rows that were decided; ties, and rows that only were skipped, are left out."""
    return Judged(list(_rows(decisions, items)), sizes)


def group_of(item: Item) -> Group:
    """Return the group of a row."""
    return Group(item.kind, item.filter, item.task)


def _rows(decisions: Mapping[str, Decision], items: Mapping[str, Item]) -> Iterator[tuple[Group, bool]]:
    for row_id, decision in decisions.items():
        if decision.verdict is not None and row_id in items:
            item = items[row_id]
            yield group_of(item), decision.verdict == ("good" if item.kind == "examples" else "bad")


def _weighted(rows: Iterable[tuple[Group, bool]], sizes: Mapping[Group, int], strata: Strata) -> Share:
    totals: Counter[str] = Counter()
    for group, size in sizes.items():
        totals[getattr(group, strata)] += size
    return share_of(((getattr(group, strata), right) for group, right in rows), totals, strata)
