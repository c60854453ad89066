"""The verb `watch`: a run or a sweep in the terminal UI, as lines where there is no terminal, or in a browser."""

import contextlib
import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from iftgen.cli.front import VIEWER, missing_terminal
from iftgen.cli.verbs import Parser
from iftgen.errors import UserError
from iftgen.store.folder import RunFolder, is_merged
from iftgen.store.sweeps import is_sweep

# What tells of a run or of a sweep; the youngest of them is that of the newest.
MARKS = ("manifest.json", "events.jsonl", "sweep.json")


def watch(arguments: Sequence[str]) -> int:
    """Show a run or a sweep until the viewer is closed, or until it has ended where lines are printed."""
    parser = Parser(prog="iftgen watch", description="A run or a sweep in the terminal UI, live or finished.")
    parser.add_argument("folder", nargs="?", help="a run or sweep folder (default: the newest under outputs/)")
    parser.add_argument("--serve", action="store_true", help="show it in a browser")
    parser.add_argument("--port", type=int, default=8000, help="the port for --serve (default: 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="the address for --serve (default: 127.0.0.1)")
    given = parser.parse_args(arguments)
    place = checked(Path(given.folder)) if given.folder else newest()
    _check_course(place)
    if given.serve:
        from iftgen.cli.serve import serve

        return serve(place, given.host, given.port)
    # A browser's terminal is a pipe: textual-serve names the driver for it.
    if os.environ.get("TEXTUAL_DRIVER") or not missing_terminal():
        import_module(VIEWER).watch(place)
        return 0
    with contextlib.suppress(KeyboardInterrupt):  # ends the watching, not the run
        from iftgen.cli.follow import follow

        follow(place)
    return 0


def checked(folder: Path) -> Path:
    """Return the folder; raises UserError where it is neither that of a run nor of a sweep."""
    hint = "`iftgen list runs` shows those there are."
    if not folder.exists():
        raise UserError(f"{folder}: there is no such folder. {hint}")
    if not folder.is_dir():
        raise UserError(f"{folder} is a file; watch takes the folder of a run or of a sweep. {hint}")
    if not (_is_run(folder) or is_sweep(folder)):
        raise UserError(f"{folder} is neither a run nor a sweep: there is no manifest.json in it or below it. {hint}")
    return folder


def _check_course(folder: Path) -> None:
    """Raise UserError for a dataset that was merged: nothing ran in its folder."""
    if is_merged(folder):
        raise UserError(f"{folder} was merged from other runs: see it with `iftgen stats` and `iftgen review`.")


def newest(root: Path = Path("outputs")) -> Path:
    """Return the run or the sweep that was active last; raises UserError where there is none."""
    found = {
        file: file.stat().st_mtime for name in MARKS for file in root.glob(f"**/{name}") if not is_merged(file.parent)
    }
    if not found:
        raise UserError("There is no run under outputs/. Give the folder of a run or of a sweep: iftgen watch DIR")
    folder = max(found, key=lambda file: found[file]).parent
    return folder.parent if _is_job(folder) else folder


def _is_run(folder: Path) -> bool:
    return RunFolder(folder).manifest.exists() or RunFolder(folder).events.exists()


def _is_job(folder: Path) -> bool:
    """Tell a job of a sweep by what is beside it; `multirun.yaml` is Hydra's."""
    return any((folder.parent / name).exists() for name in ("sweep.json", "multirun.yaml"))
