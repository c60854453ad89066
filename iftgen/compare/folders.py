"""The runs that the user named, and what their manifests say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iftgen.errors import RunError, UserError
from iftgen.store.folder import RunFolder
from iftgen.store.lock import is_locked
from iftgen.store.sweeps import announced, in_order, is_sweep, job_folders

HINT = "`iftgen list runs` shows the runs under outputs/."


@dataclass(frozen=True, slots=True)
class Source:
    """A run to compare: its folder, its status, its manifest and the overrides it was started with."""

    folder: Path
    status: str
    manifest: Mapping[str, Any] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()


def sources(folders: Sequence[Path]) -> list[Source]:
    """Return the runs in the folders, each once; a sweep stands for its jobs. Raises UserError for any other folder."""
    found: dict[Path, Source] = {}
    for folder in folders:
        try:
            for source in _sources_in(folder):
                found.setdefault(source.folder.resolve(), source)
        except OSError as error:
            raise UserError(f"{folder}: cannot be read ({error.strerror}). Compare runs that you may read.") from None
    if not found:
        raise UserError(f"There is nothing to compare. Name run or sweep folders: iftgen compare DIR... {HINT}")
    return list(found.values())


def names(folders: Sequence[Path]) -> list[str]:
    """Return for each folder the shortest end of its path that no other one has."""
    parts = [folder.absolute().parts[1:] for folder in folders]
    deepest = max(map(len, parts), default=1)
    for depth in range(1, deepest + 1):
        shown = ["/".join(part[-depth:]) for part in parts]
        if len(set(shown)) == len(shown):
            return shown
    return [str(folder) for folder in folders]


def _sources_in(folder: Path) -> Iterator[Source]:
    if not folder.is_dir():
        what = "is a file, not a run or sweep folder" if folder.exists() else "there is no such folder"
        raise UserError(f"{folder}: {what}. {HINT}")
    if is_sweep(folder):
        yield from _jobs(folder)
    elif RunFolder(folder).manifest.exists() or RunFolder(folder).events.exists():
        yield _source(folder)
    else:
        raise UserError(f"{folder} is neither a run nor a sweep: there is no manifest.json in it or below it. {HINT}")


def _jobs(sweep: Path) -> Iterator[Source]:
    """Yield the jobs of a sweep in their order, those that did not begin yet too."""
    told = {str(number): overrides for number, overrides in enumerate(announced(sweep))}
    begun = {folder.name: folder for folder in job_folders(sweep)}
    for folder in sorted({sweep / name for name in told} | set(begun.values()), key=in_order):
        if folder.name in begun:
            yield _source(folder)
        else:
            yield Source(folder, "waiting", overrides=told[folder.name])


def _source(folder: Path) -> Source:
    try:
        manifest = RunFolder(folder).read_manifest() or {}
    except RunError as error:
        raise UserError(f"{error} Restore the file, or leave this folder out.") from None
    overrides = manifest.get("overrides")
    words = tuple(map(str, overrides)) if isinstance(overrides, list) else ()
    return Source(folder, _status(folder, manifest), manifest, words)


def _status(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Return the status: a manifest that says `running` is that of a killed run where no process holds the lock."""
    told = str(manifest.get("status", "running"))
    return "killed" if told == "running" and not is_locked(folder) else told
