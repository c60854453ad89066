"""Hydra's own main, around the jobs of a sweep: they run wherever the launcher puts them."""

import contextlib
import math
import os
import shutil
import signal
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iftgen.cli.follow import following
from iftgen.cli.job import STOPPED, run_job
from iftgen.cli.pointer import POINTER
from iftgen.cli.sweep import close_sweep
from iftgen.config import conf_dir, register, register_resolvers
from iftgen.errors import IftgenError, RunError
from iftgen.store.control import read_control, steer

# Launchers of one job after the other in this process; under others this process only waits.
IN_PROCESS = "BasicLauncher"
# The launcher whose workers do not have our environment.
ELSEWHERE = "RayLauncher"
# What makes Hydra raise its errors, and what Optuna's is where no trial has an objective.
FULL_ERROR = "HYDRA_FULL_ERROR"
NO_TRIAL = "No trials are completed"


@dataclass
class Jobs:
    """The jobs of a sweep, as one callable that goes to the workers with all it holds.

    `keys` are variables with keys, by name: they travel in memory, for workers that do not inherit them. `quiet` jobs
    print nothing. `named` are the keys of the config that a command to resume names. `code` is the worst exit code of
    the jobs that ran in this process: a job may fail in a folder whose manifest tells of an earlier success.
    """

    config_dirs: Sequence[Path]
    keys: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False
    named: Collection[str] = ()
    stopped: bool = False
    code: int = 0

    def run(self, config: Any) -> float | None:
        """Run one job; returns its objective, where the config asks for one."""
        if self.stopped:  # Ctrl-C ends the whole sweep, not one job of it
            return None
        for name, value in self.keys.items():
            os.environ.setdefault(name, value)
        code, self.stopped = run_job(config, self.config_dirs, self.named, self.quiet)
        self.code = max(self.code, code, key=_weight)
        return _objective(config)


def hydra_main(arguments: Sequence[str], jobs: Jobs) -> int:
    """Let Hydra do what the arguments say, and return its exit code; raises RunError where it, or a plugin, fails."""
    import hydra
    from hydra.core.global_hydra import GlobalHydra

    register()
    register_resolvers()
    GlobalHydra.instance().clear()

    def job(config: Any) -> float | None:
        return jobs.run(config)

    entry = hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="config")(job)
    sys.argv = ["iftgen", *arguments]
    wanted = os.environ.get(FULL_ERROR)
    os.environ[FULL_ERROR] = "1"  # then it raises, instead of printing its own frames
    try:
        entry()
    except SystemExit as stop:
        return int(stop.code or 0) if isinstance(stop.code, int | None) else 1
    except Exception as error:
        if wanted == "1":
            raise
        raise RunError(_explained(error)) from None
    finally:
        os.environ.pop(FULL_ERROR, None) if wanted is None else os.environ.update({FULL_ERROR: wanted})
    return 0


def _explained(error: Exception) -> str:
    """Return what went wrong with Hydra or a plugin of it, in one line."""
    if NO_TRIAL in str(error):
        return "the search has no best trial: none ended with an objective. Is `objective` something that a run has?"
    words = " ".join(f"{error} {error.__cause__ or ''}".split())
    return f"{type(error).__name__}: {words} ({FULL_ERROR}=1 shows where)"


def run_sweep(
    arguments: Sequence[str], folder: Path, config: Any, settings: Sequence[Mapping[str, Any]], jobs: Jobs
) -> int:
    """Run a sweep whose folder is ready, and return its exit code: what its jobs left tells it, under any launcher.

    `settings` together show every value of the sweep; `config` belongs to the last of them.
    """
    launcher = str(config.hydra.launcher.get("_target_", ""))
    away = not launcher.endswith(IN_PROCESS)
    jobs.quiet = away
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")  # else Ray would install the project in each worker
    if launcher.endswith(ELSEWHERE):
        jobs.keys = {name: key for one in settings for name, key in keys_of(one).items()}
    shown = settings[-1]["ui"] != "none"
    told = not POINTER.watched and shown
    # A second Ctrl-C may come when the jobs are over: it must not cut what is written of their end.
    with _stopped_by_control(folder) if away else contextlib.nullcontext():
        with following(folder) if away and told else contextlib.nullcontext():
            code = _swept(arguments, folder, jobs)
        code = max(code, jobs.code, close_sweep(folder, away, told), key=_weight)
        if shown:
            _compare(folder)
    return code


def _swept(arguments: Sequence[str], folder: Path, jobs: Jobs) -> int:
    """Run the jobs, and return the exit code of Hydra: a search that was stopped may well have no result."""
    try:
        return hydra_main(arguments, jobs)
    except RunError as error:
        stopped = jobs.stopped or bool(read_control(folder).stop)
        if not stopped:
            print(f"iftgen: {error}", file=sys.stderr)  # noqa: T201
        return STOPPED if stopped else error.exit_code


def _objective(config: Any) -> float | None:
    """Return the objective of the job that has just ended, None where none is asked for or known.

    Optuna leaves a job of None out; NaN would end its search.
    """
    from hydra.core.hydra_config import HydraConfig

    if not config.objective:
        return None
    from iftgen.compare.objective import objective_of

    try:
        found = objective_of(Path(HydraConfig.get().runtime.output_dir), config.objective)
    except IftgenError:  # a job that failed before it began
        return None
    return None if math.isnan(found) else found


def _compare(folder: Path) -> None:
    """Print the jobs side by side, on stderr."""
    from iftgen.compare import compare, render

    with contextlib.suppress(IftgenError):  # a sweep of which no job has begun
        told = render(compare([folder]), shutil.get_terminal_size((120, 24)).columns)
        print(f"\n{told}", file=sys.stderr, flush=True)  # noqa: T201


def keys_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables with keys that the jobs need, as far as they are set here."""
    sections = [settings["backend"], *settings["roles"].values()]
    names = {str(section["api_key_env"]) for section in sections if section.get("api_key_env")}
    names |= {name for name in os.environ if name.startswith("AWS_")} | {"IFTGEN_REDIS_PASSWORD"}
    return {name: os.environ[name] for name in sorted(names) if os.environ.get(name)}


def _weight(code: int) -> int:
    """A failure weighs most, then bad input, then a stop."""
    return {0: 0, 3: 1, 2: 2, 1: 3}.get(code, 4)


@contextlib.contextmanager
def _stopped_by_control(folder: Path) -> Iterator[None]:
    """Hand Ctrl-C and SIGTERM on to jobs in other processes, wherever those are: through the file that steers them."""
    seen: list[int] = []

    def on_signal(number: int, frame: Any) -> None:
        seen.append(number)
        if len(seen) > 2:
            raise KeyboardInterrupt
        steer(folder, stop="graceful" if len(seen) == 1 else "now")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
