"""The jobs of a sweep side by side: the table of `iftgen compare`."""

from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from iftgen.errors import IftgenError
from iftgen.tui.text import safe

WAIT = "The jobs are measured: lengths, diversity, intervals …"


class Comparison(VerticalScroll, can_focus=True):
    """Measures the jobs when it is opened: that reads every row of them, in a thread."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("u", "measure", "Update", tooltip="Measure the jobs anew")]

    def __init__(self, folder: Path, id: str | None = None) -> None:
        """Compare the jobs of a sweep's folder."""
        super().__init__(id=id)
        self.folder = folder

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(WAIT, id="comparison-text", markup=False)

    def action_measure(self) -> None:
        """Measure the jobs, and show the table that fits the width."""
        self.query_one("#comparison-text", Static).update(WAIT)
        self._measure(max(60, self.app.size.width - 4))

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _measure(self, width: int) -> None:
        from iftgen.compare import compare, render

        try:
            told = render(compare([self.folder]), width)
        except (IftgenError, OSError) as error:
            told = str(error)
        if self.is_attached:
            self.app.call_from_thread(self.query_one("#comparison-text", Static).update, safe(told))
