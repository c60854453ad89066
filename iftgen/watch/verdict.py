"""The verdict of a row: its fields are cut out of the line, as `json` would take four times as long.

Within a text every quote is escaped, so that a quoted key can only be a key.
"""

import re

_KEY = b',"verdict":{'
TEXT = rb'"[^"\\]*(?:\\.[^"\\]*)*"'  # a string, written so that it is matched fast
# A row of a user's file may have a key `verdict` among its own, in `extra`: that of the row itself stands at its end.
_VERDICT = re.compile(
    rb'"stage":"(\w*)","filter":(%(text)s),"reason":%(text)s,"score":([^,{}]+),"threshold":([^,{}]+)'
    rb'(?:,"\w+":(?:%(text)s|[^,"{}]+))*\}(?:,"calls":\[[^\]{}]*\])?\}\s*$' % {b"text": TEXT}
)


def verdict_in(line: bytes) -> re.Match[bytes] | None:
    """Find the verdict of a row, None where it has none: groups are stage, filter in quotes, score and threshold."""
    place = line.rfind(_KEY)
    return _VERDICT.match(line, place + len(_KEY)) if place >= 0 else None


def number_in(text: bytes) -> float:
    """Return a score or a threshold, NaN where there is none."""
    try:
        return float(text)
    except ValueError:  # null, or of another type
        return float("nan")
