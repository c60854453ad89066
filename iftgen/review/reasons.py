"""The reasons that reviewers give, counted, and where they come up more often than elsewhere."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iftgen.store.items import Item
from iftgen.store.reviews import Review

# A reason stands out in a group that gave it at least so often, and so many times as often as the other rows.
LEAST = 2
TIMES = 2.0


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in its normal form, how often it was given, and the filters and tasks where it stands out.

    These are names with the number of times the reason was given there.
    """

    reason: str
    count: int
    filters: dict[str, int]
    tasks: dict[str, int]


def recurring(said: Iterable[Review], items: Mapping[str, Item]) -> list[Reason]:
    """Return the reasons, the most frequent first; `said` is what counts, `items` the reviewed rows by id."""
    known = [(review, items[review.id]) for review in said if review.id in items]
    totals = {
        "filter": Counter(item.filter for _, item in known if item.filter),
        "task": Counter(item.task for _, item in known if item.task),
    }
    given: dict[str, list[Item]] = {}
    for review, item in known:
        if text := normal(review.reason):
            given.setdefault(text, []).append(item)
    found = [_reason(text, rows, totals, len(known)) for text, rows in given.items()]
    return sorted(found, key=lambda reason: (-reason.count, reason.reason))


def normal(reason: str) -> str:
    """Return the reason in lower case, with single spaces and without punctuation at its ends."""
    return " ".join(reason.casefold().split()).strip(" .,;:!?-")


def _reason(text: str, rows: list[Item], totals: Mapping[str, Counter[str]], reviews: int) -> Reason:
    filters = Counter(item.filter for item in rows if item.filter)
    tasks = Counter(item.task for item in rows if item.task)
    return Reason(
        text,
        len(rows),
        _outstanding(filters, totals["filter"], len(rows), reviews),
        _outstanding(tasks, totals["task"], len(rows), reviews),
    )


def _outstanding(here: Counter[str], groups: Counter[str], count: int, reviews: int) -> dict[str, int]:
    """Return the groups that give the reason more often than all other reviews do."""
    found = {}
    for name, number in here.most_common():
        elsewhere = (count - number) / max(1, reviews - groups[name])
        if number >= LEAST and reviews > groups[name] and number / groups[name] >= TIMES * elsewhere:
            found[name] = number
    return found
