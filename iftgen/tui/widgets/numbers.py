"""The numbers of a run: what came of the candidates, how fast, at what cost, within which limits."""

from dataclasses import dataclass

from textual.content import Content

from iftgen.tui.text import clock, dollars, one_line, share, short
from iftgen.tui.widgets.panel import Panel
from iftgen.watch.view import RunView

SPARKS = "▁▂▃▄▅▆▇█"
LABEL = 11


@dataclass(frozen=True)
class Numbers:
    """A view with the examples a second over its time, in equal steps."""

    view: RunView
    rates: tuple[float, ...] = ()


def sparkline(values: tuple[float, ...]) -> str:
    """Return a line of blocks, the tallest for the highest value."""
    top = max(values, default=0.0)
    return "".join(SPARKS[min(7, int(value / top * 7.999))] if top else SPARKS[0] for value in values)


class RunNumbers(Panel[Numbers]):
    """The panel of numbers."""

    title = "Candidates"

    def lines(self, value: Numbers, width: int) -> list[Content]:
        """Draw a line for each number."""
        view = value.view
        found = [
            _line("accepted", f"{view.accepted:,}", share(view.accepted, view.candidates), "$success"),
            _line("rejected", f"{view.rejected:,}", share(view.rejected, view.candidates), "$error"),
            _line("failed", f"{view.failed:,}", "", "$warning" if view.failed else "$text-muted"),
        ]
        if view.live:
            found.append(_line("in flight", f"{view.in_flight:,}", "", "$accent"))
        found += [
            _line("rate", f"{short(view.rate)}/s", f"{short(view.token_rate)} tokens/s" if view.token_rate else ""),
            Content.assemble((" " * LABEL, ""), (sparkline(value.rates[-max(1, width - LABEL) :]), "$accent")),
        ]
        return found


class Money(Panel[RunView]):
    """What was paid, what an example costs, and what is left of the budget."""

    title = "Cost and limits"

    def lines(self, value: RunView, width: int) -> list[Content]:
        """Draw cost, budget, limits and errors."""
        return [*self._cost(value), *self._budget(value), *self._limits(value), *self._errors(value)]

    def _cost(self, view: RunView) -> list[Content]:
        paid = view.paid
        tokens = int(paid.get("prompt_tokens", 0)) + int(paid.get("completion_tokens", 0))
        replayed = f"{paid['replayed']:,} again" if paid.get("replayed") else ""
        each = f"{dollars(view.cost_each)} an example" if view.cost_each else ""
        return [
            _line("paid", dollars(paid.get("cost_usd")), each),
            _line("calls", f"{paid.get('calls', 0):,}", replayed),
            _line("tokens", short(tokens), f"{short(tokens / view.accepted)} an example" if view.accepted else ""),
        ]

    def _budget(self, view: RunView) -> list[Content]:
        found = []
        for key, (used, cap) in (view.paid.get("budget") or {}).items():
            left = None if used is None else max(0, cap - used)
            told = (
                dollars(left)
                if key == "usd"
                else clock(left * 60)
                if key == "minutes" and left is not None
                else short(left or 0)
            )
            tone = "$error" if left is not None and left < 0.1 * cap else "$text"
            found.append(_line(f"{key} left", told, f"of {dollars(cap) if key == 'usd' else short(cap)}", tone))
        return found

    def _limits(self, view: RunView) -> list[Content]:
        if not view.live:
            return []
        found = [_line("calls now", f"{view.calling}", f"of {view.limit} at once" if view.limit else "")]
        for name, backend in view.backends.items():
            paces = [
                f"{short(backend[key])} {unit}"
                for key, unit in (("rpm", "requests/min"), ("tpm", "tokens/min"))
                if backend.get(key)
            ]
            if paces:
                found.append(_line(one_line(name, 10), ", ".join(paces), ""))
        return found

    def _errors(self, view: RunView) -> list[Content]:
        kinds = sorted(view.retries.items(), key=lambda item: -item[1])
        told = ", ".join(f"{kind} {count:,}" for kind, count in kinds[:3])
        found = [_line("retries", f"{sum(view.retries.values()):,}", told, "$warning" if kinds else "$text-muted")]
        if view.failures:
            found.append(_line("failed", f"{view.failures:,}", "calls, for good", "$error"))
        return found


def _line(label: str, value: str, more: str, tone: str = "$text") -> Content:
    return Content.assemble(
        (label.ljust(LABEL), "$text-muted"), (value, f"bold {tone}"), (f"  {more}" if more else "", "$text-muted")
    )
