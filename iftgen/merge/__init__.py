"""Merge: the accepted rows of several runs as one dataset, without duplicates across the runs."""

from iftgen.merge.merging import Merged, merge
from iftgen.merge.settings import NEAR, Settings

__all__ = ["NEAR", "Merged", "Settings", "merge"]
