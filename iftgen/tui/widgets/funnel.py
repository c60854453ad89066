"""The funnel: how many candidates come to each filter, and how many it rejects."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.content import Content

from iftgen.tui.text import fitted, one_line, share, short
from iftgen.tui.widgets.panel import Panel
from iftgen.watch.view import RunView

# Names that stand beside rejected rows and are no filters, before and behind the filters.
BEFORE, BEHIND = ("parse", "recipe"), ("answer", "quota")

# Cells of what came in and was rejected, and of each number behind them.
NUMBERS, LAST = 15, 6


def stages(view: RunView) -> list[tuple[str, int, int]]:
    """Return (name, candidates in, rejected) in the order of the stack; filters that are not in it come last."""
    names = [name for name in BEFORE if name in view.by_filter]
    names += [*view.filters, *(name for name in BEHIND if name in view.by_filter)]
    names += [name for name in view.by_filter if name not in names]
    left, found = view.candidates - view.failed, []
    for name in names:
        out = view.by_filter.get(name, 0)
        found.append((name, left, out))
        left -= out
    return found


@dataclass(frozen=True)
class Stack:
    """What the filters did; `only` is by filter the rows that no other rejects, None where that is not known."""

    view: RunView
    only: Mapping[str, int] | None = None


class Funnel(Panel[Stack]):
    """One line a filter: name, candidates in, rejected, share of those, what only it rejects, a bar of what is left."""

    title = "Filters, in order"

    def show(self, value: Stack) -> None:
        """Draw anew only when a count has changed."""
        if self.value is None or _counts(self.value) != _counts(value):
            self.border_subtitle = "only: by no other filter" if value.only is not None else ""
            super().show(value)

    def lines(self, value: Stack, width: int) -> list[Content]:
        """Draw the filters, and what is accepted; where there is no room for both, `only` takes the share's place."""
        view, only = value.view, value.only
        rows = stages(view)
        total = max(1, view.candidates - view.failed)
        size = max((len(name) for name, _, _ in rows), default=8)
        shares = only is None or width >= min(size, 22) + NUMBERS + 2 * LAST
        numbers = NUMBERS + LAST * (shares + (only is not None))
        size = min(size, 22, max(8, width - numbers))
        room = width - size - numbers
        lasts = ("share",) * shares + ("only",) * (only is not None)
        head = f"{'filter'.ljust(size)}{'in':>6}{'rejected':>9}{''.join(f'{title:>{LAST}}' for title in lasts)}"
        found = [Content.styled(head, "$text-muted")]
        for name, before, out in rows:
            tone = "$error" if out else "$text-muted"
            line = [
                (fitted(one_line(name), size), "$text" if out else "$text-muted"),
                (f"{_short(before):>6}", "$text-muted"),
                (f"{out:>9,}", tone),
                (f"{share(out, before) if out else '–':>{LAST}}" if shares else "", tone),
                (
                    f"{min(out, only.get(name, 0)):>{LAST},}" if only is not None else "",
                    "$warning" if out else "$text-muted",
                ),
            ]
            found.append(Content.assemble(*line, *self._bar(before, out, total, room)))
        kept = Content.assemble(
            (fitted("accepted", size), "bold $success"), (f"{_short(view.accepted):>6}", "bold $success")
        )
        return [*found, kept]

    def _bar(self, before: int, out: int, total: int, room: int) -> list[tuple[str, str]]:
        """Draw what comes in as a bar, and the part that is rejected in another colour."""
        if room < 6:
            return []
        width = round(before / total * (room - 2))
        red = min(width, max(1, round(out / total * (room - 2)))) if out else 0
        return [("  ", ""), ("▆" * (width - red), "$primary-darken-1"), ("▆" * red, "$error")]


def _counts(value: Stack) -> tuple[object, ...]:
    view = value.view
    return view.by_filter, view.candidates, view.filters, value.only


def _short(count: int) -> str:
    """Return a count in five cells."""
    return f"{count:,}" if count < 10_000 else short(count)
