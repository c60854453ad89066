"""The dialog in which the texts of a row are changed."""

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Static, TextArea

from iftgen.tui.text import visible

TITLES = {"instruction": "Instruction", "input": "Input (may be empty)", "output": "Response"}


class Field(TextArea):
    """A text area that shows controls as pictures, and keeps them in the text."""

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is shown, character by character."""
        return Text(visible(self.document.get_line(line_index)), end="", no_wrap=True)


class EditScreen(ModalScreen[dict[str, str] | None]):
    """Edits instruction, input and response; None where nothing is to be kept."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Keep", tooltip="Keep the texts; the row is good with them"),
        Binding("escape", "drop", "Cancel", tooltip="Leave the row as it was"),
    ]

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Start from some texts."""
        super().__init__()
        self._texts = texts

    def compose(self) -> ComposeResult:
        """A field for each text."""
        with Vertical(id="edit"):
            for key, title in TITLES.items():
                yield Static(title, classes="edit-title")
                yield Field(self._texts.get(key, ""), id=f"edit-{key}", classes="edit-field", soft_wrap=True)
            yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin with the response, which is wrong most often."""
        self.query_one("#edit-output", TextArea).focus()

    def action_keep(self) -> None:
        """Close with the texts."""
        self.dismiss({key: self.query_one(f"#edit-{key}", TextArea).text for key in TITLES})

    def action_drop(self) -> None:
        """Close without."""
        self.dismiss(None)
