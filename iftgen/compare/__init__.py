"""Compare: runs and the jobs of sweeps side by side, with intervals and the Pareto front."""

from iftgen.compare.comparison import compare
from iftgen.compare.machine import csv_text, objects
from iftgen.compare.tables import render
from iftgen.compare.values import Comparison, Run

__all__ = ["Comparison", "Run", "compare", "csv_text", "objects", "render"]
