"""The folder of a sweep: what it was announced to run, and the folders of its jobs."""

import json
from pathlib import Path
from typing import Any

SWEEP = "sweep.json"


def is_sweep(folder: Path) -> bool:
    """Tell whether a folder is that of a sweep; one that nobody may read is not."""
    try:
        return (folder / SWEEP).is_file() or (not (folder / "manifest.json").exists() and bool(job_folders(folder)))
    except OSError:
        return False


def job_folders(folder: Path) -> list[Path]:
    """Return the folders of the jobs that began, by name; numbers in their order."""
    try:
        inner = [entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")]
        begun = [entry for entry in inner if (entry / "events.jsonl").exists() or (entry / "manifest.json").exists()]
    except OSError:
        return []
    return sorted(begun, key=in_order)


def in_order(folder: Path) -> tuple[bool, str, str]:
    """Return the key by which jobs are sorted: numbers first, as numbers."""
    return (not folder.name.isdecimal(), folder.name.zfill(12), folder.name)


def announced(folder: Path) -> list[tuple[str, ...]]:
    """Return the overrides of the jobs that a sweep said it would run; the n-th is in the folder named n."""
    try:
        jobs: Any = json.loads((folder / SWEEP).read_text(encoding="utf-8"))["jobs"]
        return [tuple(map(str, job["overrides"])) for job in jobs]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
