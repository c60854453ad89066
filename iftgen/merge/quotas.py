"""How many examples of each task a merged dataset keeps, when it is to have a certain number."""

from collections.abc import Mapping

from iftgen.apportion import largest_remainder
from iftgen.hashing import stable_hash


def targets(total: int, wanted: Mapping[str, int], there: Mapping[str, int]) -> dict[str, int]:
    """Split `total` over the tasks in proportion to `wanted`, by largest remainder; none gets more than is there.

    A task that cannot fill its share gives all it has, and the others share the rest in their proportion.
    """
    ties = {name: stable_hash("merge", name) for name in there}
    result, open_tasks = dict.fromkeys(there, 0), dict(there)
    rest = min(total, sum(there.values()))
    while rest:
        wishes = {name: wanted[name] for name in open_tasks if wanted.get(name)}
        weights = {name: float(weight) for name, weight in (wishes or open_tasks).items() if weight}
        parts = largest_remainder(rest, weights, ties)
        scarce = {name: open_tasks[name] for name, part in parts.items() if part >= open_tasks[name]}
        result |= scarce or parts
        rest -= sum((scarce or parts).values())
        open_tasks = {name: count for name, count in open_tasks.items() if name not in scarce}
    return result
