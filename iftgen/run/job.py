"""One run on its folder: open or recover, generate, and close with a manifest that says how it ended."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from iftgen.errors import BudgetSpent, IftgenError, RunError
from iftgen.plan import Planner
from iftgen.run.accounts import Accounts
from iftgen.run.counts import Counts
from iftgen.run.embedding import api_of, embedded_facts, embedder_named, make_embedder, preload
from iftgen.run.ending import Result, explain, finished_early, go_on
from iftgen.run.engine import Engine
from iftgen.run.epochs import epochs_of, replay
from iftgen.run.facts import facts_of
from iftgen.run.guards import stop_on_signals
from iftgen.run.levers import Levers
from iftgen.run.manifest import check_folder, first_manifest, reached, results, spent_by_filter, still_steered
from iftgen.run.parts import desk_maker, make_planner, make_pool, survey
from iftgen.run.rows import pair_of
from iftgen.run.setup import Setup
from iftgen.run.steering import Steering
from iftgen.run.work import Halted
from iftgen.store.control import begin
from iftgen.store.events import EventLog, Listener
from iftgen.store.folder import KINDS, RunFolder, read_rows
from iftgen.store.lock import locked

# Events of a kind that are written to run.log: the first ones, then each so-manieth.
LOGGED = 100
# How a backend ends a message; only the run knows its folder.
CAN_RESUME = "The run can be resumed."
log = logging.getLogger("iftgen")


def execute(
    setup: Setup,
    path: Path,
    overrides: Sequence[str],
    sweep: Path | None = None,
    listeners: tuple[Listener, ...] = (),
    config_dirs: Sequence[Path] = (),
) -> Result:
    """Run to the end of what was asked for, and return how it ended; raises UserError for a folder of another plan.

    `sweep` is the folder of the sweep that the run is a job of; a run that goes on knows it from its manifest.
    """
    folder = RunFolder(path)
    manifest = check_folder(setup, folder)
    target = setup.target
    if manifest is not None and manifest["status"] == "completed" and reached(manifest) == target:
        return Result("completed", _counted(folder), "nothing to do: the run is complete", fresh=False)
    if manifest is not None and manifest.get("sweep"):
        sweep = path / manifest["sweep"]
    with locked(path), Accounts(setup, path, sweep, manifest) as accounts:
        job = _Job(setup, folder, overrides, accounts, listeners, manifest)
        job.manifest["config_dirs"] = [str(folder) for folder in config_dirs]
        return job.run()


class _Job:
    """The state of one execution."""

    def __init__(
        self,
        setup: Setup,
        folder: RunFolder,
        overrides: Sequence[str],
        accounts: Accounts,
        listeners: tuple[Listener, ...],
        manifest: dict[str, Any] | None,
    ) -> None:
        self.setup, self.folder, self.accounts = setup, folder, accounts
        self.started = time.time()
        self.before = manifest or {}
        window = int(manifest["window"]) if manifest else setup.window
        self.recovered = folder.recover(setup.places.index, setup.places.count)
        self.epochs = epochs_of(setup, self.before.get("epochs", ()), self.recovered)
        self.events = EventLog(folder.events, listeners)
        self.models = accounts.models(self._on_call)
        self.embedder = None
        if setup.embedder is not None and accounts.vectors is not None:
            self.embedder = make_embedder(setup.embedder, accounts.vectors, self.models.send)
            setup.stack.use(self.embedder)
        self.pool = make_pool(setup)
        first = self.epochs[0]
        self.planner, methods = make_planner(setup, window, first["num_examples"], first["max_candidates"])
        self.engine = Engine(
            self.planner, methods, setup.stack, folder, self.events, desk_maker(setup), self.models.send,
            int(setup.settings["seed"]), setup.models, self._drain, self._meter, setup.places, self.pool,
        )  # fmt: skip
        self.levers = Levers(setup, accounts, self.models, self.engine, self.events.emit)
        self.manifest = first_manifest(setup, window, overrides)
        self.manifest |= {**accounts.places(folder.path), "epochs": self.epochs}
        if self.embedder is not None:
            self.manifest["embedder"] = {**self.before.get("embedder", {}), **embedder_named(setup.embedder)}
        self.manifest["steered"] = still_steered(self.before, overrides)
        self.seen: dict[str, int] = {}

    def run(self) -> Result:
        """Generate; whatever happens, rows and manifest are written."""
        self.folder.open()
        self.folder.write_manifest(self.manifest)
        with contextlib.suppress(RunError):  # a disk that is full is met again
            begin(self.folder.path)  # before a viewer hears of the run: what it wishes from then on is not stale
        window, overrides, caps = self.manifest["window"], self.manifest["overrides"], self.accounts.caps
        facts = facts_of(self.setup, window, self.planner.quotas, caps, overrides)
        self.events.emit("start", resumed=self.recovered, **facts)
        status, message = "failed", ""
        try:
            status = asyncio.run(self._generate())
            message = explain(status, self.engine.counts, self.setup, self.folder.path)
            if status == "stopped" and self.levers.finishing and self._there():
                status, message = "completed", self._finish_early()
        except BudgetSpent as error:
            status, message = "budget_exhausted", f"{error} {go_on(error.cap, self.folder.path)}"
        except IftgenError as error:
            message = str(error).replace(CAN_RESUME, f"`iftgen resume {self.folder.path}` goes on.")
        except OSError as error:
            message = f"{self.folder.path} cannot be written: {error.strerror}. Make room, then resume the run."
        except Exception as error:
            log.exception("the run failed")
            message = f"{type(error).__name__}: {error}. This is a bug; the traceback is in {self.folder.path}/run.log"
        finally:
            self._finish(status, message)
        counts = self.engine.counts
        return Result(self.manifest["status"], counts, self.manifest["message"], stop_asked=self.levers.asked_to_stop)

    async def _generate(self) -> str:
        threading.Thread(target=self.setup.stack.warm, name="warm", daemon=True).start()
        watching = asyncio.ensure_future(self._steering().watch())
        with stop_on_signals(self.levers.on_signal):
            try:
                with self.levers.alarm.over(asyncio.current_task()):
                    await self._survey()
                    await self._preload()
                    open_draws = replay(self.engine, self.setup, self.epochs, self.recovered)
                    return await self.engine.run(open_draws)
            except Halted:
                return "stopped"
            except asyncio.CancelledError:
                if self.levers.alarm.rang:
                    minutes = self.accounts.caps.minutes
                    raise BudgetSpent(f"budget.minutes: the {minutes:g} minutes are over.", "minutes") from None
                return "stopped"
            finally:
                watching.cancel()
                if self.pool is not None:
                    self.pool.close()
                if self.embedder is not None:
                    await self.embedder.close()
                await self.models.close()

    async def _survey(self) -> None:
        """Show filters the file, in a thread: signals, and the time that a budget leaves, cut it short."""
        gone = threading.Event()
        try:
            await asyncio.to_thread(survey, self.setup, lambda: gone.is_set() or self.engine.stopping)
        finally:
            gone.set()

    def _steering(self) -> Steering:
        return Steering(
            self.folder.path, self.accounts.sweep, bool(self.before), self.levers.in_force(), self.levers.all(),
            self.events.emit, self._keep,
        )  # fmt: skip

    def _keep(self, steered: dict[str, Any]) -> None:
        """Let what was steered win over the config when the run goes on, also after it was killed."""
        self.manifest["steered"] |= steered
        self.folder.write_manifest(self.manifest)

    def _finish_early(self) -> str:
        """Make what there is all that is wanted, and say so."""
        self.manifest["steered"]["num_examples"] = self.setup.shard.whole(self._there())
        return finished_early(self.engine.counts, self.setup, self.folder.path)

    def _there(self) -> int:
        """Return what there is of what was asked for: examples, or rows of a file."""
        return self.engine.counts.examples if self.setup.source is None else self.engine.counts.candidates

    async def _preload(self) -> None:
        """Embed what the filters are to remember of seeds and of the rows that are there."""
        if self.embedder is not None:
            rows = (pair_of(row) for kind, row in self.folder.committed() if kind == "examples")
            await preload(self.embedder, self.setup.stack, chain(self.setup.seeds.seeds, rows))

    async def _drain(self, seconds: float | None) -> None:
        """Let calls in flight end; those to a server of our own cost nothing and are not waited for."""
        if self.embedder is not None:
            self.embedder.drain()
        await self.models.drain(0 if self._own_server else seconds)

    @property
    def _own_server(self) -> bool:
        return api_of(self.setup.embedder) is None and all(
            spec.client == "embedded" for spec in self.setup.specs.values()
        )

    def _meter(self) -> dict[str, Any]:
        paid = {**self.accounts.live(self.models.paid), "replayed": self.seen.get("replay", 0)}
        return {"paid": paid, "concurrency": self.models.in_flight, "limit": self.models.width}

    def _on_call(self, event: str, **fields: Any) -> None:
        self.seen[event] = self.seen.get(event, 0) + 1
        if event == "replay":  # told by number only: there are thousands a second
            return
        self.events.emit(event, **fields)
        # A server that is away gives thousands of retries a minute, all alike; the events have them all.
        if event != "call" and (self.seen[event] <= LOGGED or self.seen[event] % LOGGED == 0):
            log.info("%s (%d) %s", event, self.seen[event], fields)

    def _finish(self, status: str, message: str) -> None:
        """Close everything, and make the manifest final, as far as the disk allows it."""
        with contextlib.ExitStack() as closing:
            closing.callback(self.events.close)
            try:
                self.folder.close()
            except RunError as error:
                status, message = "failed", message or str(error)
            try:
                self._finish_manifest(status, message)
            except RunError as error:  # what went wrong first says more
                raise RunError(message or str(error)) from None
            with contextlib.suppress(OSError):
                self.events.emit("end", status=status, message=message, counts=self.manifest["counts"])

    def _finish_manifest(self, status: str, message: str) -> None:
        self.manifest |= {
            "status": status,
            "message": message,
            "seconds": round(self.before.get("seconds", 0) + time.time() - self.started, 2),
            **results(self.engine.counts),
            "filters": spent_by_filter(self.setup.stack, self.before.get("filters", {})),
            **self.accounts.final(self.models, self.engine.counts.bill),
            "cut_off": self.before.get("cut_off", 0) + (0 if self._own_server else self.models.cut_off),
            "files": self.folder.digests(),
        }
        if self.embedder is not None and self.accounts.vectors is not None:
            before, own = self.before.get("embedder", {}), self.accounts.own
            self.manifest["embedder"] |= embedded_facts(self.accounts.vectors, self.embedder, before, own)
        if isinstance(self.planner, Planner):
            self.manifest |= {"given_up": self.planner.unfilled, "quotas": self.planner.quotas}
        self.folder.write_manifest(self.manifest)


def _counted(folder: RunFolder) -> Counts:
    counts = Counts()
    for kind in KINDS:
        for row in read_rows(folder.rows(kind)):
            counts.add(kind, row)
    return counts
