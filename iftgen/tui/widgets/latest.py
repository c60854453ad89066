"""The latest accepted examples, a few lines each."""

from collections.abc import Mapping
from typing import Any

from textual.content import Content

from iftgen.tui.text import one_line
from iftgen.tui.widgets.panel import Panel

Rows = tuple[Mapping[str, Any], ...]


class Latest(Panel[Rows]):
    """The newest first: the task, the question, the answer."""

    title = "Latest accepted"

    def lines(self, value: Rows, width: int) -> list[Content]:
        """Draw three lines an example, as many as fit."""
        if not value:
            return [Content.styled("Nothing accepted yet.", "$text-muted")]
        found: list[Content] = []
        for row in value[: max(1, (self.size.height or 24) // 3)]:
            asked = " ".join(
                part for part in (one_line(row.get("instruction", "")), one_line(row.get("input", ""))) if part
            )
            found += [
                Content.assemble(
                    (f"#{row.get('index', '?')} ", "$text-muted"), (one_line(row.get("task", "")), "$accent")
                ),
                Content.assemble(("  ? ", "bold $primary"), (asked, "$text")),
                Content.assemble(("  → ", "bold $success"), (one_line(row.get("output", "")), "$text-muted")),
            ]
        return found
