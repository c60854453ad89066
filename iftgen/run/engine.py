"""The engine: runs draws inside the window, and commits their outcomes in order of index.

Only commits change what later draws and the final filters see, so the rows that are written do not depend on timing.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

from iftgen.backends.line import PLACE
from iftgen.errors import BudgetSpent, CallFailed, IftgenError
from iftgen.filters.stack import FilterStack
from iftgen.methods.base import Desk, Method, Offline, Send, blank_candidates
from iftgen.run.counts import Counts
from iftgen.run.rows import Bill, Outcome, notes_of, pair_of, row_json
from iftgen.store.events import EventLog
from iftgen.store.folder import Kind, RunFolder
from iftgen.types import Candidate, Draw, Pair, Reply, Request, Verdict

Status = Literal["completed", "stopped", "exhausted"]
Drain = Callable[[float | None], Awaitable[None]]
# Seconds that calls in flight get to finish when the run has all it wants: they are paid for, and of use when it grows.
GRACE = 10.0
# Seconds between two `progress` events.
EVERY = 0.1
# Seconds after which they are told anyway, where no commit came.
TICK = 1.0
# Commits after which signals and other tasks get their turn, where no commit has to wait.
TURN = 64


class Planner(Protocol):
    """What the engine needs of a planner: the quota planner, or the rows of a file."""

    commits: int

    @property
    def finished(self) -> bool:
        """Everything that was asked for is there."""
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
    ) -> None:
        """Take the parts; `desk` furnishes a draw's desk around a way to send.

        `drain` sends nothing more and waits for the calls in flight, at most that many seconds (None: to their end).
        `meter` returns what was paid so far, for the `progress` events.
        """
        self.planner, self.methods, self.stack = planner, methods, stack
        self._offline = {name: method for name, method in methods.items() if isinstance(method, Offline)}
        self.folder, self.events = folder, events
        self.seed, self.models = seed, dict(models)
        self.counts = Counts()
        self._desk, self._send, self._drain, self._meter = desk, send, drain, meter
        self._outcomes: dict[int, asyncio.Future[Outcome]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready: list[tuple[Candidate, Draw, Bill]] = []
        self.stopping = False
        self._halting: asyncio.Future[None] | None = None
        self._draining: asyncio.Task[None] | None = None
        self._told = float("-inf")

    @property
    def in_flight(self) -> int:
        """Candidates that were drawn and not committed."""
        return len(self._outcomes)

    def stop(self) -> None:
        """Draw and send nothing more; calls in flight end, and what is whole is written.

        Without a way to drain, all candidates are finished. A run that has all it wants ends at once.
        """
        if self._draining is not None:
            self._draining.cancel()
        elif self._drain is not None and not self.stopping:
            self._halting = asyncio.ensure_future(self._halt(self._drain))
        self.stopping = True

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
            await self._cancel_rest()
            self._tell()
            self.folder.flush()

    async def _commit_all(self) -> Status:
        """Draw and commit in order of index until there is nothing left to do."""
        while True:
            if not self.stopping:
                self._begin(self._new_draws())
            if self.planner.finished:
                return "completed"
            index = self.planner.commits
            if index not in self._outcomes:
                return "stopped" if self.stopping else "exhausted"
            if not self._outcomes[index].done():
                self._tell()
                self.folder.flush()
            elif index % TURN == 0:
                await asyncio.sleep(0)
            try:
                outcome = await self._outcomes[index]
            except _Halted:
                return "stopped"
            del self._outcomes[index]
            self._commit(index, outcome)

    async def _halt(self, drain: Drain) -> None:
        """End the calls, then give up the candidates that are not whole: their replies so far are stored."""
        await drain(None)
        while self._tasks or self._ready:
            await asyncio.wait(self._tasks) if self._tasks else await asyncio.sleep(0)
        for future in self._outcomes.values():
            if not future.done():
                future.set_exception(_Halted())
                future.exception()  # marked as seen: only the first one due is raised

    async def _tick(self) -> None:
        """Tell the counts now and then while commits wait for a slow call."""
        while True:
            await asyncio.sleep(TICK)
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
        loop = asyncio.get_running_loop()
        for draw in draws:
            for index in range(max(draw.index, self.planner.commits), draw.index + draw.count):
                self._outcomes[index] = loop.create_future()
            if not self._judge_given(draw):
                self._spawn(self._work(draw))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _judge_given(self, draw: Draw) -> bool:
        """Judge candidates that need no call, without a task for each; the filters with memory judge at the commit."""
        method = self._offline.get(draw.method)
        rows = method.given(draw) if method is not None else None
        for row in rows or ():
            outcome = Outcome(row, draw=draw.n)
            try:
                outcome.verdict = _problem(row) or self.stack.check_given(row)
            except Exception as error:
                self._break(draw, error)
            else:
                self._settle(outcome)
        return rows is not None

    async def _work(self, draw: Draw) -> None:
        """Make the candidates of a draw and finish each of them on its own."""
        PLACE.set(draw.index)
        method = self.methods[draw.method]
        ledger = _Ledger(self._send)
        try:
            rows = await method.propose(draw, self._desk(draw, ledger.send))
            if len(rows) != draw.count:
                raise ValueError(f"the method {draw.method} made {len(rows)} candidates of a draw of {draw.count}")
        except CallFailed as error:
            shares = ledger.bill.split(draw.count)
            for row, share in zip(blank_candidates(draw), shares, strict=True):
                self._settle(Outcome(row, share, error=str(error), draw=draw.n))
            return
        except Exception as error:
            self._break(draw, error)
            return
        if not self._ready:
            asyncio.get_running_loop().call_soon(self._finish_ready)
        self._ready += zip(rows, [draw] * draw.count, ledger.bill.split(draw.count), strict=True)

    def _finish_ready(self) -> None:
        """Go on with the candidates that came within one turn of the loop, after the filters have seen them all."""
        ready, self._ready = self._ready, []
        try:
            self.stack.anticipate([row for row, _, _ in ready if not row.problem])
        except Exception as error:
            for _, draw, _ in ready:
                self._break(draw, error)
            return
        for row, draw, share in ready:
            if row.index in self._outcomes:
                self._spawn(self._finish(row, draw, share))

    async def _finish(self, row: Candidate, draw: Draw, share: Bill) -> None:
        PLACE.set(row.index)
        ledger = _Ledger(self._send)
        outcome = Outcome(row, share, draw=draw.n)
        try:
            outcome.verdict = _problem(row) or self.stack.check_instruction(row, draw.view)
            if outcome.verdict is None:
                await self.methods[draw.method].respond(row, draw, self._desk(draw, ledger.send))
                outcome.answered = draw.method != "file" or ledger.bill.calls > 0
                outcome.verdict = _problem(row) or self.stack.check_response(row)
        except CallFailed as error:
            outcome.error = str(error)
        except Exception as error:
            self._break(draw, error)
            return
        outcome.bill = share + ledger.bill
        self._settle(outcome)

    def _settle(self, outcome: Outcome) -> None:
        future = self._outcomes.get(outcome.row.index)
        if future is not None and not future.done():
            future.set_result(outcome)

    def _break(self, draw: Draw, error: Exception) -> None:
        """Let the error end the run when its draw is due: the draws before it are still committed."""
        for index in range(draw.index, draw.index + draw.count):
            future = self._outcomes.get(index)
            if future is not None and not future.done():
                future.set_exception(error)
                future.exception()  # marked as seen: only the first one due is raised

    def _commit(self, index: int, outcome: Outcome) -> None:
        if outcome.verdict is None and not outcome.error:
            if self.planner.full(outcome.row.task):
                reason = f"the task {outcome.row.task} has all the examples of its quota"
                outcome.verdict = Verdict(False, "quota", "final", reason)
            else:
                outcome.verdict = self.stack.final(outcome.row)
        kind, row = row_json(outcome, self.seed, self.models)
        self.folder.append(kind, row)
        self._take(index, kind, row, outcome.row.template)
        if time.monotonic() - self._told >= EVERY:
            self._tell()

    def _tell(self) -> None:
        """Emit the counts so far: often enough for the eye, not once for each candidate."""
        self._told = time.monotonic()
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
            paid=self._meter() if self._meter else {},
        )

    def _take(self, index: int, kind: Kind, row: Mapping[str, Any], template: bool) -> None:
        """Let a committed row act on the state: counts, planner, and the memory of the filters."""
        self.counts.add(kind, row)
        pair = pair_of(row) if kind == "examples" else None
        if pair is not None:
            self.stack.remember(pair, index + 1, template)
        self.planner.commit(index, row["task"], pair)

    async def _cancel_rest(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._outcomes.clear()


class _Halted(Exception):
    """The candidate will not be whole: the run was stopped before its calls were sent."""


class _Ledger:
    """Sends requests on and adds up what their replies cost."""

    def __init__(self, send: Send) -> None:
        self.bill = Bill()
        self._send: Callable[[Request], Awaitable[Reply]] = send

    async def send(self, request: Request) -> Reply:
        reply = await self._send(request)
        self.bill += Bill.of(reply)
        return reply


def _problem(row: Candidate) -> Verdict | None:
    if not row.problem:
        return None
    stage = "instruction" if row.problem_filter == "parse" else "response"
    return Verdict(False, row.problem_filter, stage, row.problem)
