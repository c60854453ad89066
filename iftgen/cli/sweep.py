"""The file of a sweep: what its jobs are, told before the first one begins, and how they ended."""

import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from iftgen.cli.compose import Composer, settings_of
from iftgen.cli.job import STOPPED
from iftgen.errors import RunError, UserError
from iftgen.run.ending import EXIT_CODES
from iftgen.run.manifest import check_folder
from iftgen.run.setup import prepare
from iftgen.store.control import begin
from iftgen.store.folder import UNFINISHED, RunFolder, write_atomically
from iftgen.store.lock import is_locked
from iftgen.store.sweeps import SWEEP, announced, job_folders
from iftgen.watch.feed import RunFeed

# Where the n-th job is: whoever watches, compares or resumes a sweep counts on it.
SUBDIR = "${hydra.job.num}"


def write_sweep(folder: Path, config: Any, overrides: Sequence[str], config_dirs: Sequence[Path] = ()) -> None:
    """Write the overrides of each job, in their order, inside `composer`; raises RunError where that is impossible.

    Of a sweeper that is not Hydra's own nobody knows them beforehand: the list is empty. `arguments` are those of the
    command, for `resume`.
    """
    own = [word for word in overrides if not word.lstrip("+").startswith("hydra.sweep.dir=")]
    jobs = [{"overrides": job, "status": "waiting"} for job in jobs_of(config, overrides)]
    folder.mkdir(parents=True, exist_ok=True)
    begin(folder)
    _write(folder, {"arguments": own, "config_dirs": [str(one) for one in config_dirs], "jobs": jobs})


def check_jobs(composing: Composer, folder: Path, config: Any, overrides: Sequence[str]) -> None:
    """Refuse a sweep whose jobs may not go on in their folders, before anything is written into them.

    Raises UserError where a job's run has other settings, RunError where one is running.
    """
    if config.hydra.sweep._get_node("subdir")._value() != SUBDIR:
        raise UserError("hydra.sweep.subdir cannot be set: the jobs of a sweep are in folders 0, 1, ... Leave it out.")
    for entry in job_folders(folder):
        if is_locked(entry):
            raise RunError(f"{entry}: another process is running in this folder. Wait for it, or stop it first.")
    for number, job in enumerate(jobs_of(config, overrides)):
        place = RunFolder(folder / str(number))
        if place.manifest.exists():
            setup = prepare(settings_of(composing.compose(job)), job, composing.places())
            with contextlib.suppress(RunError):  # a folder that is damaged leaves the other jobs going
                check_folder(setup, place)


def read_sweep(folder: Path) -> dict[str, Any]:
    """Return what is known of a sweep; raises UserError where that does not suffice to go on with it."""
    try:
        sweep = json.loads((folder / SWEEP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        sweep = None
    if not isinstance(sweep, dict) or not isinstance(sweep.get("arguments"), list):
        raise UserError(f"{folder / SWEEP} does not say how the sweep was started. Resume its jobs one by one.")
    return sweep


def close_sweep(folder: Path, away: bool, told: bool) -> int:
    """Note how the jobs ended, and return the exit code of all: 1 where one failed, else 2, 3 or 0.

    Of jobs that ran `away` from this process the folders are printed on stdout, and unless it was `told` already, why
    they ended short on stderr.
    """
    jobs: list[dict[str, Any]] = [{"overrides": list(words)} for words in announced(folder)]
    begun = {entry.name: entry for entry in job_folders(folder)}
    jobs += [{"overrides": []} for _ in range(len(begun) - len(jobs))]
    codes = []
    for number, job in enumerate(jobs):
        place = folder / str(number)
        status, message = ending_of(place)
        job["status"] = status
        codes.append(EXIT_CODES.get(status, STOPPED if status == "waiting" else 1))
        if message:
            job["message"] = message
        if away and codes[-1] and (not told or status == "waiting"):
            print(f"iftgen: job {number}: {status}{f': {message}' if message else ''}", file=sys.stderr)  # noqa: T201
        if away and place.is_dir():
            print(place)  # noqa: T201
    with contextlib.suppress(UserError, RunError):
        _write(folder, {**read_sweep(folder), "jobs": jobs})
    return 1 if 1 in codes else max(codes, default=0)


def ending_of(folder: Path) -> tuple[str, str]:
    """Return how a job ended, and why: as its manifest says, or the event that it left where it never began."""
    if not folder.is_dir():
        return "waiting", ""
    try:
        manifest = RunFolder(folder).read_manifest()
    except RunError as error:
        return "failed", str(error)
    if manifest is not None:
        status = str(manifest.get("status", "failed"))
        if manifest.get(UNFINISHED):
            return "failed", str(manifest[UNFINISHED])
        return ("killed" if status == "running" else status), str(manifest.get("message") or "")
    feed = RunFeed(folder)
    feed.poll()
    return ("failed", feed.view.message) if feed.view.status == "failed" else ("waiting", "")


def _write(folder: Path, sweep: Mapping[str, Any]) -> None:
    write_atomically(folder / SWEEP, json.dumps(sweep, ensure_ascii=False, indent=1) + "\n")


def jobs_of(config: Any, overrides: Sequence[str]) -> list[list[str]]:
    """Return the overrides of each job as Hydra's own sweeper makes them from those of the command line.

    Raises UserError for what that sweeper does not take.
    """
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.override_parser.overrides_parser import OverridesParser

    sweeper = config.hydra.sweeper
    if not str(sweeper.get("_target_", "")).endswith(".BasicSweeper"):
        return []
    own = [f"{key}={value}" for key, value in (sweeper.get("params") or {}).items()]
    parsed = OverridesParser.create(GlobalHydra.instance().config_loader()).parse_overrides([*own, *overrides])
    task = [one for one in parsed if not one.key_or_group.startswith(("hydra.", "hydra/"))]
    for one in parsed:
        if one.is_sweep_override() and one not in task:
            raise UserError(f"{one.input_line}: keys of Hydra cannot be swept over. Give one value.")
        if one.is_sweep_override() and not one.is_discrete_sweep():
            raise UserError(f"{one.input_line}: an interval is for a search: add hydra/sweeper=optuna; or list values.")
    return [job for batch in BasicSweeper.split_arguments(task, None) for job in batch]


def with_override(arguments: Sequence[str], overrides: Sequence[str], pinned: str) -> list[str]:
    """Return the arguments of a command with one more override behind its own."""
    words = list(arguments)
    last = len(words) - words[::-1].index(overrides[-1]) if overrides else len(words)
    return [*words[:last], pinned, *words[last:]]
