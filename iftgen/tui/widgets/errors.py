"""The latest errors and retries, each with its time."""

import time

from textual.content import Content

from iftgen.tui.text import one_line
from iftgen.tui.widgets.panel import Panel

Said = tuple[tuple[float, str], ...]


class Errors(Panel[Said]):
    """The newest first; the same words one after the other are counted."""

    title = "Latest errors and retries"

    def lines(self, value: Said, width: int) -> list[Content]:
        """Draw a line for each."""
        if not value:
            return [Content.styled("No call has failed or had to be tried again.", "$text-muted")]
        grouped: list[tuple[float, str, int]] = []
        for when, words in reversed(value):
            if grouped and grouped[-1][1] == words:
                grouped[-1] = (grouped[-1][0], words, grouped[-1][2] + 1)
            else:
                grouped.append((when, words, 1))
        return [_line(*one) for one in grouped[:12]]


def _line(when: float, words: str, count: int) -> Content:
    stamp = time.strftime("%H:%M:%S", time.localtime(when))
    return Content.assemble(
        (f"{stamp} ", "$text-muted"), (f"{count}× " if count > 1 else "", "$warning"), one_line(words)
    )
