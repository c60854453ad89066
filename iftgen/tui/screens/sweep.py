"""The screen of a sweep: a line for each job."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Footer, Static, TabbedContent, TabPane

from iftgen.tui.text import clock, dollars, one_line, share, short
from iftgen.tui.widgets.comparison import Comparison
from iftgen.tui.widgets.header import SIGNS, bar, status_words
from iftgen.tui.widgets.table import Cell, Column, Table
from iftgen.watch.sweep import Job, SweepFeed
from iftgen.watch.view import RunView

WAITING = RunView(status="waiting")
# By what a column is sorted, by its title.
KEYS: Mapping[str, Callable[[Job, RunView], Any]] = {
    "job": lambda job, view: (not job.name.isdecimal(), job.name.zfill(8)),
    "what differs": lambda job, view: job.overrides,
    "status": lambda job, view: view.status,
    "progress": lambda job, view: -(view.share_done or 0),
    "accepted": lambda job, view: -view.accepted,
    "acc. %": lambda job, view: -(view.acceptance or 0),
    "rejected by": lambda job, view: -view.rejected,
    "cost": lambda job, view: -(view.paid.get("cost_usd") or 0),
    "rate": lambda job, view: -view.rate,
    "left": lambda job, view: view.remaining if view.remaining is not None else float("inf"),
}
# The override that tells how many examples a job makes.
TARGET = "num_examples"
# The width from which the head tells all.
ROOMY = 110
TONES = {"$success": "good", "$error": "bad", "$warning": "warn", "$text-muted": "dim"}


class JobsSource:
    """The jobs as rows of a table, in the order of a column."""

    def __init__(self, feed: SweepFeed) -> None:
        """Show the jobs of a feed."""
        self.feed = feed
        self.by, self.turned = "job", False
        self.jobs: list[Job] = []
        self._columns: Sequence[Column] = ()

    def refresh(self) -> None:
        """Take in jobs that began, and sort."""
        key = KEYS[self.by]
        self.jobs = sorted(self.feed.jobs.values(), key=lambda job: KEYS["job"](job, WAITING))
        self.jobs.sort(key=lambda job: key(job, view_of(job)), reverse=self.turned)

    def __len__(self) -> int:
        """The number of jobs."""
        return len(self.jobs)

    def columns(self, width: int) -> Sequence[Column]:
        """Return the columns that fit."""
        found = [
            Column("job", 4, right=True),
            Column("status", 14),
            Column("progress", 10),
            Column("accepted", 9, right=True),
        ]
        found += [Column("acc. %", 7, right=True)]
        if width >= 120:
            found += [Column("rate", 8, right=True), Column("left", 7, right=True), Column("cost", 8, right=True)]
            found += [Column("rejected by", 36 if width >= 150 else 22)]
        elif width >= 92:
            found += [Column("rate", 8, right=True), Column("cost", 8, right=True)]
        arrow = "▼" if self.turned else "▲"
        found.append(Column("what differs"))
        self._columns = [replace(one, arrow=arrow if one.title == self.by else "") for one in found]
        return self._columns

    def cells(self, place: int) -> Sequence[Cell]:
        """Return the cells of a job."""
        job = self.jobs[place]
        view = view_of(job)
        return [self._cell(column.title, job, view) for column in self._columns]

    def _cell(self, title: str, job: Job, view: RunView) -> Cell:
        if title == "status":
            sign, colour = SIGNS.get(view.status, ("●", ""))
            return f"{sign} {status_words(view)}"[:14], TONES.get(colour, "")
        if title == "progress":
            return bar(view.share_done or 0.0, 10), "good"
        if title == "what differs":
            bad = view.status in ("failed", "killed") and view.message
            return (one_line(view.message), "bad") if bad else one_line(" ".join(self.differing(job)))
        worst = sorted(view.by_filter.items(), key=lambda item: -item[1])[:3]
        return {
            "job": one_line(job.name),
            "accepted": f"{view.accepted:,}/{short(view.target)}" if view.target else f"{view.accepted:,}",
            "acc. %": share(view.accepted, view.candidates),
            "rate": f"{short(view.rate)}/s" if view.candidates else "",
            "left": clock(view.remaining),
            "cost": dollars(view.paid.get("cost_usd")),
            "rejected by": ", ".join(f"{one_line(name)} {count}" for name, count in worst),
        }[title]

    def differing(self, job: Job) -> list[str]:
        """Return the overrides of a job that not all jobs have."""
        common = set.intersection(*(set(one.overrides) for one in self.jobs)) if len(self.jobs) > 1 else set()
        return [brief(word) for word in job.overrides if word not in common]


def brief(override: str) -> str:
    """Return an override with the last two parts of its key, as `near_duplicate.threshold=0.5`."""
    key, sign, value = override.partition("=")
    return ".".join(key.lstrip("+~").split(".")[-2:]) + sign + value


def view_of(job: Job) -> RunView:
    """Return how a job stands."""
    return job.feed.view if job.feed is not None else WAITING


def targets(jobs: Sequence[Job]) -> list[int]:
    """Return how many examples each job is to make, or rows to judge.

    A job that waits is told by its overrides, else by the others.
    """
    known = [view.target if view.rows is None else view.rows for view in map(view_of, jobs)]
    usual = Counter(target for target in known if target).most_common(1)
    guess = usual[0][0] if usual else 0
    return [
        target if target is not None else _wished(job) or guess if view_of(job).status in ("waiting", "starting") else 0
        for job, target in zip(jobs, known, strict=True)
    ]


def _wished(job: Job) -> int:
    """Return the number of examples among the overrides of a job, 0 where it is not there."""
    given = (word.lstrip("+").partition("=") for word in job.overrides)
    return next((int(value) for key, _, value in given if key == TARGET and value.isdecimal()), 0)


class SweepScreen(Screen[None]):
    """Shows all jobs; a job that is opened has its own screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "tab('sweep-jobs')", "Jobs", show=False, tooltip="Show the jobs"),
        Binding("2", "tab('sweep-comparison')", "Compare", tooltip="Show the jobs side by side, measured"),
        Binding("greater_than_sign,s", "sort(1)", "Sort by", tooltip="Sort by the next column (or click a heading)"),
        Binding("less_than_sign", "sort(-1)", "Sort back", show=False, tooltip="Sort by the column before"),
        Binding("i", "turn", "Reverse", tooltip="Turn the order around"),
    ]

    def __init__(self, feed: SweepFeed) -> None:
        """Show a feed."""
        super().__init__()
        self.feed = feed
        self.source = JobsSource(feed)

    def compose(self) -> ComposeResult:
        """A head, the table, the chosen job in words, the foot."""
        yield Static("", id="sweep-head", markup=False)
        with TabbedContent(initial="sweep-jobs"):
            with TabPane("1 Jobs", id="sweep-jobs"):
                yield Table(self.source, id="jobs")
                with Vertical(id="sweep-job", classes="panel"):
                    yield Static("", id="sweep-words", markup=False)
            with TabPane("2 Comparison", id="sweep-comparison"):
                yield Comparison(self.feed.folder, id="comparison")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show what is known."""
        self.query_one(Table).focus()
        self.show()

    def poll(self) -> bool:
        """Read what is new, in the reader's thread; tells whether anything changed."""
        return self.feed.poll()

    @property
    def behind(self) -> bool:
        """Whether there is more to read at once."""
        return self.feed.behind

    def show(self) -> None:
        """Draw what is new."""
        table = self.query_one(Table)
        chosen = self.job
        self.source.refresh()
        place = self.source.jobs.index(chosen) if chosen in self.source.jobs else 0
        table.show(cursor=place if place != table.cursor else None)
        self.query_one("#sweep-head", Static).update(self._summary())
        self._describe()

    @property
    def job(self) -> Job | None:
        """The job under the cursor."""
        place = self.query_one(Table).place
        return self.source.jobs[place] if place is not None else None

    def _summary(self) -> str:
        views = [view_of(job) for job in list(self.feed.jobs.values())]
        narrow = self.size.width < ROOMY
        name = one_line(self.feed.folder.name if narrow else self.feed.name)
        if not views:
            return f" {name}: no job has begun yet"
        counts: dict[str, int] = {}
        for view in views:
            counts[view.status] = counts.get(view.status, 0) + 1
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        judging = any(view.rows for view in views)  # jobs over a file end with its rows, whatever is accepted
        done = sum(view.candidates if judging else view.accepted for view in views)
        far = f"{done:,} of {sum(targets(list(self.feed.jobs.values()))):,} {'rows' if judging else 'examples'}"
        costs = [view.paid.get("cost_usd") for view in views]
        cost = dollars(sum(cost or 0 for cost in costs)) if any(costs) else ""
        live = [view.rate for view in views if view.live]
        rate = f"{short(sum(live))}/s" if live else ""
        if narrow:
            return f" {name}  {told}  {far.removesuffix(' examples')}"
        return f" {name}   {len(views)} jobs: {told}   {far}   {rate}   {cost}"

    def _describe(self) -> None:
        job = self.job
        if job is None:
            words = ""
        else:
            view = view_of(job)
            rejected = ", ".join(
                f"{one_line(name)} {count:,}" for name, count in sorted(view.by_filter.items(), key=lambda one: -one[1])
            )
            parts = [f"job {one_line(job.name)}: {' '.join(map(one_line, job.overrides))}", one_line(view.message, 600)]
            parts += [f"rejected by {rejected}" if rejected else ""]
            words = "\n".join(part for part in parts if part)
        self.query_one("#sweep-words", Static).update(words)

    @on(TabbedContent.TabActivated)
    def _switched(self) -> None:
        if self.query_one(TabbedContent).active == "sweep-comparison":
            self.query_one(Comparison).focus()
            self.query_one(Comparison).action_measure()
        else:
            self.query_one(Table).focus()

    def action_tab(self, tab: str) -> None:
        """Show a tab."""
        self.query_one(TabbedContent).active = tab

    @on(Table.Moved)
    def _moved(self) -> None:
        self._describe()

    @on(Table.Headed)
    def _headed(self, message: Table.Headed) -> None:
        title = self.source.columns(self.query_one(Table).size.width)[message.place].title
        self._sort(title)

    @on(Table.Chosen)
    def _open(self) -> None:
        job = self.job
        if job is not None and job.feed is not None:
            self.app.open_run(job.feed)  # type: ignore[attr-defined]

    def action_sort(self, by: int) -> None:
        """Sort by another column."""
        titles = [column.title for column in self.source.columns(self.query_one(Table).size.width)]
        self._sort(titles[(titles.index(self.source.by) + by) % len(titles)] if self.source.by in titles else titles[0])

    def action_turn(self) -> None:
        """Turn the order around."""
        self.source.turned = not self.source.turned
        self.show()

    def _sort(self, title: str) -> None:
        self.source.turned = not self.source.turned if title == self.source.by else False
        self.source.by = title
        self.query_one("#jobs", Table).border_subtitle = f"by {title}"
        self.show()
