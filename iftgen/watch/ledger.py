"""What each filter caught of a run whose rows keep all verdicts, as its file of rejected rows grows."""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from iftgen.watch.tail import Tail
from iftgen.watch.verdict import rejecting, verdicts_in

# Behind the name of a filter whose check judges the instruction, where another judges the response.
EARLY = "_instruction"


class Ledger:
    """Counts the rows that a filter rejects, and of them those that no other does."""

    def __init__(self, rejected: Path) -> None:
        """Read nothing yet; the file may be missing."""
        self._tail = Tail(rejected)
        self._restarts = 0
        self._begin()

    def _begin(self) -> None:
        self.told = False  # some row has all verdicts
        self.caught, self.only = Counter[str](), Counter[str]()

    @property
    def behind(self) -> bool:
        """Whether there is more to take in at once."""
        return self._tail.behind

    def poll(self, filters: Collection[str]) -> bool:
        """Take in a limited piece of what is new of a run with these filters; tells whether there was anything."""
        lines = self._tail.read()
        if self._tail.restarts != self._restarts:  # the file was cut: what it had is counted no more
            self._restarts = self._tail.restarts
            self._begin()
        for line in lines:
            self._add(line, filters)
        return bool(lines)

    def counts(self) -> Mapping[str, int] | None:
        """Return by filter the rows that only it rejects, None where rows do not keep all verdicts."""
        return dict(self.only) if self.told else None

    def _add(self, line: bytes, filters: Collection[str]) -> None:
        verdicts = verdicts_in(line)
        if verdicts is None:
            return
        self.told = True
        names = {name_of(key, filters) for key in rejecting(verdicts)}
        self.caught.update(names)
        if len(names) == 1:
            self.only.update(names)


def name_of(check: str, filters: Collection[str]) -> str:
    """Return the filter of a check: that of the instruction has a name of its own."""
    name = check.removesuffix(EARLY)
    return name if name in filters else check
