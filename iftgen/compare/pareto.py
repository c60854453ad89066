"""The Pareto front: what nothing else is better than in one respect without being worse in another."""

from collections.abc import Sequence


def front(points: Sequence[Sequence[float]]) -> list[bool]:
    """Tell for each point, high being good in each coordinate, whether no other one dominates it.

    A point dominates another when it is as good in all coordinates and better in one; so equal points do not.
    """
    return [not any(_dominates(other, point) for other in points) for point in points]


def _dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(a >= b for a, b in zip(one, other, strict=True)) and tuple(one) != tuple(other)
