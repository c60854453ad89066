"""How many processor cores this process may use."""

import os
from collections.abc import Sequence
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")
SIBLINGS = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"


def usable_threads() -> int:
    """Count the logical cores that the scheduler and the container's quota leave to this process, at least 1."""
    return max(1, min(len(_logical()), _quota()))


def usable_cores() -> int:
    """Count the physical cores that the scheduler and the container's quota leave to this process, at least 1."""
    logical = _logical()
    try:
        physical = len({Path(SIBLINGS.format(cpu)).read_text() for cpu in logical})
    except OSError:
        physical = len(logical)
    return max(1, min(physical, _quota()))


def _logical() -> Sequence[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)


def _quota() -> int:
    """Return the whole cores of the cgroup's quota; a large number where there is none."""
    try:
        quota, period = QUOTA.read_text().split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):
        return 1 << 16
