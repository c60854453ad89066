"""How a number of examples is split over the tasks, by largest remainder (Hamilton's method), and over shards."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `count` runs that share a dataset: of things in a row it has those at index, index + count, ..."""

    index: int = 0
    count: int = 1

    def place(self, n: int) -> int:
        """Return the place of the n-th thing of this shard."""
        return self.index + n * self.count

    def share(self, total: int) -> int:
        """Return how many of so many things are this shard's."""
        return (total + self.count - 1 - self.index) // self.count

    def whole(self, share: int) -> int:
        """Return the least number of things of which the shard has that share (1 or more)."""
        return self.place(share - 1) + 1

    def deal(self, quotas: Mapping[str, int]) -> dict[str, int]:
        """Return this shard's quotas: the examples of all tasks, task after task, are dealt out one by one.

        So the quotas of all shards add up to the whole, and those of one shard to its share.
        """
        dealt, start = {}, 0
        for name, quota in quotas.items():
            dealt[name] = self.share(start + quota) - self.share(start)
            start += quota
        return dealt


WHOLE = Shard()


def apportion_tree(total: int, shares: Mapping[str, float], ties: Mapping[str, int]) -> dict[str, int]:
    """Split `total` over the tasks by share, by largest remainder at each level of the tree of names.

    Rounding level by level keeps the categories at their share even where a task gets less than one example.
    """
    groups: dict[str, dict[str, float]] = {}
    for name, share in shares.items():
        groups.setdefault(name.split("/", 1)[0], {})[name] = share
    if len(groups) == 1 and len(shares) > 1:
        return _inside(total, shares, ties)
    sums = {group: sum(members.values()) for group, members in groups.items()}
    order = {group: min(ties[name] for name in members) for group, members in groups.items()}
    parts = largest_remainder(total, sums, order)
    result: dict[str, int] = {}
    for group, members in groups.items():
        result |= {next(iter(members)): parts[group]} if len(members) == 1 else _inside(parts[group], members, ties)
    return {name: result[name] for name in shares}


def largest_remainder(total: int, weights: Mapping[str, float], ties: Mapping[str, int]) -> dict[str, int]:
    """Split `total` into whole numbers in proportion to the weights (Hamilton's method); ties go by `ties`."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    parts = {name: floor(value + 1e-9) for name, value in exact.items()}
    rest = total - sum(parts.values())
    by_remainder = sorted(weights, key=lambda name: (-round(exact[name] - parts[name], 9), ties[name]))
    for name in by_remainder[:rest]:
        parts[name] += 1
    return parts


def _inside(total: int, members: Mapping[str, float], ties: Mapping[str, int]) -> dict[str, int]:
    """Apportion inside one group, whose names share their first part."""
    head = f"{next(iter(members)).split('/', 1)[0]}/"
    inner = apportion_tree(
        total,
        {name.removeprefix(head): share for name, share in members.items()},
        {name.removeprefix(head): ties[name] for name in members},
    )
    return {f"{head}{name}": count for name, count in inner.items()}
