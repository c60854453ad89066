"""The screen of one run: counts, filters, coverage, rows, scores; and the keys that steer it."""

from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
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
from iftgen.tui.widgets.funnel import Funnel
from iftgen.tui.widgets.header import Head, Header
from iftgen.tui.widgets.histogram import Histogram
from iftgen.tui.widgets.latest import Latest
from iftgen.tui.widgets.numbers import Money, Numbers, RunNumbers
from iftgen.tui.widgets.rows_pane import RowsPane
from iftgen.watch.calls import read_calls
from iftgen.watch.coverage import Coverage
from iftgen.watch.feed import RunFeed
from iftgen.watch.index import RowIndex, last_rows
from iftgen.watch.scores import ScoreTable

# Points of the sparkline, and latest examples that are read.
POINTS, LATEST = 60, 12
TABS = {"overview": "Overview", "rejected": "Rejected", "examples": "Accepted", "failed": "Errors", "scores": "Scores"}
NO_BUDGET = "The new budget (a run that began without one takes it only when it is resumed)"
BUDGET_HINT = "usd=8, or tokens=2e6, calls=5000, minutes=90"


class RunScreen(Screen[None]):
    """Shows a run by its folder. The reader's thread calls `poll`, the app calls `show` after it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"tab('{tab}')", name, show=False, tooltip=f"Show the tab {name}")
            for number, (tab, name) in enumerate(TABS.items(), 1)
        ),
        Binding("p", "pause", "Pause", tooltip="Pause the run, or let it go on"),
        Binding("plus,equals_sign", "concurrency(1)", "More", show=False, tooltip="More calls at once"),
        Binding("minus", "concurrency(-1)", "Fewer", show=False, tooltip="Fewer calls at once"),
        Binding("b", "budget", "Budget", show=False, tooltip="Another budget"),
        Binding("e", "finish", "Finish", show=False, tooltip="Finish early with the examples that are there"),
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
        self._accepted = -1
        self._heard = -1  # answers of the run to what was steered; -1: those so far are none to us
        self._asked = 0  # the concurrency that was asked for last

    def compose(self) -> ComposeResult:
        """Head, tabs, foot."""
        yield Header(id="head")
        with TabbedContent(initial="overview"):
            with TabPane("Overview", id="overview"), VerticalScroll():
                with Horizontal(id="panels"):
                    with Container(id="figures"):
                        yield RunNumbers(id="numbers")
                        yield Money(id="money")
                    yield Funnel(id="funnel")
                    yield self.coverage
                yield Latest(id="latest")
            with TabPane("Rejected", id="rejected"):
                yield self.panes["rejected"]
            with TabPane("Accepted", id="examples"):
                yield self.panes["examples"]
            with TabPane("Failed", id="failed"):
                yield Errors(id="errors")
                yield self.panes["failed"]
            with TabPane("Scores", id="scores"):
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
        return changed | self.humans.refresh()

    @property
    def behind(self) -> bool:
        """Whether there is more to read at once."""
        scores = self._tab == "scores" and self.histogram.table.behind
        return self.feed.behind or scores or any(self.panes[kind].behind for kind in self._kinds())

    def show(self) -> None:
        """Draw what is new, of what can be seen."""
        view = self.feed.view
        self._tick()
        self._answered()
        self._count_tabs()
        if self._tab == "overview":
            self.query_one(RunNumbers).show(Numbers(view, tuple(self.feed.pace.curve(POINTS))))
            self.query_one(Money).show(view)
            self.query_one(Funnel).show(view)
            self.coverage.update(dict(view.quotas))
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
    def _tab(self) -> str:
        tabs = self.query(TabbedContent)
        return tabs.first().active if tabs else "overview"

    def _tick(self) -> None:
        view = self.feed.view
        self.query_one(Header).show(Head(self.feed.name, view, round(self.feed.seconds())))

    def _count_tabs(self) -> None:
        view, tabs = self.feed.view, self.query_one(TabbedContent)
        for tab, word, count in (("rejected", "Rejected", view.rejected), ("examples", "Accepted", view.accepted)):
            label = f"{word} {count:,}" if count else word
            if tabs.get_tab(tab).label.plain != label:
                tabs.get_tab(tab).label = label
        problems = view.failed + sum(view.retries.values())
        label = f"Errors {problems:,}" if problems else "Errors"
        if tabs.get_tab("failed").label.plain != label:
            tabs.get_tab("failed").label = label

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

    @on(RowsPane.Raw)
    def _open_calls(self, message: RowsPane.Raw) -> None:
        calls = read_calls(self.feed.folder.path, message.row)
        self.app.push_screen(Reader(f"Calls of row {message.row.get('index')}", calls_text(calls)))

    def action_tab(self, tab: str) -> None:
        """Show a tab."""
        self.query_one(TabbedContent).active = tab

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
