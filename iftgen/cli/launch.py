"""Runs and sweeps: check everything first, then let Hydra make the folders and call the job."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from iftgen.cli.compose import check_writable, composer, settings_of
from iftgen.cli.hydra_app import Jobs, hydra_main, run_sweep
from iftgen.cli.job import run_alone
from iftgen.cli.pointer import POINTER
from iftgen.cli.steered import steered_overrides
from iftgen.cli.sweep import check_jobs, read_sweep, with_override, write_sweep
from iftgen.errors import UserError
from iftgen.export import check_formats
from iftgen.run.setup import Setup, prepare
from iftgen.store.folder import RunFolder, is_merged
from iftgen.store.sweeps import is_sweep
from iftgen.types import ROLES

# Mappings whose keys are the user's own.
FREE = (
    *("taxonomy.attributes", "taxonomy.weights", "method.columns", "backend.extra"),
    *(f"roles.{role}.extra" for role in ROLES),
)


def launch(arguments: Sequence[str], named: Collection[str] | None = None) -> int:
    """Run or sweep as the overrides say; returns the exit code.

    `named` are the keys that a command to resume a sweep names: its folder is there already.
    """
    arguments = [freed(word) for word in arguments]
    parsed = _parsed(arguments)
    if parsed.shell_completion or parsed.hydra_help:
        return hydra_main(arguments, Jobs(()))
    dirs = config_dirs_of(parsed.config_dir)
    for_show = bool(parsed.cfg or parsed.info)
    seen: list[Mapping[str, Any]] = []
    with composer(dirs) as composing:
        jobs = composing.jobs(parsed.overrides)
        if len(jobs) > 1 and not parsed.multirun:
            several = next(word for word in parsed.overrides if word not in jobs[0])
            raise UserError(f"{several} has several values. A sweep over them: iftgen -m {several}; a list: key=[a,b]")
        for overrides in jobs:
            config = composing.compose(overrides)
            if for_show:
                continue
            setup = [prepare(settings_of(config), overrides, composing.places())]
            _check_rest(setup[0].settings)
            seen.append(setup[0].settings)
            folder = Path(config.hydra.sweep.dir if parsed.multirun else config.hydra.run.dir)
            check_writable(folder)
            if named is None:
                _check_free(folder, setup[0], bool(parsed.multirun))
        if POINTER.watched and not for_show and setup[0].settings["ui"] in ("plain", "none"):
            POINTER.decline()
            return 0
        if not for_show and _is_plain(parsed, config):
            return run_alone(config, setup, dirs)
        if not for_show and parsed.multirun:
            folder = folder.absolute()  # workers may have another working directory
            check_jobs(composing, folder, config, parsed.overrides)
            write_sweep(folder, config, parsed.overrides, dirs)
            POINTER.tell(folder)
            # Hydra would compose once more, and name the folder by a later time.
            arguments = with_override(arguments, parsed.overrides, f"hydra.sweep.dir={_quoted(folder)}")
            return run_sweep(arguments, folder, config, seen, Jobs(dirs, named=named or ()))
    return hydra_main(arguments, Jobs(dirs))


def _check_rest(settings: Mapping[str, Any]) -> None:
    """Check what is only used once a run has ended."""
    check_formats(settings["export"]["formats"])
    if settings["objective"]:
        from iftgen.compare.objective import check_objective

        check_objective(settings["objective"])


def _is_plain(parsed: Any, config: Any) -> bool:
    """Tell whether nothing is asked of Hydra but to compose one run."""
    asked = ("multirun", "package", "config_name", "config_path", "experimental_rerun")
    own = config.hydra
    return not (any(getattr(parsed, name, None) for name in asked) or own.callbacks or own.job.env_set or own.job.chdir)


def _check_free(folder: Path, setup: Setup, sweep: bool) -> None:
    """Refuse a folder that holds other work, before Hydra writes into it."""
    from iftgen.run.manifest import check_folder

    if not sweep:
        check_folder(setup, RunFolder(folder))
    elif next(folder.glob("*/manifest.json"), None):
        raise UserError(f"{folder} holds a sweep already. Give another folder with hydra.sweep.dir=DIR.")


def resume(arguments: Sequence[str]) -> int:
    """Go on with a run that was stopped, killed or is to grow: `resume [DIR] [overrides]`."""
    given = [word for word in _parsed(arguments).overrides if Path(word).is_dir() or "=" not in word]
    if len(given) > 1:
        raise UserError(f"resume takes one run folder, but got {len(given)}: {', '.join(given)}.")
    path = Path(given[0]) if given else newest_run()
    new = [word for word in arguments if word not in given]
    named = {word.split("=")[0].lstrip("+") for word in new}
    if is_sweep(path):
        return _resume_sweep(path, new, named)
    manifest = RunFolder(path).read_manifest()
    if manifest is not None and manifest.get("sweep") and not given:
        return _resume_sweep((path / manifest["sweep"]).resolve(), new, named)
    if manifest is None:
        raise UserError(f"{path} is no run folder: it has no manifest.json. `iftgen list runs` shows those there are.")
    if "merge" in manifest:
        raise UserError(f"{path} was merged from other runs: let those grow, then `iftgen merge` them anew.")
    steered = steered_overrides(path, manifest, named)
    kept = _kept(manifest.get("overrides", ()), {"hydra.run.dir", *named, *steered}, named)
    dirs = [part for folder in manifest.get("config_dirs", ()) for part in ("--config-dir", folder)]
    dirs = [] if "--config-dir" in new else dirs
    won = [f"{key}={value}" for key, value in steered.items()]
    return launch([*dirs, *kept, *won, *new, f"hydra.run.dir={_quoted(path)}"])


def _resume_sweep(path: Path, new: Sequence[str], named: set[str]) -> int:
    """Go on with the jobs of a sweep that are not complete, under the launcher of before or another one."""
    sweep = read_sweep(path)
    dirs = [part for folder in sweep.get("config_dirs", ()) for part in ("--config-dir", folder)]
    kept = _kept(sweep["arguments"], {"hydra.sweep.dir", *named}, named)
    if "cluster" in named:  # the keys of another launcher
        kept = [word for word in kept if not word.lstrip("+").startswith(("hydra.launcher.", "hydra/launcher"))]
    dirs = [] if "--config-dir" in new else dirs
    return launch(["-m", *dirs, *kept, *new, f"hydra.sweep.dir={_quoted(path)}"], named)


def _kept(old: Sequence[str], left_out: Collection[str], named: Collection[str]) -> list[str]:
    """Return the overrides of before that new ones leave standing."""
    groups = tuple(f"{name}." for name in named if "." not in name)  # budget=none lifts budget.usd too
    bare = [(word, word.lstrip("+")) for word in old]
    return [word for word, plain in bare if plain.split("=")[0] not in left_out and not plain.startswith(groups)]


def newest_run() -> Path:
    """Return the run folder under outputs/ whose manifest is newest; raises UserError where there is none."""
    found = [folder for folder in runs() if not is_merged(folder)]
    if not found:
        raise UserError("There is no run under outputs/. Give its folder.")
    return found[0]


def runs(root: Path = Path("outputs")) -> list[Path]:
    """Return the run folders under outputs/, the newest first."""
    manifests = sorted(root.glob("**/manifest.json"), key=lambda file: -file.stat().st_mtime)
    return [file.parent for file in manifests]


def _parsed(arguments: Sequence[str]) -> Any:
    from hydra._internal.utils import get_args_parser

    parser = get_args_parser()
    try:
        return parser.parse_args(list(arguments))
    except SystemExit as stop:
        raise UserError("The flags of a run are shown by `iftgen --help`.") from stop


def config_dirs_of(given: str | None) -> list[Path]:
    if given is None:
        return []
    path = Path(given).expanduser().absolute()
    if not path.is_dir():
        raise UserError(f"--config-dir: {given!r} is not a folder.")
    return [path]


def freed(word: str) -> str:
    """Let keys of the user's own be set without Hydra's `+` where any key is allowed."""
    return f"++{word}" if word.split("=")[0].startswith(FREE) else word


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "\\'") + "'"
