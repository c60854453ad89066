"""The work on draws that were begun: their candidates are made and judged here, in any order."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from iftgen.backends.line import PLACE
from iftgen.errors import CallFailed, RunError
from iftgen.filters.stack import FilterStack
from iftgen.methods.base import Desk, Method, Offline, Send, blank_candidates
from iftgen.run.rows import Bill, Outcome
from iftgen.types import Candidate, Draw, Reply, Request, Verdict

# The fewest candidates that are sent to another process at once.
MIN_BLOCK = 32


class Pool(Protocol):
    """Processes that judge candidates which are complete, as `FilterStack.check_given` does."""

    width: int

    async def judge(self, rows: Sequence[Candidate]) -> "Sequence[tuple[Candidate, Verdict | None]]":
        """Return each row, with its scores, and its verdict."""
        ...


class Halted(Exception):
    """The candidate will not be whole: the run was stopped before its calls were sent."""


class Work:
    """The candidates that were drawn and are not committed; `outcomes` holds what becomes of each index.

    The outcome of an index raises what the work on its draw raised, and Halted where the run was stopped before.
    """

    def __init__(
        self,
        methods: Mapping[str, Method],
        stack: FilterStack,
        desk: Callable[[Draw, Send], Desk],
        send: Send,
        pool: Pool | None = None,
    ) -> None:
        """Take the parts; `desk` furnishes a draw's desk around a way to send; `pool` judges what needs no call."""
        self.outcomes: dict[int, asyncio.Future[Outcome]] = {}
        self._methods, self._stack, self._desk, self._send = methods, stack, desk, send
        self._offline = {name: method for name, method in methods.items() if isinstance(method, Offline)}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready: list[tuple[Candidate, Draw, _Till]] = []
        self._given: list[tuple[Outcome, Draw]] = []
        self._pool = pool
        self._halting = False

    def begin(self, draws: Sequence[Draw], first: int) -> None:
        """Begin draws; of their candidates those before the index `first` are committed already."""
        loop = asyncio.get_running_loop()
        for draw in draws:
            for index in range(max(draw.index, first), draw.index + draw.count):
                self.outcomes[index] = loop.create_future()
            if not self._take_given(draw):
                self._spawn(self._propose(draw))

    async def give_up(self) -> None:
        """Wait until nothing moves any more, once the calls have ended, and halt the candidates that are not whole."""
        self._halting = True
        while self._tasks or self._ready or self._given:
            await asyncio.wait(self._tasks) if self._tasks else await asyncio.sleep(0)
        for future in self.outcomes.values():
            _fail(future, Halted())

    async def cancel(self) -> None:
        """Cancel everything."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.outcomes.clear()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _take_given(self, draw: Draw) -> bool:
        """Judge candidates that are complete, without a task for each; filters with memory judge at the commit."""
        method = self._offline.get(draw.method)
        rows = method.given(draw) if method is not None else None
        for row in rows or ():
            outcome = Outcome(row, verdict=_problem(row), draw=draw.n)
            if outcome.verdict is not None:
                self._settle(outcome)
            elif self._pool is None:
                self._judge_given(outcome, draw)
            else:
                if not self._given:
                    asyncio.get_running_loop().call_soon(self._send_block, self._pool)
                self._given.append((outcome, draw))
        return rows is not None

    def _judge_given(self, outcome: Outcome, draw: Draw) -> None:
        try:
            outcome.verdict = self._stack.check_given(outcome.row)
        except Exception as error:
            self._break(draw, error)
        else:
            self._go_on(outcome, draw)

    def _send_block(self, pool: Pool) -> None:
        """Have the candidates that came within one turn of the loop judged in other processes."""
        block, self._given = self._given, []
        size = max(MIN_BLOCK, -(-len(block) // pool.width))
        for start in range(0, len(block), size):
            self._spawn(self._judge_block(block[start : start + size], pool))

    async def _judge_block(self, block: Sequence[tuple[Outcome, Draw]], pool: Pool) -> None:
        try:
            judged = await pool.judge([outcome.row for outcome, _ in block])
        except Exception as error:
            # A signal to the whole group ends the processes too: that is the stop that was asked for.
            halted = self._halting and isinstance(error, RunError)
            for _, draw in block:
                self._break(draw, Halted() if halted else error)
            return
        for (outcome, draw), (row, verdict) in zip(block, judged, strict=True):
            outcome.row, outcome.verdict = row, verdict
            self._go_on(outcome, draw)

    def _go_on(self, outcome: Outcome, draw: Draw) -> None:
        """Ask the filters that need a model for it, or settle."""
        if self._stack.asks(outcome.row.task) and (outcome.verdict is None or self._stack.every):
            self._spawn(self._ask_given(outcome, draw))
        else:
            self._settle(outcome)

    async def _ask_given(self, outcome: Outcome, draw: Draw) -> None:
        PLACE.set(draw.index)
        till = _Till(self._send)
        try:
            outcome.verdict = await self._stack.ask_given(outcome.row, outcome.verdict, till.send)
        except CallFailed as error:
            outcome.error = str(error)
        except Exception as error:
            self._break(draw, error)
            return
        outcome.bill, outcome.calls = till.bill, till.keys
        self._settle(outcome)

    async def _propose(self, draw: Draw) -> None:
        """Make the candidates of a draw and finish each of them on its own."""
        PLACE.set(draw.index)
        method = self._methods[draw.method]
        till = _Till(self._send)
        try:
            rows = await method.propose(draw, self._desk(draw, till.send))
            if len(rows) != draw.count:
                raise ValueError(f"the method {draw.method} made {len(rows)} candidates of a draw of {draw.count}")
        except CallFailed as error:
            shares = till.bill.split(draw.count)
            for row, share in zip(blank_candidates(draw), shares, strict=True):
                self._settle(Outcome(row, share, error=str(error), draw=draw.n))
            return
        except Exception as error:
            self._break(draw, error)
            return
        if not self._ready:
            asyncio.get_running_loop().call_soon(self._finish_ready)
        tills = [_Till(self._send, share, till.keys) for share in till.bill.split(draw.count)]
        self._ready += zip(rows, [draw] * draw.count, tills, strict=True)

    def _finish_ready(self) -> None:
        """Go on with the candidates that came within one turn of the loop, after the filters have seen them all."""
        ready, self._ready = self._ready, []
        try:
            self._stack.anticipate([row for row, _, _ in ready if not row.problem])
        except Exception as error:
            for _, draw, _ in ready:
                self._break(draw, error)
            return
        for row, draw, till in ready:
            if row.index in self.outcomes:
                self._spawn(self._finish(row, draw, till))

    async def _finish(self, row: Candidate, draw: Draw, till: "_Till") -> None:
        """Judge an instruction, have it answered, and judge the response."""
        PLACE.set(row.index)
        outcome = Outcome(row, draw=draw.n)
        try:
            outcome.verdict = _problem(row) or await self._stack.judge_instruction(row, draw.view, till.send)
            if outcome.verdict is None:
                asked = len(till.keys)
                await self._methods[draw.method].respond(row, draw, self._desk(draw, till.send))
                outcome.answered = draw.method != "file" or len(till.keys) > asked
                outcome.verdict = _problem(row) or await self._stack.judge_response(row, till.send)
        except CallFailed as error:
            outcome.error = str(error)
        except Exception as error:
            self._break(draw, error)
            return
        outcome.bill, outcome.calls = till.bill, till.keys
        self._settle(outcome)

    def _settle(self, outcome: Outcome) -> None:
        future = self.outcomes.get(outcome.row.index)
        if future is not None and not future.done():
            future.set_result(outcome)

    def _break(self, draw: Draw, error: Exception) -> None:
        """Let the error end the run when its draw is due: the draws before it are still committed."""
        for index in range(draw.index, draw.index + draw.count):
            if index in self.outcomes:
                _fail(self.outcomes[index], error)


def _fail(future: "asyncio.Future[Outcome]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # marked as seen: only the first one due is raised


class _Till:
    """Sends requests on, adds up what their replies cost, and notes their keys; it goes on from a share of a bill."""

    def __init__(self, send: Send, bill: Bill | None = None, keys: Sequence[str] = ()) -> None:
        self.bill = bill or Bill()
        self._keys, self._asked = dict(enumerate(keys)), len(keys)
        self._send: Callable[[Request], Awaitable[Reply]] = send

    @property
    def keys(self) -> list[str]:
        """The keys of the replies, in the order of the requests: which one comes first is a matter of timing."""
        return [self._keys[place] for place in sorted(self._keys)]

    async def send(self, request: Request) -> Reply:
        place, self._asked = self._asked, self._asked + 1
        reply = await self._send(request)
        self.bill += Bill.of(reply)
        self._keys[place] = reply.key
        return reply


def _problem(row: Candidate) -> Verdict | None:
    if not row.problem:
        return None
    stage = "instruction" if row.problem_filter == "parse" else "response"
    return Verdict(False, row.problem_filter, stage, row.problem)
