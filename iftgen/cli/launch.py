"""Runs and sweeps: check everything first, then let Hydra make the folders and call the job."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iftgen.cli.compose import check_writable, composer, settings_of
from iftgen.config import conf_dir
from iftgen.errors import IftgenError, UserError
from iftgen.export import check_formats
from iftgen.run.setup import prepare
from iftgen.store.folder import RunFolder
from iftgen.types import ROLES

# Mappings whose keys are the user's own.
FREE = ("taxonomy.attributes", "taxonomy.weights", "backend.extra", *(f"roles.{role}.extra" for role in ROLES))


def launch(arguments: Sequence[str]) -> int:
    """Run or sweep as the overrides say; returns the exit code."""
    arguments = [_free(word) for word in arguments]
    parsed = _parsed(arguments)
    if parsed.shell_completion or parsed.hydra_help:
        return _hydra(arguments, ())
    dirs = _config_dirs(parsed.config_dir)
    for_show = bool(parsed.cfg or parsed.info)
    with composer(dirs) as composing:
        for overrides in composing.jobs(parsed.overrides):
            config = composing.compose(overrides)
            if for_show:
                continue
            setup = prepare(settings_of(config), overrides, composing.places())
            check_formats(setup.settings["export"]["formats"])
            folder = Path(config.hydra.sweep.dir if parsed.multirun else config.hydra.run.dir)
            check_writable(folder)
            if not parsed.multirun:
                from iftgen.run.job import check_folder

                check_folder(setup, RunFolder(folder))
    return _hydra(arguments, dirs)


def resume(arguments: Sequence[str]) -> int:
    """Go on with a run that was stopped, killed or is to grow: `resume [DIR] [overrides]`."""
    given = [word for word in arguments if "=" not in word and not word.startswith("-")]
    if len(given) > 1:
        raise UserError(f"resume takes one run folder, but got {len(given)}: {', '.join(given)}.")
    path = Path(given[0]) if given else newest_run()
    manifest = RunFolder(path).read_manifest()
    if manifest is None:
        raise UserError(f"{path} is no run folder: it has no manifest.json. `iftgen list runs` shows those there are.")
    new = [word for word in arguments if word not in given]
    kept = [word for word in manifest["overrides"] if not word.startswith("hydra.run.dir=")]
    return launch([*kept, *new, f"hydra.run.dir={_quoted(path)}"])


def newest_run() -> Path:
    """Return the run folder under outputs/ whose manifest is newest; raises UserError where there is none."""
    found = runs()
    if not found:
        raise UserError("There is no run under outputs/. Give its folder.")
    return found[0]


def runs(root: Path = Path("outputs")) -> list[Path]:
    """Return the run folders under outputs/, the newest first."""
    manifests = sorted(root.glob("**/manifest.json"), key=lambda file: -file.stat().st_mtime)
    return [file.parent for file in manifests]


def _hydra(arguments: Sequence[str], config_dirs: Sequence[Path]) -> int:
    import hydra
    from hydra.core.global_hydra import GlobalHydra

    from iftgen.config import register, register_resolvers

    register()
    register_resolvers()
    GlobalHydra.instance().clear()
    codes: list[int] = []

    def job(config: Any) -> None:
        codes.append(run_job(config, config_dirs))

    entry = hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="config")(job)
    sys.argv = ["iftgen", *arguments]
    entry()
    return 1 if 1 in codes else max(codes, default=0)


def run_job(config: Any, config_dirs: Sequence[Path]) -> int:
    """One job, in whatever process the launcher put it; every error is a message and an exit code."""
    from hydra.core.hydra_config import HydraConfig

    from iftgen.cli.finish import finish
    from iftgen.cli.progress import make_display
    from iftgen.run.job import execute
    from iftgen.run.setup import Places

    own = HydraConfig.get()
    folder = Path(own.runtime.output_dir)
    overrides = [*own.overrides.task]
    calls = Path(own.sweep.dir) / "calls.sqlite" if str(own.mode).endswith("MULTIRUN") else None
    try:
        settings = settings_of(config)
        setup = prepare(settings, overrides, Places((*config_dirs, conf_dir())))
        display = make_display(settings["ui"], setup.target, folder)
        result = execute(setup, folder, overrides, calls, (display.on_event,))
        finish(result, setup, folder, settings["ui"])
    except IftgenError as error:
        print(f"iftgen: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    return result.exit_code


def _parsed(arguments: Sequence[str]) -> Any:
    from hydra._internal.utils import get_args_parser

    parser = get_args_parser()
    try:
        return parser.parse_args(list(arguments))
    except SystemExit as stop:
        raise UserError("The flags of a run are shown by `iftgen --help`.") from stop


def _config_dirs(given: str | None) -> list[Path]:
    if given is None:
        return []
    path = Path(given).expanduser().absolute()
    if not path.is_dir():
        raise UserError(f"--config-dir: {given!r} is not a folder.")
    return [path]


def _free(word: str) -> str:
    """Let keys of the user's own be set without Hydra's `+` where any key is allowed."""
    return f"++{word}" if word.split("=")[0].startswith(FREE) else word


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "\\'") + "'"
