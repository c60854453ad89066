"""Reading a run or a sweep while it is made: counts from its events, rows by their place in the row files."""
