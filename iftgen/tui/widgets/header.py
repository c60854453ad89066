"""The head of a run: what it is, how it stands, and how far it is."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from iftgen.tui.text import clock, fitted, one_line, share
from iftgen.tui.widgets.panel import Panel
from iftgen.watch.view import RunView

# What a status looks like: a sign, and the colour of the theme.
SIGNS = {
    "starting": ("○", "$text-muted"),
    "running": ("●", "$success"),
    "paused": ("‖", "$warning"),
    "stopping": ("◌", "$warning"),
    "silent": ("?", "$warning"),
    "completed": ("✓", "$success"),
    "stopped": ("■", "$warning"),
    "budget_exhausted": ("■", "$warning"),
    "exhausted": ("■", "$warning"),
    "failed": ("✗", "$error"),
    "killed": ("✗", "$error"),
    "waiting": ("○", "$text-muted"),
}
# Lines that a message takes at most.
MOST = 4
BLOCKS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True)
class Head:
    """What the head shows; `seconds` is the time of work in whole seconds."""

    name: str
    view: RunView
    seconds: int
    human: int = 0


def bar(done: float, width: int) -> str:
    """Return a bar of so many cells, filled by a share from 0 to 1, in eighths of a cell."""
    eighths = round(min(max(done, 0.0), 1.0) * width * 8)
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (BLOCKS[rest] if rest else "")).ljust(width)


def status_words(view: RunView) -> str:
    """Return the status in words."""
    return {"budget_exhausted": "budget spent", "exhausted": "out of candidates"}.get(view.status, view.status)


class Header(Panel[Head]):
    """Two lines and, where there is something to say, as many as that needs."""

    def lines(self, value: Head, width: int) -> list[Content]:
        """Draw name, status, models and time; progress; and the message."""
        view = value.view
        found = [self._first(value, width), self._second(view, width)]
        if words := view.message or (view.note if view.live else ""):
            colour = SIGNS.get(view.status, ("", "$text"))[1] if view.message else "$warning"
            told = Content.styled(one_line(words, 600), colour).wrap(max(1, width - 1))
            found += [Content.assemble(" ", line) for line in told[:MOST]]
        return found

    def _first(self, value: Head, width: int) -> Content:
        view = value.view
        sign, colour = SIGNS.get(view.status, ("●", "$text"))
        left = clock(view.remaining) if view.remaining is not None else None
        time = f"{clock(value.seconds)} elapsed" + (f", about {left} left" if left and view.status == "running" else "")
        models = " and ".join(map(one_line, view.asked))
        room = width - cell_len(time) - cell_len(status_words(view)) - 8
        told = one_line(value.name)
        name = f"{told}  {models}" if models and cell_len(told) + cell_len(models) + 2 <= room else told
        return Content.assemble(
            (f" {sign} {one_line(status_words(view))} ", f"bold {colour}"),
            (fitted(f" {name}", room), "$text"),
            (f"  {time}", "$text-muted"),
        )

    def _second(self, view: RunView, width: int) -> Content:
        target = view.target
        told = f"{view.accepted:,} of {target:,}" if target is not None else f"{view.accepted:,} accepted"
        words = f" {told}  {share(view.accepted, target)}" if target else f" {told}"
        if view.rows:
            words = f" {view.candidates:,} of {view.rows:,} rows  {share(view.candidates, view.rows)}"
        size = max(4, width - cell_len(words) - 2)
        colour = "$success" if view.status in ("running", "completed") else "$warning"
        return Content.assemble(
            " ",
            (bar(view.share_done or 0.0, size), f"{colour} on $surface-lighten-1"),
            (words, "bold"),
        )
