"""The engine: draws inside the window, and commits the outcomes in order of index.

Only commits change what later draws and the final filters see, so the rows that are written do not depend on timing.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

from iftgen.apportion import WHOLE, Shard
from iftgen.errors import BudgetSpent, IftgenError
from iftgen.filters.stack import FilterStack
from iftgen.methods.base import Desk, Method, Send
from iftgen.run.counts import Counts
from iftgen.run.rows import Outcome, notes_of, pair_of, row_json
from iftgen.run.work import Halted, Pool, Work
from iftgen.store.events import EventLog
from iftgen.store.folder import Kind, RunFolder
from iftgen.types import Draw, Pair, Verdict

Status = Literal["completed", "stopped", "exhausted"]
Drain = Callable[[float | None], Awaitable[None]]
# Seconds that calls in flight get to finish when the run has all it wants: they are paid for, and of use when it grows.
GRACE = 10.0
# Seconds between two `progress` events.
EVERY = 0.1
# Seconds after which they are told anyway, where no commit came: a run that is silent for longer is thought dead.
TICK = 0.9
# Commits after which signals and other tasks get their turn, where no commit has to wait.
TURN = 64


class Planner(Protocol):
    """What the engine needs of a planner: the quota planner, or the rows of a file."""

    commits: int

    @property
    def finished(self) -> bool:
        """Everything that was asked for is there."""
        ...

    @property
    def quotas(self) -> Mapping[str, int]:
        """How many examples each task is to have."""
        ...

    @property
    def unfilled(self) -> Mapping[str, int]:
        """Tasks that were given up, with the number of examples that they got."""
        ...

    @property
    def moves(self) -> int:
        """How often quotas were set or moved."""
        ...

    def next_draw(self) -> Draw | None:
        """Return the next draw, or None while none may be made."""
        ...

    def commit(self, index: int, task: str, example: Pair | None) -> None:
        """Record the outcome of the next index."""
        ...

    def full(self, task: str) -> bool:
        """Tell whether the task has all its examples."""
        ...


class Engine:
    """One run, from the first draw that is in no row file to the last commit."""

    def __init__(
        self,
        planner: Planner,
        methods: Mapping[str, Method],
        stack: FilterStack,
        folder: RunFolder,
        events: EventLog,
        desk: Callable[[Draw, Send], Desk],
        send: Send,
        seed: int,
        models: Mapping[str, str],
        drain: Drain | None = None,
        meter: Callable[[], dict[str, Any]] | None = None,
        places: Shard = WHOLE,
        pool: Pool | None = None,
    ) -> None:
        """Take the parts; `desk` furnishes a draw's desk around a way to send.

        `drain` sends nothing more and waits for the calls in flight, at most that many seconds (None: to their end).
        `meter` returns what else the `progress` events tell, such as what was paid so far. `places` are the indices
        that rows are written with: those of a shard of a file stand apart. `pool` judges the rows of a file.
        """
        self.planner, self.stack = planner, stack
        self.folder, self.events = folder, events
        self.seed, self.models = seed, dict(models)
        self.counts = Counts()
        self._drain, self._meter, self._places = drain, meter, places
        self._work = Work(methods, stack, desk, send, pool)
        self._held: list[Draw] = []  # drawn while the run was paused: what a draw sees must not depend on that
        self.stopping = self.paused = False
        self._steered = asyncio.Event()
        self._halting: asyncio.Future[None] | None = None
        self._draining: asyncio.Task[None] | None = None
        self._told = float("-inf")
        self._moves = planner.moves

    @property
    def in_flight(self) -> int:
        """Candidates whose draw was begun and that are not committed."""
        return len(self._work.outcomes)

    def stop(self) -> None:
        """Draw and send nothing more; calls in flight end, and what is whole is written.

        Without a way to drain, all candidates are finished. A run that has all it wants ends at once.
        """
        if self._draining is not None:
            self._draining.cancel()
        elif self._drain is not None and not self.stopping:
            self._halting = asyncio.ensure_future(self._halt(self._drain))
        self.stopping = True
        self._steered.set()

    def pause(self, paused: bool) -> None:
        """Begin no draw for now, or go on; candidates that were begun and need no further call are committed."""
        self.paused = paused
        if not paused and not self.stopping:
            self._begin([])
        self._steered.set()
        self._tell()

    def replay(self, rows: Iterable[tuple[Kind, dict[str, Any]]], seeds: Sequence[Pair]) -> list[Draw]:
        """Take in the seeds and the committed rows, and return the draws that were begun and are not all committed."""
        for pair in seeds:
            self.stack.remember(pair, 0, False)
        open_draws: list[Draw] = []
        for index, (kind, row) in enumerate(rows, start=self.planner.commits):
            open_draws += self._new_draws()
            self._take(index, kind, row, bool(notes_of(row).get("template")))
            open_draws = [draw for draw in open_draws if draw.index + draw.count > index + 1]
        return open_draws

    async def run(self, open_draws: Sequence[Draw] = ()) -> Status:
        """Go on until the planner has what it wants, has nothing more to draw, or the run is stopped."""
        ticking = asyncio.ensure_future(self._tick())
        try:
            self._begin(open_draws)
            status = await self._commit_all()
            await self._let_finish(GRACE)
            return status
        except BudgetSpent:
            await self._let_finish(None)
            raise
        except IftgenError:  # one backend may be dead while another one writes replies that are paid for
            await self._let_finish(GRACE)
            raise
        finally:
            ticking.cancel()
            if self._halting is not None:
                self._halting.cancel()
            await self._work.cancel()
            self._tell()
            self.folder.flush()

    async def _commit_all(self) -> Status:
        """Draw and commit in order of index until there is nothing left to do."""
        outcomes = self._work.outcomes
        while True:
            if not self.stopping:
                self._begin(self._new_draws())
            if self.planner.finished:
                return "completed"
            index = self.planner.commits
            if index not in outcomes:
                if self.stopping or not self._held:
                    return "stopped" if self.stopping else "exhausted"
                await self._wait_for_go()
                continue
            if not outcomes[index].done():
                self._tell()
                self.folder.flush()
            elif index % TURN == 0:
                await asyncio.sleep(0)
            try:
                outcome = await outcomes[index]
            except Halted:
                return "stopped"
            del outcomes[index]
            self._commit(index, outcome)

    async def _wait_for_go(self) -> None:
        """Wait until a pause is over or the run is stopped."""
        self._steered.clear()
        self.folder.flush()
        await self._steered.wait()

    async def _halt(self, drain: Drain) -> None:
        """End the calls, then give up the candidates that are not whole: their replies so far are stored."""
        await drain(None)
        await self._work.give_up()

    async def _tick(self) -> None:
        """Tell the counts now and then while commits wait for a slow call."""
        while True:
            await asyncio.sleep(max(EVERY, self._told + TICK - time.monotonic()))
            if time.monotonic() - self._told >= TICK:
                self._tell()

    async def _let_finish(self, seconds: float | None) -> None:
        """Let the calls in flight end, whose replies are stored; a signal cuts the wait short."""
        if self._drain is None:
            return
        self._draining = asyncio.ensure_future(self._drain(seconds))
        with contextlib.suppress(asyncio.CancelledError):
            await self._draining

    def _new_draws(self) -> list[Draw]:
        draws = []
        while (draw := self.planner.next_draw()) is not None:
            draws.append(draw)
        return draws

    def _begin(self, draws: Sequence[Draw]) -> None:
        """Begin draws, and those that a pause held back; while it lasts they are held."""
        self._held += draws
        if self._held and not self.paused:
            held, self._held = self._held, []
            self._work.begin(held, self.planner.commits)

    def _commit(self, index: int, outcome: Outcome) -> None:
        self._judge_finally(outcome)
        outcome.row.index = self._places.place(index)
        kind, row = row_json(outcome, self.seed, self.models)
        self.folder.append(kind, row)
        self._take(index, kind, row, outcome.row.template)
        if time.monotonic() - self._told >= EVERY:
            self._tell()

    def _judge_finally(self, outcome: Outcome) -> None:
        """Judge by quota and duplicates, against everything before; a ledger wants that of rejected rows too."""
        open_still = outcome.verdict is None
        if outcome.error or outcome.row.problem or not (open_still or self.stack.every):
            return
        full = self.planner.full(outcome.row.task)
        final = self.stack.final(outcome.row) if self.stack.every or not full else None
        if open_still and full:
            reason = f"the task {outcome.row.task} has all the examples of its quota"
            outcome.verdict = Verdict(False, "quota", "final", reason)
        elif open_still:
            outcome.verdict = final

    def _tell(self) -> None:
        """Emit the counts so far: often enough for the eye, not once for each candidate."""
        self._told = time.monotonic()
        if self._moves != self.planner.moves:
            self._moves = self.planner.moves
            self.events.emit("quotas", quotas=dict(self.planner.quotas), given_up=dict(self.planner.unfilled))
        counts, usage = self.counts, self.counts.bill.usage
        self.events.emit(
            "progress",
            accepted=counts.examples,
            rejected=counts.rejected,
            failed=counts.failed,
            in_flight=self.in_flight,
            by_filter=counts.by_filter,
            tokens=usage.prompt_tokens + usage.completion_tokens,
            cost_usd=counts.bill.cost_usd,
            paused=self.paused,
            **(self._meter() if self._meter else {}),
        )

    def _take(self, index: int, kind: Kind, row: Mapping[str, Any], template: bool) -> None:
        """Let a committed row act on the state: counts, planner, and the memory of the filters."""
        self.counts.add(kind, row)
        pair = pair_of(row) if kind == "examples" else None
        if pair is not None:
            self.stack.remember(pair, index + 1, template)
        self.planner.commit(index, row["task"], pair)
