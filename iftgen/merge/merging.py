"""A merge from end to end: the rows are streamed twice, first to decide which stay, then to write them."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iftgen.errors import UserError
from iftgen.export import Applied
from iftgen.merge import manifest as manifests
from iftgen.merge.decisions import Census, Loss, beyond, duplicates
from iftgen.merge.likeness import ExactLikeness, Likeness
from iftgen.merge.meaning import LikeMeaning, meanings
from iftgen.merge.parts import Part, find_parts
from iftgen.merge.quotas import targets
from iftgen.merge.relations import LikeWhole, LikeWording, Places, Relation, SameContent
from iftgen.merge.rows import ordered
from iftgen.merge.settings import Near, Settings
from iftgen.merge.sketches import SketchedLikeness
from iftgen.merge.writing import Writer
from iftgen.store.folder import RunFolder
from iftgen.store.lock import locked

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge wrote; `message` is "" unless there are fewer examples than were asked for."""

    folder: Path
    manifest: Mapping[str, Any]
    applied: Applied
    message: str = ""


def merge(folders: Sequence[Path], out: Path, settings: Settings, tell: Tell = lambda line: None) -> Merged:
    """Write the accepted rows of the runs (a sweep: of its jobs) to `out`, a folder that is new or empty.

    The same inputs give the same bytes, in whatever order they are named. `tell` gets lines on how far it is. Raises
    UserError before anything is written; a merge that ends early takes away what it wrote.
    """
    _check_free(out)
    tell("checking the parts")
    parts = find_parts(folders, settings.partial, settings.reviews)
    rows = sum(part.rows for part in parts)
    near = settings.comparing(rows)
    tell(f"comparing {rows:,} rows of {len(parts)} parts ({'near duplicates: ' + near})")
    census = _census(parts, settings, near)
    lost = duplicates(census)
    lacking = sum(one.lacking for one in census.places.relations if isinstance(one, LikeMeaning))
    if lacking:
        tell(f"{lacking:,} texts have no stored vector, and were not compared by meaning")
    wanted = settings.num_examples
    if wanted is not None:
        lost |= beyond(census, lost, _targets(census, parts, lost, wanted))
    tell(f"writing {len(census.parts) - len(lost):,} rows to {out}")
    with _folder(out) as folder:
        return _write(folder, parts, settings, census, lost)


def _check_free(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"--out: {out} is there and not an empty folder. Name a new one; a merge overwrites nothing.")


def _census(parts: Sequence[Part], settings: Settings, near: Near) -> Census:
    census = Census(Places(_relations(parts, settings.threshold, near)))
    applied = [Applied() for _ in parts]
    for part, row in ordered(parts, settings.reviews, applied):
        task = str(row.get("task") or "")
        census.add(part, task, parts[part].thresholds.get(task, 0.0))
        census.places.add(row, part)
    return census


def _relations(parts: Sequence[Part], threshold: float, near: Near) -> list[Relation]:
    """Return what makes two rows duplicates, in the order of the checks."""
    if near == "off":
        return [SameContent()]
    make: Callable[[float], Likeness] = ExactLikeness if near == "exact" else SketchedLikeness
    found: list[Relation] = [SameContent(), LikeWording(make(threshold))]
    if any(part.templates for part in parts):
        found.append(LikeWhole(make(threshold)))
    return [*found, *meanings(parts)]


def _targets(census: Census, parts: Sequence[Part], lost: Mapping[int, Loss], total: int) -> dict[str, int]:
    """Return the examples that each task keeps: in proportion to what the parts were to have of it together."""
    wanted: dict[str, int] = {}
    rows = range(len(census.parts))
    for number, part in enumerate(parts):
        for name, count in (part.manifest.get("quotas") or census.by_task(iter(rows), number)).items():
            wanted[name] = wanted.get(name, 0) + count
    return targets(total, wanted, census.by_task(row for row in rows if row not in lost))


def _write(
    folder: RunFolder, parts: Sequence[Part], settings: Settings, census: Census, lost: Mapping[int, Loss]
) -> Merged:
    manifest = manifests.first_manifest(parts, settings, settings.comparing(sum(part.rows for part in parts)))
    folder.open()
    folder.write_manifest(manifest)
    applied = [Applied() for _ in parts]
    writer = Writer(folder, parts, lost)
    writer.write(ordered(parts, settings.reviews, applied))
    folder.close()
    message = _short(writer.accepted, settings.num_examples)
    rows, kept = [0] * len(parts), [0] * len(parts)
    for row, part in enumerate(census.parts):
        rows[part] += 1
        kept[part] += row not in lost
    rejected = sum(writer.rejected_by.values())
    manifest |= {
        "status": "exhausted" if message else "completed",
        "message": message,
        "num_examples": settings.num_examples or writer.accepted,
        "counts": {
            "candidates": writer.accepted + rejected,
            "accepted": writer.accepted,
            "rejected": rejected,
            "failed": 0,
        },
        "rejected_by": dict(sorted(writer.rejected_by.items())),
        **manifests.bill(parts),
        "sources": manifests.sources(parts, applied, rows, kept),
        "files": folder.digests(),
    }
    folder.write_manifest(manifest)
    return Merged(folder.path, manifest, _sum(applied), message)


def _short(accepted: int, wanted: int | None) -> str:
    if wanted is None or accepted >= wanted:
        return ""
    return f"only {accepted:,} of {wanted:,} examples are left without duplicates; make more, or merge more runs"


def _sum(applied: Sequence[Applied]) -> Applied:
    names = Applied.__slots__
    return Applied(**{name: sum(getattr(one, name) for one in applied) for name in names})


@contextmanager
def _folder(out: Path) -> Iterator[RunFolder]:
    """Give the locked folder; where the block fails, the folder is as it was before."""
    was_there = out.is_dir()
    try:
        with locked(out):
            yield RunFolder(out)
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        if was_there:
            out.mkdir()
        raise
