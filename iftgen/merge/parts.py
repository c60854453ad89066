"""The parts of a merge: the folders that were named, checked, and in an order that does not depend on the command."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iftgen.errors import RunError, UserError
from iftgen.hashing import content_hash
from iftgen.store.folder import RunFolder, file_digest
from iftgen.store.lock import is_locked
from iftgen.store.reviews import FILE as REVIEWS
from iftgen.store.sweeps import announced, is_sweep, job_folders

HINT = "`iftgen list runs` shows the runs under outputs/."
# As the notes of a row are written where its wording was chosen from a fixed list.
TEMPLATE = b'"template":true'


@dataclass(frozen=True, slots=True)
class Part:
    """One run: `base` is the hash of its plan without the shard, `rows` counts its accepted rows.

    `digests` are the hex SHA-256 of its files by name. `templates` is True where some wording may be from a fixed list.
    """

    folder: Path
    manifest: Mapping[str, Any]
    base: str
    shard: int
    rows: int
    templates: bool
    digests: Mapping[str, str]

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The tasks with a threshold of their own for near duplicates: their instructions differ in a word only."""
        return self.manifest.get("near_duplicate") or {}

    @property
    def order(self) -> tuple[str, int, str, str, str]:
        """By plan, shard and content; the place on disk comes last, where all else is equal."""
        return self.base, self.shard, self.plan_hash, repr(sorted(self.digests.items())), str(self.folder)

    @property
    def plan_hash(self) -> str:
        """The hash of the whole plan."""
        return str(self.manifest["plan_hash"])


def find_parts(folders: Sequence[Path], partial: bool, reviews: bool) -> list[Part]:
    """Return the runs in the folders, a sweep as its jobs, in order.

    Raises UserError for a folder that is no run, is given twice, is running, is damaged, or (unless `partial`) was
    stopped.
    """
    found: dict[Path, Path] = {}
    for folder in folders:
        for run in _runs_in(folder, partial):
            if run.resolve() in found:
                raise UserError(f"{run} is given twice (as {found[run.resolve()]} too). Name each run once.")
            found[run.resolve()] = run
    if not found:
        raise UserError(f"There is nothing to merge. Name run or sweep folders: iftgen merge DIR... --out DIR. {HINT}")
    return sorted((_part(folder, partial, reviews) for folder in found.values()), key=lambda part: part.order)


def _runs_in(folder: Path, partial: bool) -> Iterator[Path]:
    if not folder.is_dir():
        what = "is a file, not a run or sweep folder" if folder.exists() else "there is no such folder"
        raise UserError(f"{folder}: {what}. {HINT}")
    if not is_sweep(folder):
        yield folder
        return
    jobs, told = job_folders(folder), len(announced(folder))
    if len(jobs) < told and not partial:
        raise UserError(
            f"{folder}: {told - len(jobs)} of the {told} jobs of this sweep did not begin. Run them, or merge what "
            "there is with --partial."
        )
    yield from jobs


def _part(folder: Path, partial: bool, reviews: bool) -> Part:
    manifest = _manifest(folder)
    _check_status(folder, str(manifest["status"]), partial)
    path = RunFolder(folder).rows("examples")
    if not path.is_file():
        raise UserError(f"{folder}: its examples.jsonl is missing. Restore the file, or leave this folder out.")
    digest, rows, templates = _scan(path)
    digests = {path.name: digest, **_others(folder, reviews)}
    _check_digests(folder, manifest, digests)
    plan = {key: value for key, value in manifest["plan"].items() if not key.startswith("shard.")}
    base = content_hash(plan) if plan else str(manifest["plan_hash"])
    shard = int(manifest["plan"].get("shard.index", 0))
    return Part(folder, manifest, base, shard, rows, templates, digests)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = RunFolder(folder).read_manifest()
    except RunError as error:
        raise UserError(f"{error} Restore the file, or leave this folder out.") from None
    if manifest is None:
        raise UserError(f"{folder} is neither a run nor a sweep: there is no manifest.json in it. {HINT}")
    lacking = [key for key in ("status", "plan_hash", "plan") if not manifest.get(key)]
    if lacking or not isinstance(manifest["plan"], dict):
        raise UserError(
            f"{folder}/manifest.json is damaged: {(lacking or ['plan'])[0]!r} is missing. Restore the file, or leave "
            "this folder out."
        )
    return manifest


def _check_status(folder: Path, status: str, partial: bool) -> None:
    if is_locked(folder):
        raise UserError(f"{folder}: the run is still running. Wait for its end, or stop it and merge with --partial.")
    if status != "completed" and not partial:
        told = "killed" if status == "running" else status
        raise UserError(
            f"{folder}: the run is not complete (status: {told}). `iftgen resume {folder}` goes on with it; --partial "
            "merges what there is."
        )


def _check_digests(folder: Path, manifest: Mapping[str, Any], found: Mapping[str, str]) -> None:
    if manifest["status"] == "running":  # it was killed: nobody wrote down what its files hold
        return
    for name, digest in (manifest.get("files") or {}).items():
        if found.get(name) != digest:
            raise UserError(
                f"{folder / name} is damaged: its content is not what manifest.json says (SHA-256). Restore the file, "
                "or leave this folder out."
            )


def _others(folder: Path, reviews: bool) -> dict[str, str]:
    """Return the digests of the other files that a merge depends on, or that the manifest answers for."""
    names = ["rejected.jsonl", "failed.jsonl", *([REVIEWS] if reviews else [])]
    return {name: file_digest(folder / name) for name in names if (folder / name).is_file()}


def _scan(path: Path) -> tuple[str, int, bool]:
    """Return digest, number of whole rows, and whether a row may have the wording of a template, in one pass."""
    digest, rows, templates = hashlib.sha256(), 0, False
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            rows += line.endswith(b"\n")
            templates = templates or TEMPLATE in line
    return digest.hexdigest(), rows, templates
