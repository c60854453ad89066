"""Stats: what a run made and threw away, counted with Polars from its row files."""

from iftgen.stats.ledger import stack_of
from iftgen.stats.summary import run_stats, write_stats
from iftgen.stats.tables import render

__all__ = ["render", "run_stats", "stack_of", "write_stats"]
