"""A table of any number of rows, of which only those on the screen are made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from iftgen.tui.text import fitted

# A cell is its text, or its text with a tone: the name of a component class without `table--`.
Cell = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in cells (0: a share of what is left), how its text is set, how it is sorted."""

    title: str
    width: int = 0
    right: bool = False
    arrow: str = ""


class Source(Protocol):
    """Where a table has its rows from."""

    def columns(self, width: int) -> Sequence[Column]:
        """Return the columns that suit a table of that width."""
        ...

    def __len__(self) -> int:
        """The number of rows."""
        ...

    def cells(self, place: int) -> Sequence[Cell]:
        """Return the cells of the row at a place, one for each column; safe text on one line."""
        ...


class Table(ScrollView, can_focus=True):
    """Shows a source, under a line of headings."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header", "table--cursor", "table--dim", "table--good", "table--bad", "table--warn", "table--accent",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="The row above"),
        Binding("down,j", "move(1)", "Down", show=False, tooltip="The row below"),
        Binding("pageup", "page(-1)", "Page up", show=False, tooltip="A screen up"),
        Binding("pagedown", "page(1)", "Page down", show=False, tooltip="A screen down"),
        Binding("home", "first", "First", show=False, tooltip="The first row"),
        Binding("end", "last", "Last", show=False, tooltip="The last row, and follow the new ones"),
        Binding("enter", "choose", "Open", tooltip="Open the row"),
    ]
    cursor: reactive[int] = reactive(0, repaint=False)
    follow: reactive[bool] = reactive(False, repaint=False)

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        table: "Table"
        place: int

        @property
        def control(self) -> "Table":
            """The table, for `@on` with a selector."""
            return self.table

    @dataclass
    class Chosen(Moved):
        """A row was opened."""

    @dataclass
    class Headed(Moved):
        """The heading of the column at `place` was clicked."""

    def __init__(self, source: Source, id: str | None = None, follows: bool = False) -> None:
        """Show a source; a table that `follows` keeps to the last row until the cursor is moved away from it."""
        super().__init__(id=id)
        self.source = source
        self._follows = follows
        self.set_reactive(Table.follow, follows)

    def show(self, source: Source | None = None, cursor: int | None = None) -> None:
        """Show a source that has grown or changed, or another one; a cursor that is given goes there."""
        if source is not None:  # an empty one is false
            self.source = source
        count = len(self.source)
        size = Size(self.size.width, count + 1)
        if size != self.virtual_size:  # to set it costs a layout
            self.virtual_size = size
        if self.follow:
            cursor = count - 1
        place = max(0, min(self.cursor if cursor is None else cursor, count - 1))
        if place != self.cursor or cursor is not None:
            self.cursor = place
            self._reveal()
        self.refresh()

    def shift(self, by: int) -> None:
        """Keep to the row under the cursor and to what is seen, where so many rows have come in before it."""
        if by:
            self.virtual_size = Size(self.size.width, len(self.source) + 1)
            self.set_reactive(Table.cursor, max(0, self.cursor + by))
            self.scroll_to(y=self.scroll_offset.y + by, animate=False)

    @property
    def place(self) -> int | None:
        """The row under the cursor, None where there is none."""
        return self.cursor if self.cursor < len(self.source) else None

    def watch_cursor(self, place: int) -> None:
        """Tell who listens."""
        self.refresh()
        self.post_message(self.Moved(self, place))

    def on_resize(self) -> None:
        """Fit the columns to the width."""
        self.show()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a screen."""
        self._go(self.cursor + by * max(1, self.size.height - 2))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go(len(self.source) - 1)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if self.place is not None:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Select a row, open it on a double click, or take a heading."""
        if event.y == 0:
            self.post_message(self.Headed(self, self._column_at(event.x)))
            return
        place = event.y - 1 + self.scroll_offset.y
        if place < len(self.source):
            self._go(place)
            if event.chain == 2:
                self.action_choose()

    def render_line(self, y: int) -> Strip:
        """Return a line of the screen: the heading, or a row."""
        columns = self._columns()
        if y == 0:
            style = self.get_component_rich_style("table--header")
            return Strip([Segment(self._joined([(column, column.title + column.arrow) for column in columns]), style)])
        place = y - 1 + self.scroll_offset.y
        if place >= len(self.source):
            return Strip.blank(self.size.width, self.rich_style)
        base = self.rich_style
        if place == self.cursor:
            base += self.get_component_rich_style("table--cursor", partial=not self.has_focus)
        return self._row(columns, self.source.cells(place), base, place == self.cursor)

    def _row(self, columns: Sequence[Column], cells: Sequence[Cell], base: Style, chosen: bool) -> Strip:
        segments = []
        for column, cell in zip(columns, cells, strict=True):
            text, tone = cell if isinstance(cell, tuple) else (cell, "")
            style = base
            if tone and not chosen:
                style = base + self.get_component_rich_style(f"table--{tone}", partial=True)
            segments.append(Segment(f"{fitted(text, column.width, column.right)} ", style))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _columns(self) -> list[Column]:
        """Return the columns with their widths; those of width 0 share what is left."""
        columns = self.source.columns(self.size.width)
        rest = self.size.width - sum(column.width + 1 for column in columns)
        free = sum(column.width == 0 for column in columns)
        return [column if column.width else replace(column, width=max(1, rest // max(1, free))) for column in columns]

    def _joined(self, cells: Sequence[tuple[Column, str]]) -> str:
        text = "".join(f"{fitted(title, column.width, column.right)} " for column, title in cells)
        return fitted(text, self.size.width)

    def _column_at(self, x: int) -> int:
        edge = 0
        columns = self._columns()
        for number, column in enumerate(columns):
            edge += column.width + 1
            if x < edge:
                return number
        return len(columns) - 1

    def _go(self, place: int) -> None:
        last = len(self.source) - 1
        place = max(0, min(place, last))
        self.follow = self._follows and place == last
        self.cursor = place
        self._reveal()

    def _reveal(self) -> None:
        """Scroll so that the cursor is seen below the heading."""
        height = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)
        self.refresh(Region(0, 0, *self.size))
