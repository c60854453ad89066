"""Filter `count`: a list with more or fewer items than were asked for."""

import re

from iftgen.filters.base import Filter
from iftgen.filters.lists import NUMBER, asked_items, bounds, list_items, number
from iftgen.filters.text import plural, sentences, without_code
from iftgen.types import Candidate, Verdict

_SENTENCES = re.compile(rf"\bin (exactly |at most |at least |no more than |under )?{NUMBER} sentences?\b", re.I)
_EACH = re.compile(r"\b(?:each|every|per)\b", re.I)


class Count(Filter):
    """A list has as many items as the instruction asks for.

    Numbers are read as digits or English words ("List five", "Name at least 3"), up to 50. Items may be numbered,
    bulleted, on lines of their own, or separated by commas. The row is kept where no number is asked for or several
    are, and where the response holds code or is no list. Score: the number of items; threshold: the number asked for.

    sentences: also count the sentences where the instruction says "in two sentences".
    """

    name = "count"

    def __init__(self, *, sentences: bool = True) -> None:
        self.sentences = sentences

    def check(self, row: Candidate) -> Verdict:
        """Count the items of the response."""
        if "```" in row.output:
            return self.keep()
        asked = asked_items(row.instruction)
        if asked and (found := list_items(row.output.strip(), *asked)):
            return self._compare(found, *asked, "item")
        hit = None if asked or _EACH.search(row.instruction) else _SENTENCES.search(row.instruction)
        if self.sentences and hit and number(hit[2]) <= 5:
            low, high = bounds(hit[1] or "", number(hit[2]))
            return self._compare(len(sentences(without_code(row.output))), low, high, "sentence")
        return self.keep()

    def _compare(self, found: int, low: int, high: int, noun: str) -> Verdict:
        bound = low if found < low else high if found > high else max(low, 1)
        if low <= found <= high:
            return self.keep(found, bound)
        kind = "" if low == high else "at least " if found < low else "at most "
        verb = "is" if bound == 1 else "are"
        return self.reject(f"the response has {plural(found, noun)}, {kind}{bound} {verb} asked for", found, bound)
