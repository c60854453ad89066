"""The screen of one run: counts, filters, coverage, rows, scores; and the keys that steer it."""

from dataclasses import replace
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static, TabbedContent, TabPane

from iftgen.errors import IftgenError
from iftgen.store.control import steer
from iftgen.tui.humans import Humans
from iftgen.tui.screens.dialogs import Ask, Reader, Sure, calls_text
from iftgen.tui.screens.sweep import SweepScreen
from iftgen.tui.text import one_line
from iftgen.tui.widgets.coverage import CoverageMap
from iftgen.tui.widgets.errors import Errors
from iftgen.tui.widgets.funnel import Funnel, Stack
from iftgen.tui.widgets.header import Head, Header
from iftgen.tui.widgets.histogram import Histogram
from iftgen.tui.widgets.latest import Latest
from iftgen.tui.widgets.numbers import Money, Numbers, RunNumbers
from iftgen.tui.widgets.rows_pane import RowsPane
from iftgen.watch.calls import read_calls
from iftgen.watch.coverage import Coverage
from iftgen.watch.feed import RunFeed
from iftgen.watch.index import RowIndex, last_rows
from iftgen.watch.ledger import Ledger
from iftgen.watch.scores import ScoreTable

# Points of the sparkline, and latest examples that are read.
POINTS, LATEST = 60, 12
TABS = {"overview": "Overview", "rejected": "Rejected", "examples": "Accepted", "failed": "Errors", "scores": "Scores"}
# Keys that stand at the foot of the overview only.
STEERING = ("pause", "concurrency(1)", "concurrency(-1)", "budget", "finish", "review", "back")
NO_BUDGET = "The new budget (a run that began without one takes it only when it is resumed)"
BUDGET_HINT = "usd=8, or tokens=2e6, calls=5000, minutes=90"


def _unshown(one: ActiveBinding) -> ActiveBinding:
    return one._replace(binding=replace(one.binding, show=False))


