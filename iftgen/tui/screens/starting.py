"""What is shown while the engine reads its config."""

from textual.app import ComposeResult
from textual.containers import Middle
from textual.screen import Screen
from textual.widgets import Footer, LoadingIndicator, Static


class StartingScreen(Screen[None]):
    """Waits for the engine to tell its folder."""

    def compose(self) -> ComposeResult:
        """A sign that something goes on, and what."""
        with Middle():
            yield LoadingIndicator()
            yield Static("The settings are read and checked; the first calls follow.", id="starting-words")
        yield Footer(compact=True, show_command_palette=False)
