"""Write the stats of a run folder: python -m iftgen.stats DIR. A process of its own gives its memory back."""

import sys
from pathlib import Path

from iftgen.stats import write_stats

write_stats(Path(sys.argv[1]))
