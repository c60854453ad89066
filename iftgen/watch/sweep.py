"""A sweep as a viewer follows it: its jobs are found by their folders."""

import time
from collections.abc import Callable
from pathlib import Path

from iftgen.store.sweeps import announced, job_folders
from iftgen.watch.feed import RunFeed

# Seconds between two looks for folders of jobs that began.
LOOK = 1.0


class Job:
    """One job: its name in the sweep, its overrides, and its run, None before it began."""

    def __init__(self, name: str, overrides: tuple[str, ...] = ()) -> None:
        """A job that waits."""
        self.name, self.overrides = name, overrides
        self.feed: RunFeed | None = None


class SweepFeed:
    """Follows all jobs of a sweep; one thread calls `poll`."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Read nothing yet."""
        self.folder = folder
        self.jobs: dict[str, Job] = {}
        self._clock = clock
        self._looked = float("-inf")

    @property
    def name(self) -> str:
        """The name of the folder, with that of the one above it."""
        return "/".join(self.folder.absolute().parts[-2:])

    def poll(self, at_once: bool = False) -> bool:
        """Take in what is new of all jobs; tells whether anything changed. `at_once` also finds what has just begun."""
        changed = False
        if at_once or self._clock() - self._looked >= LOOK:
            self._looked = self._clock()
            changed = self._find()
        for job in list(self.jobs.values()):
            if job.feed is not None:
                changed |= job.feed.poll()
                if job.feed.view.overrides:
                    job.overrides = job.feed.view.overrides
        return changed

    @property
    def behind(self) -> bool:
        """Whether there is more to take in at once."""
        return any(job.feed.behind for job in self.jobs.values() if job.feed is not None)

    def _find(self) -> bool:
        """Find jobs that were announced or began since the last look."""
        before = len(self.jobs) + sum(job.feed is not None for job in self.jobs.values())
        for number, overrides in enumerate(announced(self.folder)):
            self.jobs.setdefault(str(number), Job(str(number), overrides))
        for folder in job_folders(self.folder):
            job = self.jobs.setdefault(folder.name, Job(folder.name))
            if job.feed is None:
                job.feed = RunFeed(folder, self._clock)
                job.overrides = job.overrides or _recorded(folder)
        return before != len(self.jobs) + sum(job.feed is not None for job in self.jobs.values())


def _recorded(folder: Path) -> tuple[str, ...]:
    """Return the overrides that Hydra wrote for a job; that file is a list of plain lines."""
    try:
        lines = (folder / ".hydra" / "overrides.yaml").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ()
    return tuple(_unquoted(line[2:]) for line in lines if line.startswith("- "))


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
