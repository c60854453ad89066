"""What a run has so far, counted row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iftgen.run.rows import Bill, bill_of
from iftgen.store.folder import Kind


@dataclass
class Counts:
    """What a run has so far; candidates = accepted + rejected + failed."""

    examples: int = 0
    rejected: int = 0
    failed: int = 0
    by_filter: dict[str, int] = field(default_factory=dict)
    bill: Bill = field(default_factory=Bill)

    @property
    def candidates(self) -> int:
        """All that were committed."""
        return self.examples + self.rejected + self.failed

    def add(self, kind: Kind, row: Mapping[str, Any]) -> None:
        """Count one row, and what its replies cost."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.bill += bill_of(row)
        if kind == "rejected":
            name = row["verdict"]["filter"]
            self.by_filter[name] = self.by_filter.get(name, 0) + 1