class RunScreen(Screen[None]):
    """Shows a run by its folder. The reader's thread calls `poll`, the app calls `show` after it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"tab('{tab}')", name, show=False, tooltip=f"Show the tab {name}")
            for number, (tab, name) in enumerate(TABS.items(), 1)
        ),
        Binding("p", "pause", "Pause", tooltip="Pause the run, or let it go on"),
        Binding("plus,equals_sign", "concurrency(1)", "More", tooltip="More calls at once"),
        Binding("minus", "concurrency(-1)", "Fewer", tooltip="Fewer calls at once"),
        Binding("b", "budget", "Budget", tooltip="Another budget"),
        Binding("e", "finish", "Finish", tooltip="Finish early with the examples that are there"),
        Binding("r", "review", "Review", tooltip="Judge a random sample of the rows by hand"),
        Binding("escape,backspace", "back", "Sweep", tooltip="Back to the sweep"),
    ]

    def __init__(self, feed: RunFeed, reviewer: str) -> None:
        """Show a feed."""
        super().__init__()
        self.feed = feed
        folder = feed.folder
        self.humans = Humans(folder.path, reviewer)
        self.panes = {
            kind: RowsPane(kind, RowIndex(folder.rows(kind)), self.humans, id=f"{kind}-rows")
            for kind in ("rejected", "examples", "failed")
        }
        self.coverage = CoverageMap(Coverage(self.panes["examples"].index), id="coverage")
        self.histogram = Histogram(ScoreTable(folder.rows("examples"), folder.rows("rejected")), id="histogram")
        self.ledger = Ledger(folder.rows("rejected"))
        self._accepted = -1
        self._heard = -1  # answers of the run to what was steered; -1: those so far are none to us
        self._asked = 0  # the concurrency that was asked for last

    def compose(self) -> ComposeResult:
        """Head, tabs, foot."""
        yield Header(id="head")
        with TabbedContent(initial="overview"):
            with TabPane("1 Overview", id="overview"), VerticalScroll(id="overview-body"):
                with Horizontal(id="panels"):
                    with Container(id="figures"):
                        yield RunNumbers(id="numbers")
                        yield Money(id="money")
                    yield Funnel(id="funnel")
                    yield self.coverage
                yield Latest(id="latest")
            with TabPane("2 Rejected", id="rejected"):
                yield self.panes["rejected"]
            with TabPane("3 Accepted", id="examples"):
                yield self.panes["examples"]
            with TabPane("4 Errors", id="failed"):
                yield Errors(id="errors")
                yield self.panes["failed"]
            with TabPane("5 Scores", id="scores"):
                yield self.histogram
                yield Static("", id="scores-hint", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show what is known, and let the clock run."""
        self.set_interval(1.0, self._tick)
        self.show()

    def poll(self) -> bool:
        """Read what is new, in the reader's thread: events, and the rows of what is shown; tells whether it changed."""
        changed = self.feed.poll()
        for kind in self._kinds():
            changed |= self.panes[kind].poll()
        if self._tab == "scores":
            changed |= self.histogram.table.poll()
        elif self._tab == "overview":
            changed |= self.ledger.poll(self.feed.view.filters)
        return changed | self.humans.refresh()

    @property
    def behind(self) -> bool:
        """Whether there is more to read at once."""
        tab = self._tab
        more = self.histogram.table.behind if tab == "scores" else self.ledger.behind and tab == "overview"
        return self.feed.behind or more or any(self.panes[kind].behind for kind in self._kinds())

    def show(self) -> None:
        """Draw what is new, of what can be seen."""
        view = self.feed.view
        self._tick()
        self._answered()
        self._count_tabs()
        if self._tab == "overview":
            self.query_one(RunNumbers).show(Numbers(view, tuple(self.feed.pace.curve(POINTS))))
            self.query_one(Money).show(view)
            self.query_one(Funnel).show(Stack(view, self.ledger.counts()))
            self.coverage.update(dict(view.quotas))
            self.coverage.display = view.rows is None or len(self.coverage.coverage.axes) > 2 or self._several
            self._show_latest(view.accepted)
        elif self._tab == "scores":
            self.histogram.update()
        elif self._tab in self.panes:
            self.panes[self._tab].show()
        if self._tab == "failed":
            self.query_one(Errors).show(view.errors)

    def _kinds(self) -> tuple[str, ...]:
        """The row files that are read: accepted rows for the coverage, and those of the tab that is shown."""
        return ("examples",) if self._tab == "overview" else (self._tab,) if self._tab in self.panes else ()

    @property
    def _several(self) -> bool:
        """Whether the accepted rows are of several tasks; those of a file are often all of one."""
        return len(self.panes["examples"].index.task_names.texts) > 1

    @property
    def _tab(self) -> str:
        tabs = self.query(TabbedContent)
        return tabs.first().active if tabs else "overview"

    def _tick(self) -> None:
        view = self.feed.view
        self.query_one(Header).show(Head(self.feed.name, view, round(self.feed.seconds())))

    def _count_tabs(self) -> None:
        view, tabs = self.feed.view, self.query_one(TabbedContent)
        problems = view.failed + sum(view.retries.values())
        counts = {"rejected": view.rejected, "examples": view.accepted, "failed": problems}
        for number, (tab, word) in enumerate(TABS.items(), 1):
            label = f"{number} {word} {counts[tab]:,}" if counts.get(tab) else f"{number} {word}"
            if tabs.get_tab(tab).label.plain != label:
                tabs.get_tab(tab).label = label

    def _show_latest(self, accepted: int) -> None:
        if accepted != self._accepted or not self.query_one(Latest).value:
            self._accepted = accepted
            self.query_one(Latest).show(tuple(last_rows(self.feed.folder.rows("examples"), LATEST)))

    @on(TabbedContent.TabActivated)
    def _switched(self) -> None:
        self.show()
        if self._tab in self.panes:
            self.panes[self._tab].table.focus()
        elif self._tab == "scores":
            self.histogram.focus()
        else:
            self.query_one("#overview-body").focus()
        self.refresh_bindings()

    @on(RowsPane.Raw)
    def _open_calls(self, message: RowsPane.Raw) -> None:
        calls = read_calls(self.feed.folder.path, message.row)
        self.app.push_screen(Reader(f"Calls of row {message.row.get('index')}", calls_text(calls)))

    def action_tab(self, tab: str) -> None:
        """Show a tab."""
        if tab != self._tab:
            self.set_focus(None)  # or the focus would go from what is hidden to its neighbour, and take the tab back
        self.query_one(TabbedContent).active = tab

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys; at the foot those that steer the run stand where there is room for them, on the overview."""
        found = super().active_bindings
        if self._tab == "overview":
            return found
        return {key: _unshown(one) if one.binding.action in STEERING else one for key, one in found.items()}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Steer only what goes on; go back only where there is a sweep."""
        if action in ("pause", "concurrency", "budget", "finish"):
            return self.feed.view.live
        if action == "back":
            return any(isinstance(screen, SweepScreen) for screen in self.app.screen_stack)
        return True

    def action_pause(self) -> None:
        """Pause, or go on."""
        paused = self.feed.view.status == "paused"
        self._steer("It goes on." if paused else "It pauses: calls in flight are finished.", paused=not paused)

    def action_concurrency(self, by: int) -> None:
        """Allow more or fewer calls at once, by a quarter."""
        now = self._asked or self.feed.view.most or 1
        wanted = max(1, now + by * max(1, now // 4))
        if self._steer(f"At most {wanted} calls at once.", concurrency=wanted):
            self._asked = wanted

    @work
    async def action_budget(self) -> None:
        """Ask for another budget."""
        caps = self.feed.view.paid.get("budget") or {}
        now = " ".join(f"{key}={cap:g}" for key, (_, cap) in caps.items())
        given = await self.app.push_screen_wait(Ask("The new budget" if now else NO_BUDGET, BUDGET_HINT, now))
        if not given:
            return
        try:
            budget = {
                key.strip(): float(value)
                for key, _, value in (part.partition("=") for part in given.replace(",", " ").split())
            }
        except ValueError:
            self.app.notify(f"{given!r} is no budget. Give {BUDGET_HINT}.", severity="error", markup=False)
            return
        self._steer(f"A budget of {given} is asked for.", budget=budget)

    @work
    async def action_finish(self) -> None:
        """Finish early, if that is wanted."""
        if await self.app.push_screen_wait(Sure("Finish now, with the examples that are there?")):
            self._steer("It finishes: calls in flight are ended first.", finish=True)

    def action_review(self) -> None:
        """Open the review of a sample."""
        self.app.action_open_review(self.feed.folder.path)  # type: ignore[attr-defined]

    def action_back(self) -> None:
        """Go back to the sweep."""
        self.app.pop_screen()

    def _steer(self, words: str, **changes: Any) -> bool:
        """Wish for something, and say so; tells whether that was possible."""
        try:
            steer(self.feed.folder.path, **changes)
        except IftgenError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return False
        self.app.clear_notifications()
        self.app.notify(words, markup=False)
        return True

    def _answered(self) -> None:
        """Say what the run has refused, and forget what was asked for once it has answered."""
        steered = self.feed.view.steered
        if self._heard < 0 or self.feed.behind:  # this is history
            self._heard = len(steered)
        new = steered[self._heard :]
        if new:
            self._heard += len(new)
            self._asked = 0
        for event in new:
            if event.get("refused"):
                self.app.notify(f"Refused: {one_line(event['refused'], 600)}", severity="error", markup=False)
