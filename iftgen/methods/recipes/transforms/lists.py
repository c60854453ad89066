"""Lists that are ordered, counted, cleaned and written in another form.

The text is a list of words with commas between them, such as `apple, pear, plum`.
"""

import json
import re
from collections.abc import Callable, Sequence

from iftgen.methods.recipes.transforms.base import Change, Rng

FEWEST, MOST = 4, 8


def items_of(text: str) -> list[str] | None:
    """Return the items of a list of distinct words or short names, or None where it is not one."""
    items = [re.sub(r"^(?:and|or|an?|the) ", "", item.strip()) for item in text.strip(" .").split(",")]
    unique = list(dict.fromkeys(items))
    fit = all(re.fullmatch(r"[a-z]+(?:[ -][a-z]+){0,1}", item) for item in unique)
    stems = {item.rstrip("s") for item in unique}
    nested = any(a != b and a in b for a in unique for b in unique)
    fit = fit and not nested and len(stems) == len(unique) and len(items) - len(unique) <= 1
    return unique[:MOST] if fit and len(unique) >= FEWEST else None


def sort_items(text: str, rng: Rng) -> Change | None:
    """Alphabetical order."""
    return _listed(text, rng, sorted)


def sort_by_length(text: str, rng: Rng) -> Change | None:
    """From the shortest to the longest item, where no two are equally long."""
    items = items_of(text)
    if not items or any(" " in item for item in items):
        return None
    distinct = list({len(item): item for item in items}.values())
    rng.shuffle(distinct)
    ranked = sorted(distinct, key=len)
    if len(distinct) < 3 or distinct == ranked:
        return None
    return Change(_shown(distinct, rng), ", ".join(ranked))


def reverse_items(text: str, rng: Rng) -> Change | None:
    """The opposite order."""
    return _listed(text, rng, lambda items: list(reversed(items)))


def numbered(text: str, rng: Rng) -> Change | None:
    """A line for each item, with its number."""
    items = items_of(text)
    return Change(", ".join(items), _lines(items, "{n}. ")) if items else None


def bullets(text: str, rng: Rng) -> Change | None:
    """A line for each item, with a dash."""
    items = items_of(text)
    return Change(", ".join(items), _lines(items, "- ")) if items else None


def to_sentence(text: str, rng: Rng) -> Change | None:
    """Lines into a phrase with commas and `and`."""
    items = items_of(text)
    if not items:
        return None
    return Change(_lines(items, rng.choice(["- ", "* ", "{n}. ", ""])), f"{', '.join(items[:-1])} and {items[-1]}")


def json_array(text: str, rng: Rng) -> Change | None:
    """A JSON array of strings."""
    items = items_of(text)
    return Change(_shown(items, rng), json.dumps(items)) if items else None


def remove_repeats(text: str, rng: Rng) -> Change | None:
    """Some items stand twice; the output keeps the first of each."""
    items = items_of(text)
    if not items:
        return None
    shown = items[:]
    for item in rng.sample(items, rng.randint(1, 2)):
        shown.insert(rng.randint(shown.index(item) + 1, len(shown)), item)
    return Change(", ".join(shown), ", ".join(items))


def count_items(text: str, rng: Rng) -> Change | None:
    """How many items the list has."""
    items = items_of(text)
    return Change(_shown(items, rng), str(len(items)), {"number": len(items)}) if items else None


def nth_item(text: str, rng: Rng) -> Change | None:
    """The first, second, third or last item."""
    items = items_of(text)
    if not items:
        return None
    name, place = rng.choice([("first", 0), ("second", 1), ("third", 2), ("last", -1)])
    return Change(", ".join(items), items[place], {"place": name})


def longest_item(text: str, rng: Rng) -> Change | None:
    """The longest single word of the list, where there is only one."""
    items = [item for item in items_of(text) or [] if " " not in item and "-" not in item]
    ranked = sorted(items, key=len)
    if len(ranked) < FEWEST or len(ranked[-1]) == len(ranked[-2]):
        return None
    return Change(", ".join(items), ranked[-1])


def starting_with(text: str, rng: Rng) -> Change | None:
    """Those items that begin with a letter."""
    items = items_of(text)
    if not items:
        return None
    letter = rng.choice(items)[0]
    return Change(", ".join(items), ", ".join(x for x in items if x[0] == letter), {"letter": letter.upper()})


def odd_one_out(text: str, rng: Rng, outsiders: Sequence[str] = ()) -> Change | None:
    """Put one outsider among three or four items of a kind; the output names it."""
    items = items_of(text)
    others = [word for word in outsiders if items and word not in items]
    if not items or not others:
        return None
    outsider = rng.choice(others)
    shown = [*items[: rng.randint(3, 4)], outsider]
    rng.shuffle(shown)
    return Change(", ".join(shown), outsider)


def _listed(text: str, rng: Rng, arrange: Callable[[list[str]], list[str]]) -> Change | None:
    items = items_of(text)
    if not items:
        return None
    result = arrange(items)
    return Change(_shown(items, rng), ", ".join(result)) if result != items else None


def _shown(items: list[str], rng: Rng) -> str:
    return rng.choice([", ".join(items), ", ".join(items), _lines(items, "- "), _lines(items, "")])


def _lines(items: list[str], mark: str) -> str:
    return "\n".join(mark.replace("{n}", str(n)) + item for n, item in enumerate(items, 1))
