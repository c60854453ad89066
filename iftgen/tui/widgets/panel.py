"""A titled box that shows one value, and is drawn again only when the value has changed."""

from typing import Any, Generic, TypeVar

from textual.content import Content
from textual.widget import Widget

T = TypeVar("T")


class Panel(Widget, Generic[T]):
    """Shows `value` as the lines that `lines` makes of it; height is as its CSS says, or as many lines as there are."""

    title = ""

    def __init__(self, id: str | None = None) -> None:
        """Show nothing yet."""
        super().__init__(id=id, classes="panel")
        self.border_title = self.title
        self.value: T | None = None
        self._drawn: tuple[Any, int] | None = None
        self._content = Content("")

    def show(self, value: T) -> None:
        """Show a value; one that equals the last costs nothing."""
        if value != self.value:
            self.value = value
            self.refresh(layout=self._count(value))

    def lines(self, value: T, width: int) -> list[Content]:
        """Return the lines that show a value in so many cells."""
        raise NotImplementedError

    def render(self) -> Content:
        """Draw the lines."""
        return self._made(self.size.width) if self.value is not None else Content("")

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        """Return the number of lines."""
        return self._made(width).plain.count("\n") + 1 if self.value is not None else 1

    def _made(self, width: int) -> Content:
        state = (self.value, width)
        if self._drawn is None or self._drawn[1] != width or self._drawn[0] is not self.value:
            assert self.value is not None
            self._content = Content("\n").join(
                [line.truncate(max(1, width), ellipsis=True) for line in self.lines(self.value, width)]
            )
            self._drawn = state
        return self._content

    def _count(self, value: T) -> bool:
        """Tell whether the number of lines may have changed, so that the screen has to be laid out anew."""
        if self.styles.height is None or not self.styles.height.is_auto or not self.size.width:
            return False
        before = self._content.plain.count("\n")
        return self._made(self.size.width).plain.count("\n") != before
