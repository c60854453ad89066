"""The funnel: how many candidates come to each filter, and how many it rejects."""

from textual.content import Content

from iftgen.tui.text import fitted, one_line, share, short
from iftgen.tui.widgets.panel import Panel
from iftgen.watch.view import RunView

# Names that stand beside rejected rows and are no filters, before and behind the filters.
BEFORE, BEHIND = ("parse", "recipe"), ("answer", "quota")


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


class Funnel(Panel[RunView]):
    """One line a filter: name, candidates in, rejected, share of those, and a bar of what is left."""

    title = "Filters, in order"

    def show(self, value: RunView) -> None:
        """Draw anew only when a count has changed."""
        old = self.value
        if old is None or (old.by_filter, old.candidates, old.filters) != (
            value.by_filter,
            value.candidates,
            value.filters,
        ):
            super().show(value)

    def lines(self, value: RunView, width: int) -> list[Content]:
        """Draw the filters, and what is accepted."""
        rows = stages(value)
        total = max(1, value.candidates - value.failed)
        size = max((len(name) for name, _, _ in rows), default=8)
        size = min(size, 22, max(8, width - 21))
        room = width - size - 21
        head = f"{'filter'.ljust(size)}{'in':>6}{'rejected':>9}{'share':>6}"
        found = [Content.styled(head, "$text-muted")]
        for name, before, out in rows:
            tone = "$error" if out else "$text-muted"
            line = [
                (fitted(one_line(name), size), "$text" if out else "$text-muted"),
                (f"{_short(before):>6}", "$text-muted"),
                (f"{out:>9,}{share(out, before) if out else '–':>6}", tone),
            ]
            found.append(Content.assemble(*line, *self._bar(before, out, total, room)))
        kept = Content.assemble(
            (fitted("accepted", size), "bold $success"), (f"{_short(value.accepted):>6}", "bold $success")
        )
        return [*found, kept]

    def _bar(self, before: int, out: int, total: int, room: int) -> list[tuple[str, str]]:
        """Draw what comes in as a bar, and the part that is rejected in another colour."""
        if room < 6:
            return []
        width = round(before / total * (room - 2))
        red = min(width, max(1, round(out / total * (room - 2)))) if out else 0
        return [("  ", ""), ("▆" * (width - red), "$primary-darken-1"), ("▆" * red, "$error")]


def _short(count: int) -> str:
    """Return a count in six cells."""
    return f"{count:,}" if count < 100_000 else short(count)
