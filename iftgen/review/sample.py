"""A stratified random sample of a run's rows, in one pass and with memory for the sample only."""

import hashlib
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from math import log
from pathlib import Path
from typing import Literal, get_args

from iftgen.errors import UserError, choices
from iftgen.store.items import Item, read_items
from iftgen.store.reviews import Reviewed

By = Literal["task", "filter", "both"]
Kind = Literal["accepted", "rejected", "both"]
BY: tuple[By, ...] = get_args(By)
KINDS: tuple[Kind, ...] = get_args(Kind)
FILES: Mapping[str, tuple[Reviewed, ...]] = {
    "accepted": ("examples",),
    "rejected": ("rejected",),
    "both": ("examples", "rejected"),
}


def sample(folder: Path, size: int = 50, seed: int = 0, by: By = "both", kind: Kind = "both") -> list[Item]:
    """Return at most `size` rows, shuffled so that the order tells nothing of the outcome.

    Accepted and rejected rows are half and half as far as there are so many. Each half is split over tasks, over the
    filters that rejected, or over the filters and then the tasks inside each: in proportion, but every stratum has one
    as soon as the size allows. The same seed gives the same sample; a larger size contains the smaller one, and a run
    that grows keeps most of it. Raises UserError for a value that is not allowed.
    """
    _check(size, by, kind)
    halves = [_in_turn(_strata(folder, file, size, seed, by), f"{seed} {file}") for file in FILES[kind]]
    alternating = (item for pair in zip_longest(*halves) for item in pair if item is not None)
    return sorted(islice(alternating, size), key=lambda item: _lot(f"order {seed}", item.id))


def turns(sizes: Mapping[str, int], key: str = "") -> Iterator[str]:
    """Yield the names, each as often as its size says, so that every beginning of the sequence is in proportion.

    Each name comes once before any comes twice; then it is the divisor method of Webster. Unlike the largest remainder
    it never takes a seat back when there are more of them, so that samples can be nested. The order of the first turns
    is drawn with the sizes as weights (Efraimidis and Spirakis 2006), else no small sample would ever see small names.
    """
    lots = {name: -log((_lot(f"turn {key}", name) + 1) / 2**64) / size for name, size in sizes.items() if size}
    queue = [(0.0, lot, name, 0) for name, lot in lots.items()]
    heapq.heapify(queue)
    while queue:
        _, lot, name, taken = heapq.heappop(queue)
        yield name
        taken += 1
        if taken < sizes[name]:
            heapq.heappush(queue, ((2 * taken + 1) / sizes[name], lot, name, taken))


@dataclass(slots=True)
class _Stratum:
    """The rows of one task and filter: their number, and those with the lowest lots."""

    count: int = 0
    lowest: list[tuple[int, int, Item]] = field(default_factory=list)  # a heap: negative lot, offset, row

    def add(self, lot: int, item: Item, size: int) -> None:
        self.count += 1
        if len(self.lowest) < size:
            heapq.heappush(self.lowest, (-lot, item.offset, item))
        elif -lot > self.lowest[0][0]:
            heapq.heapreplace(self.lowest, (-lot, item.offset, item))

    def in_order(self) -> Iterator[Item]:
        return (item for *_, item in sorted(self.lowest, reverse=True))


def _strata(folder: Path, file: Reviewed, size: int, seed: int, by: By) -> dict[str, dict[str, _Stratum]]:
    """Return the strata by filter and task; the one that is not asked for is ""."""
    strata: dict[str, dict[str, _Stratum]] = {}
    for item in read_items(folder, file):
        if item.blank:  # nothing that a person could judge
            continue
        filter, task = "" if by == "task" else item.filter, "" if by == "filter" else item.task
        strata.setdefault(filter, {}).setdefault(task, _Stratum()).add(_lot(str(seed), item.id), item, size)
    return strata


def _in_turn(strata: Mapping[str, Mapping[str, _Stratum]], key: str) -> Iterator[Item]:
    """Yield the rows of all strata, the filters in turn and the tasks of each filter in turn."""
    sizes = {name: sum(stratum.count for stratum in tasks.values()) for name, tasks in strata.items()}
    inside = {name: _tasks_in_turn(tasks, f"{key} {name}") for name, tasks in strata.items()}
    return (next(inside[name]) for name in turns(sizes, key))


def _tasks_in_turn(tasks: Mapping[str, _Stratum], key: str) -> Iterator[Item]:
    rows = {name: stratum.in_order() for name, stratum in tasks.items()}
    sizes = {name: stratum.count for name, stratum in tasks.items()}
    return (next(rows[name]) for name in turns(sizes, key))


def _lot(key: str, row_id: str) -> int:
    """Draw the lot of a row: a number that depends on the key and the id only, not on the other rows."""
    return int.from_bytes(
        hashlib.blake2b(f"{key}\x1f{row_id}".encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )


def _check(size: int, by: str, kind: str) -> None:
    if size < 1:
        raise UserError(f"The size of a sample is at least 1, but {size} was given.")
    for name, value, allowed in (("by", by, BY), ("kind", kind, KINDS)):
        if value not in allowed:
            raise UserError(f"There is no {name}={value!r} for a sample.{choices(value, allowed)}")
