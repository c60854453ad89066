"""A field for one line of text."""

from textual.widgets import Input

from iftgen.tui.text import visible


class Line(Input):
    """Shows and keeps controls, which can only be pasted, as pictures."""

    def validate_value(self, value: str) -> str:
        """Return the value as it is kept."""
        return visible(value)
