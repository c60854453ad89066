"""The verdict of a row: its fields are cut out of the line, as `json` would take four times as long.

Within a text every quote is escaped, so that a quoted key can only be a key.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_KEY = b',"verdict":{'
TEXT = rb'"[^"\\]*(?:\\.[^"\\]*)*"'  # a string, written so that it is matched fast
# A row of a user's file may have a key `verdict` among its own, in `extra`: that of the row itself stands at its end.
_VERDICT = re.compile(
    rb'"stage":"(?P<stage>\w*)","filter":(?P<filter>%(text)s),"reason":(?P<reason>%(text)s)'
    rb',"score":(?P<score>[^,{}]+),"threshold":(?P<threshold>[^,{}]+)'
    rb'(?:,"\w+":(?:%(text)s|[^,"{}]+))*\}(?:,"calls":\[[^\]{}]*\])?\}\s*$' % {b"text": TEXT}
)


def verdict_in(line: bytes) -> re.Match[bytes] | None:
    """Find the verdict of a row, None where it has none: groups are stage, filter, reason, score and threshold.

    Filter and reason are in their quotes.
    """
    place = line.rfind(_KEY)
    return _VERDICT.match(line, place + len(_KEY)) if place >= 0 else None


# All verdicts of a row, where the run keeps them; `usage` follows them.
_ALL = re.compile(rb',"calls":\[[^\]{}]*\],"verdicts":(\{.*?\}),"usage":\{"calls":')


def verdicts_in(line: bytes) -> Mapping[str, Mapping[str, Any]] | None:
    """Return the verdicts of all filters on a row by the name of the check, None where the row does not keep them."""
    found = _ALL.search(line)
    try:
        given = json.loads(found[1]) if found else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    return {name: one for name, one in given.items() if isinstance(one, dict)}


def rejecting(verdicts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the names of the checks that reject a row."""
    return [name for name, one in verdicts.items() if one.get("keep") is False]


def number_in(text: bytes) -> float:
    """Return a score or a threshold, NaN where there is none."""
    try:
        return float(text)
    except ValueError:  # null, or of another type
        return float("nan")
