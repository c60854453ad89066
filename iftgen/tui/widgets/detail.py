"""One candidate in full: verdict, instruction, response, the texts of a duplicate, the prompt, and where it is from."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from iftgen.tui.text import one_line, safe
from iftgen.tui.widgets.verdicts import all_verdicts, also, columns, head, history, verdicts_of

_WORDS = re.compile(r"\w+")
# Words up to which the common ones of two texts are found in their order; longer texts are compared as sets.
IN_ORDER = 600
FACTS = ("id", "index", "method", "attributes", "models", "scores", "usage", "cost_usd", "parents")


class Detail(VerticalScroll, can_focus=True):
    """Shows a row; text of a model is never markup here."""

    def compose(self) -> Any:
        """One text."""
        yield Static("", id="detail-text", markup=False)

    def show(self, row: Mapping[str, Any] | None, prompt: str | None = None, human: str = "") -> None:
        """Show a row of a row file, with the prompt that made it and what people said of it."""
        text = (
            Content("\n").join(_lines(row, prompt, human))
            if row
            else Content.styled("No row is chosen.", "$text-muted")
        )
        self.query_one("#detail-text", Static).update(text)
        self.scroll_home(animate=False)


def _lines(row: Mapping[str, Any], prompt: str | None, human: str) -> list[Content]:
    found: list[Content] = []
    if human:
        found += [Content.styled(human, "bold $warning"), Content("")]
    verdict = _mapping(row.get("verdict"))
    if verdict:
        found += [*_verdict(verdict), *also(row), Content("")]
    if row.get("error"):
        found += [Content.styled(safe(row["error"]), "$error"), Content("")]
    own = _both(row)
    if verdict and verdict.get("neighbour"):
        ours, theirs = marked(own, safe(verdict["neighbour"]))
        found += [
            head("Instruction"),
            ours,
            Content(""),
            head("Too like", one_line(verdict.get("neighbour_id") or "")),
            theirs,
            Content(""),
        ]
    else:
        found += _section("Instruction", row.get("instruction")) + _section("Input", row.get("input"))
    found += _section("System", row.get("system")) + _section("Response", row.get("output"))
    found += _section("Reply", _mapping(_mapping(row.get("extra")).get("iftgen")).get("reply"))
    found += [
        part for turn in _turns(row) for part in _section(one_line(turn.get("role", "?"), 60), turn.get("content"))
    ]
    found += _section("Prompt that made it", prompt)
    found += history(row) + columns(row) + all_verdicts(row)
    return [*found, head("Facts", one_line(row.get("task", ""))), *_facts(row)]


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return what is an object in a row, {} for what another program has put in its place."""
    return value if isinstance(value, Mapping) else {}


def _turns(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    messages = row.get("messages")
    return [turn for turn in messages if isinstance(turn, Mapping)] if isinstance(messages, list) else []


def _verdict(verdict: Mapping[str, Any]) -> list[Content]:
    score, threshold = verdict.get("score"), verdict.get("threshold")
    numbers = f"  score {score:g}" if isinstance(score, int | float) else ""
    numbers += f", threshold {threshold:g}" if isinstance(threshold, int | float) else ""
    return [
        Content.assemble(
            ("rejected by ", "$text-muted"), (one_line(verdict.get("filter", "?")), "bold $error"),
            (f" ({one_line(verdict.get('stage', ''))}){numbers}", "$text-muted"),
        ),
        Content.styled(safe(verdict.get("reason", "")), "$text"),
    ]  # fmt: skip


def _both(row: Mapping[str, Any]) -> str:
    return safe("\n".join(str(part) for part in (row.get("instruction"), row.get("input")) if part))


def _section(title: str, text: Any) -> list[Content]:
    return [head(title), Content(safe(text)), Content("")] if text else []


def _facts(row: Mapping[str, Any]) -> list[Content]:
    def said(value: Any) -> str:
        if isinstance(value, Mapping):
            return ", ".join(f"{key} {one_line(inner)}" for key, inner in value.items())
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    return [
        Content.assemble((f"{name:<11}", "$text-muted"), (one_line(said(row[name]), 2000), "$text"))
        for name in FACTS
        if row.get(name) not in (None, "", [], {}) and not (name == "scores" and verdicts_of(row))
    ]


def marked(one: str, other: str) -> tuple[Content, Content]:
    """Return two texts with the words that both have, in their order, marked."""
    left, right = list(_WORDS.finditer(one)), list(_WORDS.finditer(other))
    words = [hit[0].casefold() for hit in left], [hit[0].casefold() for hit in right]
    if max(len(left), len(right)) <= IN_ORDER:
        blocks = difflib.SequenceMatcher(None, *words, autojunk=False).get_matching_blocks()
        ours = [block.a + step for block in blocks for step in range(block.size)]
        theirs = [block.b + step for block in blocks for step in range(block.size)]
    else:
        common = set(words[0]) & set(words[1])
        ours, theirs = ([place for place, word in enumerate(side) if word in common] for side in words)
    return _with_marks(one, [left[place] for place in ours]), _with_marks(other, [right[place] for place in theirs])


def _with_marks(text: str, hits: list[re.Match[str]]) -> Content:
    content = Content(text)
    for hit in hits:
        content = content.stylize("bold $warning", hit.start(), hit.end())
    return content
