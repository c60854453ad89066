"""One job: from its composed config to the exit code."""

import contextlib
import gc
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from iftgen.cli.compose import settings_of
from iftgen.cli.pointer import POINTER
from iftgen.cli.steered import steered_overrides
from iftgen.config import conf_dir
from iftgen.errors import IftgenError, RunError
from iftgen.run.inputs import Places
from iftgen.run.setup import Setup, prepare
from iftgen.store.control import read_control
from iftgen.store.events import EventLog
from iftgen.store.folder import RunFolder
from iftgen.store.lock import is_locked

SNAPSHOT = ".hydra"
# The exit code of what was stopped before its end.
STOPPED = 3


def run_alone(config: Any, setup: list[Setup], config_dirs: Sequence[Path]) -> int:
    """Run what is checked already, as Hydra's own launcher would, which composes twice more; returns the exit code.

    `setup` holds one setup, and is emptied, so that nobody keeps it in memory when the run is over.
    """
    from hydra.core.hydra_config import HydraConfig
    from hydra.core.utils import configure_log
    from omegaconf import open_dict, read_write

    folder = Path(config.hydra.run.dir).absolute()
    with read_write(config), open_dict(config):
        config.hydra.runtime.output_dir = str(folder)
    HydraConfig.instance().set_config(config)
    if is_locked(folder):
        raise RunError(f"{folder}: another process is running in this folder. Wait for it, or stop it first.")
    try:
        _save(config, folder / SNAPSHOT)
    except OSError as error:
        raise RunError(f"{folder}: the run folder cannot be written ({error.strerror}).") from None
    POINTER.tell(folder)
    configure_log(config.hydra.job_logging, config.hydra.verbose)
    return run_setup(setup, folder, list(config.hydra.overrides.task), None, config_dirs)[0]


def _save(config: Any, snapshot: Path) -> None:
    """Write the composed config, as Hydra does."""
    from omegaconf import OmegaConf

    snapshot.mkdir(parents=True, exist_ok=True)
    own = OmegaConf.masked_copy(config, [str(name) for name in config if name != "hydra"])
    OmegaConf.save(own, snapshot / "config.yaml")
    OmegaConf.save(OmegaConf.masked_copy(config, ["hydra"]), snapshot / "hydra.yaml")
    OmegaConf.save(config.hydra.overrides.task, snapshot / "overrides.yaml")


def run_job(
    config: Any, config_dirs: Sequence[Path], named: Collection[str] = (), quiet: bool = False
) -> tuple[int, bool]:
    """One job of a sweep, in whatever process the launcher put it; returns exit code, and whether to stop the sweep.

    A `quiet` one prints nothing: what goes wrong stands in its folder. `named` are the keys that a command to resume
    names: they win over what was steered.
    """
    from hydra.core.hydra_config import HydraConfig

    own = HydraConfig.get()
    overrides, folder = list(own.overrides.task), Path(own.runtime.output_dir)
    sweep = Path(own.sweep.dir) if str(own.mode).endswith("MULTIRUN") else None
    POINTER.tell(Path(own.runtime.cwd) / (sweep or folder))
    if sweep is not None and read_control(sweep).stop:
        return STOPPED, True
    try:
        config = _with_steered(config, folder, named)
        setup = [prepare(settings_of(config), overrides, Places((*config_dirs, conf_dir())))]
    except IftgenError as error:
        return _failed(error, folder, quiet)
    return run_setup(setup, folder, overrides, sweep, config_dirs, quiet)


def _with_steered(config: Any, folder: Path, named: Collection[str]) -> Any:
    """Return the config with what was steered in the job before, where it goes on."""
    from omegaconf import OmegaConf, open_dict, read_write

    manifest = RunFolder(folder).read_manifest()
    for key, value in steered_overrides(folder, manifest, named).items() if manifest else ():
        with read_write(config), open_dict(config):
            OmegaConf.update(config, key, value)
    return config


def run_setup(
    ready: list[Setup],
    folder: Path,
    overrides: Sequence[str],
    sweep: Path | None,
    config_dirs: Sequence[Path],
    quiet: bool = False,
) -> tuple[int, bool]:
    """Run, then count and export; every error is a message. Returns exit code, and whether a stop was asked for."""
    from iftgen.cli.finish import finish
    from iftgen.cli.progress import make_display
    from iftgen.run.job import execute

    setup = ready.pop()
    # Nearly all that a long run holds lives to its end: to look for cycles in it as often as usual costs a tenth.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    settings = setup.settings
    wanted = setup.share if setup.source is None else setup.own_rows
    try:
        display = make_display("none" if quiet else settings["ui"], wanted, folder)
        result = execute(setup, folder, overrides, sweep, (display.on_event,), config_dirs)
        del setup, display  # with them goes what the filters remember: the statistics need the memory
        gc.collect()
        finish(result, settings["export"], folder, "quiet" if quiet else settings["ui"])
    except IftgenError as error:
        return _failed(error, folder, quiet)
    return result.exit_code, result.stop_asked


def _failed(error: IftgenError, folder: Path, quiet: bool) -> tuple[int, bool]:
    """Tell what went wrong; of a job that left nothing else, its events tell it too."""
    if not quiet:
        print(f"iftgen: {error}", file=sys.stderr)  # noqa: T201
    if folder.is_dir() and not RunFolder(folder).events.exists():
        with contextlib.suppress(RunError):
            events = EventLog(RunFolder(folder).events)
            events.emit("end", status="failed", message=str(error), counts={})
            events.close()
    return error.exit_code, False
