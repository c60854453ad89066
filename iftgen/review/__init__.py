"""Human review without a screen: which rows to look at, and what the verdicts say of the run."""

from iftgen.review.sample import BY, KINDS, sample
from iftgen.review.summary import Summary, summarize
from iftgen.review.tables import render
from iftgen.store.items import Item, read_row

__all__ = ["BY", "KINDS", "Item", "Summary", "read_row", "render", "sample", "summarize"]
