"""Renders the prompts of sampled draws through the real methods, with a way to send that only writes down."""

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from iftgen.backends import BackendSpec
from iftgen.methods.base import Method, blank_candidates
from iftgen.methods.output_first import SAMPLES
from iftgen.run.forecast.assumptions import NO_LIMIT, Assumptions
from iftgen.run.forecast.ranges import NO_LOAD, Load, Range
from iftgen.run.forecast.simulate import stand_in
from iftgen.run.parts import desk_maker
from iftgen.run.setup import Setup
from iftgen.types import Candidate, Draw, Pair, Reply, Request, Role

Loads = dict[Role, Load]


@dataclass(frozen=True)
class Rehearsal:
    """The requests of one draw: to propose its candidates, and to answer one of them."""

    draw: Draw
    propose: list[Request] = field(default_factory=list)
    respond: list[Request] = field(default_factory=list)


class Rehearser:
    """Plays draws through and estimates what their requests weigh."""

    def __init__(self, setup: Setup, methods: Mapping[str, Method], assumed: Mapping[Role, Assumptions]) -> None:
        """`methods` are those of the run; `assumed` tells tokens and speed by role."""
        self.setup, self.methods, self.assumed = setup, methods, assumed
        self._desk = desk_maker(setup)

    def play(self, draws: Sequence[Draw]) -> list[Rehearsal]:
        """Return the requests of each draw."""

        async def all_of_them() -> list[Rehearsal]:
            return [await self._play(draw) for draw in draws]

        return asyncio.run(all_of_them())

    async def _play(self, draw: Draw) -> Rehearsal:
        method, seen = self.methods[draw.method], Rehearsal(draw)
        stand_ins = random.Random(draw.key)
        pairs = [stand_in(self.setup, draw.task, stand_ins) for _ in range(draw.count)]

        async def propose(request: Request) -> Reply:
            seen.propose.append(request)
            return Reply(_proposal(request, pairs, draw.method))

        async def respond(request: Request) -> Reply:
            # An empty reply ends a method's work on it: no code is run, no choice is made.
            seen.respond.append(request)
            return Reply("")

        rows = await method.propose(draw, self._desk(draw, propose))
        row = rows[0] if draw.method == "file" else _stand_in_row(draw, pairs[0])
        await method.respond(row, draw, self._desk(draw, respond))
        return seen

    def load(self, seen: Rehearsal, acceptance: Range) -> tuple[Loads, Loads]:
        """Return the load of proposing a draw, and of answering one candidate of it."""
        proposing = self._sum(seen.propose, seen.draw.count)
        if seen.draw.method == "output_first":
            proposing = self._tried(seen, proposing, acceptance)
        return proposing, self._sum(seen.respond, 1)

    def _sum(self, requests: Sequence[Request], texts: int) -> Loads:
        loads: Loads = {}
        for request in requests:
            loads[request.role] = loads.get(request.role, NO_LOAD) + self._weigh(request, texts)
        return loads

    def _weigh(self, request: Request, texts: int) -> Load:
        """Estimate the tokens and seconds of one request for so many texts."""
        assumed, spec = self.assumed[request.role], self.setup.specs[request.role]
        prompt = Range.just(prompt_tokens(request, assumed))
        usual = assumed.instruction * texts if request.role == "instruction" else assumed.response
        most = _longest(request, spec)
        completion = Range(min(usual.low, most), min(usual.expected, most), most)
        return Load(Range.just(1), prompt, completion, assumed.seconds(prompt, completion))

    def _tried(self, seen: Rehearsal, whole: Loads, acceptance: Range) -> Loads:
        """Return the load of a draw that tries until enough texts serve, from that of one that tried to the end.

        A text is tried `samples` to `tries` times: an accepted one takes half-way between, a rejected one all tries.
        """
        task = self.setup.taxonomy.tasks[seen.draw.task]
        tries = len(seen.propose)
        least = min(tries, self.setup.settings["method"]["samples"] or int(task.recipe.get("samples", SAMPLES)))
        middle = acceptance.expected * (least + tries) / 2 + (1 - acceptance.expected) * tries
        share = Range(least / tries, middle / tries, 1.0)
        loads = {role: load * share for role, load in whole.items()}
        classes = len(task.recipe.get("classes") or ()) if task.recipe.get("margin") is not None else 0
        if classes and "score" in self.setup.roles["instruction"].features:
            one = self._weigh(replace(seen.propose[0], sampling={"max_tokens": 1}), 1)
            loads["instruction"] += one * (classes * least)
        return loads


def prompt_tokens(request: Request, assumed: Assumptions) -> float:
    """Estimate the tokens of a prompt from its bytes."""
    turns = request.messages or ()
    size = sum(len(turn["content"].encode()) for turn in turns) + len((request.prompt or "").encode())
    return size / assumed.bytes_a_token + assumed.marks * len(turns)


def _longest(request: Request, spec: BackendSpec) -> float:
    limit = request.sampling.get("max_completion_tokens") or request.sampling.get("max_tokens") or spec.max_tokens
    return float(limit or NO_LIMIT)


def _proposal(request: Request, pairs: Sequence[Pair], method: str) -> str:
    """Return a reply that a method can read; none for texts of recipes, so that every try is made."""
    if method == "output_first":
        return ""
    if request.prompt is not None:
        return pairs[0].instruction.split("\n", 1)[0]
    return json.dumps([{"instruction": pair.instruction, "input": pair.input} for pair in pairs])


def _stand_in_row(draw: Draw, pair: Pair) -> Candidate:
    row = blank_candidates(draw)[0]
    row.instruction, row.input = pair.instruction, pair.input
    return row
