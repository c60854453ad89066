"""The engine: rows do not depend on timing, the counts add up, and a run goes on where it was cut."""

import asyncio
import hashlib
import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from iftgen.errors import BackendError, CallFailed
from iftgen.filters.stack import FilterStack
from iftgen.hashing import stable_hash
from iftgen.methods.base import Desk, RoleSpec, Send, blank_candidates
from iftgen.plan import Choice, Planner
from iftgen.prompts import Prompts
from iftgen.run.engine import Engine
from iftgen.seeds import SeedBank
from iftgen.store.events import EventLog
from iftgen.store.folder import KINDS, RunFolder, read_rows
from iftgen.taxonomy import Task, Taxonomy
from iftgen.types import Candidate, Draw, Pair, Reply, Request, Style, Usage

TAXONOMY = Taxonomy(
    "", {name: Task(name, name) for name in ("a/x", "a/y", "b/z")}, {"a/x": 0.5, "a/y": 0.25, "b/z": 0.25}, {}
)
WORDS = ["river", "engine", "garden", "letter", "market", "planet", "bridge", "recipe", "window", "library", "harbor"]
STACK: Mapping[str, Mapping[str, object]] = {
    "length": {"_target_": "iftgen.filters.length.Length", "min_response_words": 3},
    "near_duplicate": {"_target_": "iftgen.filters.near_duplicate.NearDuplicate", "threshold": 0.7},
}


class Writer:
    """A method whose instructions depend on the draw's key and on the examples that it was shown."""

    name = "writer"

    def size(self, task: Task, style: Style) -> int:
        """Three instructions a call."""
        return 3

    async def propose(self, draw: Draw, desk: Desk) -> list[Candidate]:
        """Make sentences of random words, some of them duplicates or unparsable."""
        shown = ",".join(pair.id for pair in draw.shots)
        reply = await desk.send(Request("instruction", prompt=f"{draw.key} {shown}"))
        rows = blank_candidates(draw)
        for offset, row in enumerate(rows):
            rng = random.Random(stable_hash(reply.text, offset))
            row.instruction = "Describe " + " ".join(rng.choices(WORDS, k=5))
            if rng.random() < 0.1:
                row.problem = "the reply could not be read"
        return rows

    async def respond(self, row: Candidate, draw: Draw, desk: Desk) -> None:
        """Answer with one or several words."""
        reply = await desk.send(Request("response", prompt=row.instruction))
        row.output = f"The answer is {reply.text}." if int(reply.text) % 5 else "No."


class Model:
    """Replies that depend on the prompt only, after a random wait; counts what it sold."""

    def __init__(self, seed: int, fail: float = 0.0, dead_after: int | None = None) -> None:
        self.rng = random.Random(seed)
        self.sold: list[str] = []
        self.fail, self.dead_after = fail, dead_after

    async def send(self, request: Request) -> Reply:
        """Answer late."""
        for _ in range(self.rng.randrange(6)):
            await asyncio.sleep(0)
        if self.dead_after is not None and len(self.sold) >= self.dead_after:
            raise BackendError("the server is gone")
        digest = hashlib.sha256(str(request.prompt).encode()).hexdigest()
        if int(digest[:4], 16) < self.fail * 65536:
            raise CallFailed("400: no")
        self.sold.append(str(request.prompt))
        text = f"{digest[:8]}"
        if request.role == "response":
            text = str(int(digest[:6], 16))
        return Reply(text, usage=Usage(10, 7), cost_usd=0.001)


def build(path: Path, model: Model, target: int = 40, window: int = 8) -> Engine:
    """An engine on a folder, ready to run."""
    planner = Planner(
        TAXONOMY, lambda task: Choice("writer", 3), SeedBank(()), 7, target, window, 10_000, 1_000
    )  # fmt: skip
    roles = {role: RoleSpec(role, "m", "chat") for role in ("instruction", "response", "judge")}

    def desk(draw: Draw, send: Send) -> Desk:
        return Desk(draw, TAXONOMY.tasks[draw.task], Prompts(()), roles, send)  # type: ignore[arg-type]

    folder = RunFolder(path)
    folder.open()
    stack = FilterStack.build(STACK, None, {})
    return Engine(
        planner, {"writer": Writer()}, stack, folder, EventLog(folder.events), desk, model.send, 7, {"response": "m"}
    )


def run(path: Path, model: Model, target: int = 40, window: int = 8) -> tuple[str, Engine]:
    """Run to the end, going on with what is in the folder."""
    folder = RunFolder(path)
    folder.recover()
    engine = build(path, model, target, window)
    try:
        return asyncio.run(engine.run(engine.replay(folder.committed(), ()))), engine
    finally:
        engine.folder.close()
        engine.events.close()


def content(path: Path) -> dict[str, bytes]:
    """The bytes of the row files."""
    return {kind: (path / f"{kind}.jsonl").read_bytes() for kind in KINDS}


def test_timing_changes_no_byte(tmp_path: Path) -> None:
    seen = []
    for seed in range(4):
        status, _ = run(tmp_path / str(seed), Model(seed, fail=0.05))
        assert status == "completed"
        seen.append(content(tmp_path / str(seed)))
    assert all(one == seen[0] for one in seen)
    assert all(seen[0][kind] for kind in KINDS)


def test_every_candidate_is_accepted_rejected_or_failed_once(tmp_path: Path) -> None:
    _, engine = run(tmp_path, Model(1, fail=0.05))
    indices = sorted(row["index"] for kind in KINDS for row in read_rows(tmp_path / f"{kind}.jsonl"))
    assert indices == list(range(engine.counts.candidates))
    assert engine.counts.examples == 40
    assert len(list(read_rows(tmp_path / "examples.jsonl"))) == 40


