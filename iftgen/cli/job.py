"""One job: from its composed config to the exit code."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iftgen.cli.compose import settings_of
from iftgen.config import conf_dir
from iftgen.errors import IftgenError, RunError
from iftgen.run.guards import is_locked
from iftgen.run.setup import Places, Setup, prepare

SNAPSHOT = ".hydra"


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


def run_job(config: Any, config_dirs: Sequence[Path]) -> tuple[int, bool]:
    """One job of a sweep, in whatever process the launcher put it; returns exit code, and whether to stop the sweep."""
    from hydra.core.hydra_config import HydraConfig

    own = HydraConfig.get()
    overrides = list(own.overrides.task)
    sweep = Path(own.sweep.dir) if str(own.mode).endswith("MULTIRUN") else None
    try:
        setup = [prepare(settings_of(config), overrides, Places((*config_dirs, conf_dir())))]
    except IftgenError as error:
        return _failed(error)
    return run_setup(setup, Path(own.runtime.output_dir), overrides, sweep, config_dirs)


def run_setup(
    ready: list[Setup], folder: Path, overrides: Sequence[str], sweep: Path | None, config_dirs: Sequence[Path]
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
    wanted = setup.target if setup.source is None else min(setup.rows, setup.target or setup.rows)
    try:
        display = make_display(settings["ui"], wanted, folder)
        result = execute(setup, folder, overrides, sweep, (display.on_event,), config_dirs)
        del setup, display  # with them goes what the filters remember: the statistics need the memory
        gc.collect()
        finish(result, settings["export"], folder, settings["ui"])
    except IftgenError as error:
        return _failed(error)
    return result.exit_code, result.stop_asked


def _failed(error: IftgenError) -> tuple[int, bool]:
    print(f"iftgen: {error}", file=sys.stderr)  # noqa: T201
    return error.exit_code, False
