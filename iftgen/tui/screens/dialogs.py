"""Small dialogs: leaving, a question, a line of text, the help, and the raw calls of a row."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from iftgen.tui.text import one_line, safe
from iftgen.tui.widgets.line import Line
from iftgen.watch.calls import Call


class Leave(ModalScreen[str]):
    """What to do with a run that goes on: detach, graceful, now; "" to stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "end('detach')", "Detach", tooltip="Leave; the run goes on"),
        Binding("s", "end('graceful')", "Stop", tooltip="Stop: what is in flight is finished"),
        Binding("n", "end('now')", "Stop now", tooltip="Stop at once; nothing paid is lost"),
        Binding("escape,q", "end('')", "Stay", tooltip="Stay"),
    ]
    CHOICES = (
        ("d", "detach: the run goes on, `iftgen watch` shows it again"),
        ("s", "stop gracefully: calls in flight are finished and kept"),
        ("n", "stop now: calls in flight are cut off"),
        ("escape", "stay here"),
    )

    def compose(self) -> ComposeResult:
        """The choices, which can be clicked too."""
        with Vertical(classes="dialog"):
            yield Static("Leave", classes="dialog-title")
            for key, words in self.CHOICES:
                yield Static(
                    Content.assemble((f" {key} ", "reverse"), f"  {words}"), id=f"leave-{key}", classes="dialog-choice"
                )

    def on_click(self, event: Any) -> None:
        """Take a choice by the mouse."""
        chosen = {"leave-d": "detach", "leave-s": "graceful", "leave-n": "now", "leave-escape": ""}
        if event.widget is not None and event.widget.id in chosen:
            self.dismiss(chosen[event.widget.id])

    def action_end(self, answer: str) -> None:
        """Close with the answer."""
        self.dismiss(answer)


class Ask(ModalScreen[str]):
    """Asks for one line; "" when it was given up. With `choices`, digits take one of them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Cancel", tooltip="Close without an answer")]

    def __init__(self, title: str, hint: str = "", value: str = "", choices: Sequence[str] = ()) -> None:
        """Ask under a title."""
        super().__init__()
        self._title, self._hint, self._value, self._choices = title, hint, value, list(choices)[:9]

    def compose(self) -> ComposeResult:
        """The question and a field."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield Line(self._value, placeholder=self._hint)
            for number, words in enumerate(self._choices, 1):
                yield Static(
                    Content.assemble((f" {number} ", "reverse"), f"  {one_line(words)}"), classes="dialog-choice"
                )

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        picked = text.isdecimal() and 0 < int(text) <= len(self._choices)
        self.dismiss(self._choices[int(text) - 1] if picked else text)

    def action_give_up(self) -> None:
        """Close without an answer."""
        self.dismiss("")


class Sure(ModalScreen[bool]):
    """Asks whether to go on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "end(True)", "Yes", tooltip="Go on"),
        Binding("n,escape", "end(False)", "No", tooltip="Leave it as it is"),
    ]

    def __init__(self, question: str) -> None:
        """Ask a question."""
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield Static(
                Content.assemble((" y ", "reverse"), "  yes    ", (" n ", "reverse"), "  no"), classes="dialog-choice"
            )

    def action_end(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)


class Reader(ModalScreen[None]):
    """A long text to read."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,o,question_mark", "close", "Close", tooltip="Close")]

    def __init__(self, title: str, text: Content) -> None:
        """Show a text under a title."""
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """The text, which can be scrolled."""
        with VerticalScroll(classes="reader") as box:
            box.border_title = self._title
            box.border_subtitle = "escape closes"
            yield Static(self._text, markup=False)

    def on_mount(self) -> None:
        """Let the keys scroll it."""
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


def calls_text(calls: Sequence[Call]) -> Content:
    """Return the prompts and the raw replies of calls."""
    if not calls:
        return Content.styled("The calls of this row are not in a call store that can be read here.", "$text-muted")
    found: list[Content] = []
    for number, call in enumerate(calls, 1):
        found.append(Content.styled(f"Call {number}: {call.role}", "bold $accent"))
        found += [
            Content.assemble((f"[{safe(role)}] " if role else "", "$text-muted"), safe(text))
            for role, text in call.messages
        ]
        found.append(
            Content.styled("Reply" if not call.error else "Error", "bold $success" if not call.error else "bold $error")
        )
        found.append(Content(safe(call.error or call.text)))
        if call.reasoning:
            found += [Content.styled("Reasoning", "bold $warning"), Content.styled(safe(call.reasoning), "$text-muted")]
        sampling = ", ".join(f"{key} {value}" for key, value in call.sampling.items())
        tokens = call.usage or {}
        used = f"{tokens.get('prompt_tokens', 0)} + {tokens.get('completion_tokens', 0)} tokens"
        found += [Content.styled(safe(f"{call.finish_reason}  {used}  {sampling}"), "$text-muted"), Content("")]
    return Content("\n").join(found)
