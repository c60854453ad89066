"""Rows of one kind, live: a table that can be filtered and searched, and the chosen row in full beside it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Select, Static

from iftgen.errors import IftgenError
from iftgen.tui.humans import Humans
from iftgen.tui.text import one_line
from iftgen.tui.widgets.detail import Detail
from iftgen.tui.widgets.line import Line
from iftgen.tui.widgets.rows_source import RowsSource
from iftgen.tui.widgets.table import Table
from iftgen.watch.index import RowIndex
from iftgen.watch.rows import Choice, Rows

ANY = ""
# Seconds for which the cursor rests on a row before it is shown in full.
REST = 0.1


class RowsPane(Vertical):
    """Shows the examples, the rejected or the failed rows of a run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "search", "Search", tooltip="Look for a text in instructions, responses, reasons and raw replies"
        ),
        Binding("f", "pick('#by-filter')", "Filter", tooltip="Only the rows of one filter"),
        Binding("t", "pick('#by-task')", "Task", tooltip="Only the rows of one task"),
        Binding("space", "follow", "Follow", tooltip="Follow the newest rows, or stay"),
        Binding(
            "x",
            "judge",
            "Judge",
            tooltip="A human verdict: restore a rejected row, withdraw an accepted one; again: take it back",
        ),
        Binding("y", "copy", "Copy", show=False, tooltip="Copy instruction and response to the clipboard"),
        Binding("o", "open", "Raw", tooltip="The prompts and raw replies that made this row"),
        Binding("escape", "clear", "Clear", show=False, tooltip="Show all rows again"),
    ]

    class Raw(Message):
        """The calls behind a row are wanted."""

        def __init__(self, row: Mapping[str, Any]) -> None:
            super().__init__()
            self.row = row

    def __init__(self, kind: str, index: RowIndex, humans: Humans, id: str | None = None) -> None:
        """Show the rows of an index; the reader's thread polls it, see `poll`."""
        super().__init__(id=id, classes="rows")
        self.kind, self.index, self.humans = kind, index, humans
        self.rows = Rows(index, Choice())
        self.source = RowsSource(kind, index, self.rows, self.mark)
        self._names: dict[str, int] = {}
        self._earlier = 0
        self._due: Timer | None = None

    def compose(self) -> ComposeResult:
        """The bar, the table and the detail."""
        with Horizontal(classes="rows-bar"):
            yield Line(placeholder="/ to search", classes="rows-search", compact=True, select_on_focus=False)
            if self.kind == "rejected":
                yield Select[str]([], prompt="any filter", id="by-filter", compact=True)
            yield Select[str]([], prompt="any task", id="by-task", compact=True)
            yield Static("", classes="rows-count", markup=False)
        with Horizontal(classes="rows-body"):
            yield Table(self.source, follows=True)
            yield Detail()

    @property
    def table(self) -> Table:
        """The table."""
        return self.query_one(Table)

    def poll(self) -> bool:
        """Read what is new, in the reader's thread; tells whether anything changed."""
        changed = bool(self.index.poll()) or self.rows.outdated or self.rows.step()
        if changed:
            self.rows.update()
        return changed

    @property
    def behind(self) -> bool:
        """Whether there is more to read at once."""
        return self.index.behind or self.rows.searching

    def show(self) -> None:
        """Draw what is new."""
        self._offer("#by-filter", self.index.filter_names.texts)
        self._offer("#by-task", self.index.task_names.texts)
        if not self.table.follow:
            self.table.shift(self._moved_by())
        self._earlier = self.rows.earlier
        self.table.show()
        self._count()

    def _moved_by(self) -> int:
        """Return by how much the rows stand further down since they were drawn, as a search goes on above them."""
        return self.rows.earlier - self._earlier

    def mark(self, row: Mapping[str, Any]) -> str:
        """Return the sign of what people said of a row."""
        return self.humans.sign(row)

    def choose(self, choice: Choice) -> None:
        """Show the rows that a choice wants, the newest first seen."""
        self.rows = Rows(self.index, choice)
        self.rows.step()
        self._earlier = self.rows.earlier
        self.source = RowsSource(self.kind, self.index, self.rows, self.mark)
        self.table.follow = True
        self.table.show(self.source, cursor=len(self.rows) - 1)
        self._count()
        self._soon()

    @on(Input.Changed)
    @on(Select.Changed)
    def _chosen(self) -> None:
        text = self.query_one(Input).value.strip()
        choice = Choice(self._picked("#by-filter"), self._picked("#by-task"), text)
        if choice != self.rows.choice:
            self.choose(choice)

    @on(Select.Changed)
    def _picked_one(self) -> None:
        self.table.focus()  # so that the keys move in the rows that were asked for

    @on(Input.Submitted)
    def _searched(self) -> None:
        self.table.focus()

    @on(Table.Moved)
    def _moved(self) -> None:
        self._soon()
        self._count()

    @on(Table.Chosen)
    def _opened(self) -> None:
        self.toggle_class("-full")
        (self.query_one(Detail) if self.has_class("-full") else self.table).focus()

    def action_search(self) -> None:
        """Go to the search field."""
        self.query_one(Input).focus()

    def action_pick(self, which: str) -> None:
        """Open a list to choose from."""
        for select in self.query(which).results(Select):
            select.focus()
            select.action_show_overlay()

    def action_follow(self) -> None:
        """Follow, or stay."""
        self.table.follow = not self.table.follow
        self.table.show()
        self._count()

    def action_clear(self) -> None:
        """Close the detail if it fills the pane, else show all rows."""
        if self.has_class("-full"):
            self.remove_class("-full")
        else:
            self.query_one(Input).value = ""
            for select in self.query(Select):
                select.clear()
        self.table.focus()

    def action_judge(self) -> None:
        """Restore or withdraw the row, or take that back."""
        row = self.row
        if row and self.kind in ("examples", "rejected"):
            try:
                self.app.notify(self.humans.toggle(row, self.kind), markup=False)
            except IftgenError as error:
                self.app.notify(str(error), severity="error", markup=False)
            self.source.forget()
            self.table.show()
            self._detail()

    def action_copy(self) -> None:
        """Copy the row."""
        row = self.row
        if row:
            parts = [str(row[key]) for key in ("instruction", "input", "output") if row.get(key)]
            text = "\n\n".join(parts).encode("utf-8", "replace").decode()  # a lone surrogate has no bytes
            self.app.copy_to_clipboard(text)
            self.app.notify(f"Row {row.get('index')} is in the clipboard, if your terminal allows it.", markup=False)

    def action_open(self) -> None:
        """Ask for the calls behind the row."""
        row = self.row
        if row:
            self.post_message(self.Raw(row))

    @property
    def row(self) -> dict[str, Any]:
        """The row under the cursor, {} where there is none."""
        place = self.table.place
        if place is None:
            return {}
        try:
            return self.index.row(self.rows[place + (0 if self.table.follow else self._moved_by())])
        except IndexError:  # the file is being read anew
            return {}

    def _soon(self) -> None:
        """Show the row in full once the cursor rests: not for each row that a held key runs over."""
        if self._due is not None:
            self._due.stop()
        self._due = self.set_timer(REST, self._detail)

    def _detail(self) -> None:
        row = self.row
        self.query_one(Detail).show(row or None, self.humans.prompt(row), self.humans.words(row))

    def _picked(self, which: str) -> str:
        for select in self.query(which).results(Select):
            return ANY if select.is_blank() else str(select.value)
        return ANY

    def _offer(self, which: str, names: list[str]) -> None:
        """Offer names that have come up since."""
        known = [name for name in names if name]
        for select in self.query(which).results(Select):
            if self._names.get(which) != len(known):
                self._names[which] = len(known)
                value = select.value
                with self.prevent(Select.Changed):
                    select.set_options([(Text(one_line(name)), name) for name in sorted(known)])
                    if not isinstance(value, type(Select.NULL)) and value in known:
                        select.value = value

    def _count(self) -> None:
        place = self.table.place
        at = f"{place + 1:,} of " if place is not None else ""
        more = " …" if self.rows.searching else ""
        state = "following" if self.table.follow else "paused"
        self.query_one(".rows-count", Static).update(f"{at}{len(self.rows):,}{more}  {state}", layout=False)