def test_quotas_by_task_are_kept_to_the_example(tmp_path: Path) -> None:
    run(tmp_path, Model(1))
    tasks = [row["task"] for row in read_rows(tmp_path / "examples.jsonl")]
    assert (tasks.count("a/x"), tasks.count("a/y"), tasks.count("b/z")) == (20, 10, 10)


def test_the_cost_of_a_call_is_split_over_its_candidates_and_nothing_is_lost(tmp_path: Path) -> None:
    _, engine = run(tmp_path, Model(1))
    rows = [row for kind in KINDS for row in read_rows(tmp_path / f"{kind}.jsonl")]
    assert sum(row["cost_usd"] for row in rows) == pytest.approx(engine.counts.bill.cost_usd)
    assert sum(row["usage"]["prompt_tokens"] for row in rows) == engine.counts.bill.usage.prompt_tokens


@pytest.mark.parametrize("cut", [0, 1, 7, 30])
def test_a_run_that_was_cut_goes_on_to_the_same_bytes(tmp_path: Path, cut: int) -> None:
    run(tmp_path / "whole", Model(1, fail=0.05))
    whole = content(tmp_path / "whole")
    (tmp_path / "cut").mkdir()
    for kind in KINDS:
        lines = [line for line in whole[kind].splitlines(True) if json.loads(line)["index"] < cut]
        (tmp_path / "cut" / f"{kind}.jsonl").write_bytes(b"".join(lines) + b'{"index": 99')
    status, _ = run(tmp_path / "cut", Model(9, fail=0.05))
    assert status == "completed"
    assert content(tmp_path / "cut") == whole


def test_a_dead_backend_ends_the_run_and_keeps_what_is_before_it(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="gone"):
        run(tmp_path, Model(1, dead_after=40))
    cut = RunFolder(tmp_path).recover()
    assert cut
    run(tmp_path / "whole", Model(2))
    assert status_after(tmp_path) == "completed"
    assert content(tmp_path) == content(tmp_path / "whole")


def status_after(path: Path) -> str:
    """Go on with a healthy model."""
    return run(path, Model(3))[0]


def test_stopping_finishes_what_is_in_flight(tmp_path: Path) -> None:
    engine = build(tmp_path, Model(1), window=8)

    async def go() -> str:
        work = asyncio.create_task(engine.run())
        await asyncio.sleep(0)
        engine.stop()
        return await work

    assert asyncio.run(go()) == "stopped"
    engine.folder.close()
    engine.events.close()
    assert 0 < engine.counts.candidates <= 8 + 3
    assert engine.in_flight == 0


def test_a_stop_sends_nothing_more_and_keeps_what_is_whole(tmp_path: Path) -> None:
    model = Model(1)
    engine = build(tmp_path, model, window=8)
    open_now, enough = asyncio.Event(), asyncio.Event()
    asked: list[Request] = []

    async def send(request: Request) -> Reply:
        if open_now.is_set():
            raise asyncio.CancelledError  # as a caller does that is drained
        asked.append(request)
        if len(asked) == 12:
            enough.set()
        return await model.send(request)

    async def drain(seconds: float | None) -> None:
        open_now.set()

    engine._work._send, engine._drain = send, drain

    async def go() -> str:
        work = asyncio.create_task(engine.run())
        await enough.wait()
        engine.stop()
        return await work

    assert asyncio.run(go()) == "stopped"
    engine.folder.close()
    engine.events.close()
    assert len(asked) == 12
    run(tmp_path / "whole", Model(2))
    whole = content(tmp_path / "whole")
    assert all(whole[kind].startswith(part) for kind, part in content(tmp_path).items())


def test_a_method_that_makes_too_few_candidates_ends_the_run(tmp_path: Path) -> None:
    class Short(Writer):
        async def propose(self, draw: Draw, desk: Desk) -> list[Candidate]:
            return (await super().propose(draw, desk))[1:]

    engine = build(tmp_path, Model(1))
    engine._work._methods = {"writer": Short()}
    with pytest.raises(ValueError, match="the method writer made 2 candidates of a draw of 3"):
        asyncio.run(engine.run())
    engine.folder.close()
    engine.events.close()


def test_a_rejected_candidate_says_which_filter_why_and_beside_what(tmp_path: Path) -> None:
    run(tmp_path, Model(1), target=120)
    verdicts = [row["verdict"] for row in read_rows(tmp_path / "rejected.jsonl")]
    near = [verdict for verdict in verdicts if verdict["filter"] == "near_duplicate"]
    ids = {row["id"] for row in read_rows(tmp_path / "examples.jsonl")}
    assert near and all(verdict["score"] > 0.7 and verdict["neighbour_id"] in ids for verdict in near)
    assert {"parse", "length"} <= {verdict["filter"] for verdict in verdicts}
    assert all(verdict["reason"] for verdict in verdicts)


def test_no_two_accepted_instructions_are_near_duplicates(tmp_path: Path) -> None:
    run(tmp_path, Model(1), target=120)
    from iftgen.filters.near_duplicate import NearDuplicate

    check = NearDuplicate(threshold=0.7)
    for row in read_rows(tmp_path / "examples.jsonl"):
        assert check.check(Candidate(0, instruction=row["instruction"])).keep
        check.remember(Pair(row["id"], row["instruction"], ""), row["index"] + 1, False)
