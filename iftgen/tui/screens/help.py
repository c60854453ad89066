"""The help: every key of what is on the screen, with what it does."""

from collections.abc import Iterable
from typing import Any

from textual.binding import Binding
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen

GENERAL = (
    ("?", "These keys"),
    ("q", "Leave, or stop the run"),
    ("ctrl+p", "All commands, themes"),
    ("tab", "Next part of the screen"),
    ("ctrl+q", "Leave at once; the run goes on"),
)

NAMES = {
    "question_mark": "?", "slash": "/", "plus": "+", "minus": "-", "equals_sign": "=", "greater_than_sign": ">",
    "less_than_sign": "<",
}  # fmt: skip


def help_text(screen: Screen[Any]) -> Content:
    """Return all keys of a screen and of the parts of it that are shown, by part."""
    found: list[Content] = []
    seen: set[str] = set()
    for node in (screen, *screen.query("*").results()):
        lines = [(key, words) for key, words in _keys(node) if words not in seen]
        if lines and _shown(node):
            seen |= {words for _, words in lines}
            found.append(Content.styled(_title(node), "bold $accent"))
            found += [_line(key, words) for key, words in lines]
            found.append(Content(""))
    found.append(Content.styled("Everywhere", "bold $accent"))
    return Content("\n").join([*found, *(_line(key, words) for key, words in GENERAL)])


def _keys(node: DOMNode) -> Iterable[tuple[str, str]]:
    """Yield the keys that a class of ours declares."""
    for kind in type(node).__mro__:
        if kind.__module__.startswith("iftgen."):
            for binding in vars(kind).get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.tooltip:
                    names = [_name(key) for key in binding.key.split(",")]
                    yield " ".join(names), binding.tooltip


def _shown(node: DOMNode) -> bool:
    return all(getattr(one, "display", True) for one in node.ancestors_with_self)


def _name(key: str) -> str:
    return NAMES.get(key, key)


def _title(node: DOMNode) -> str:
    return {"RunScreen": "Run", "SweepScreen": "Sweep", "RowsPane": "Rows", "CoverageMap": "Coverage"}.get(
        type(node).__name__, type(node).__name__
    )


def _line(key: str, words: str) -> Content:
    return Content.assemble((f"  {key:<16}", "bold"), words)
