"""Who holds a lease: a name that tells, on the machine that it was made on, whether its process still runs.

A lease ends with its expiry, which a heartbeat extends. Where owner and asker are on one machine nobody needs to wait
for that: a process is known by its id and the time of its start, within one boot and one process namespace.
"""

import os
import secrets
from functools import cache
from pathlib import Path

# Seconds that a lease lasts unless it is extended; it is extended three times as often.
LEASE = 15.0
BEATS = 3


def new_owner() -> str:
    """Return a new name for this process: machine, process id, start time and a random part."""
    pid = os.getpid()
    return " ".join((_machine(), str(pid), _start_time(pid) or "-", secrets.token_hex(8)))


def is_gone(owner: str) -> bool:
    """Return whether the process of an owner is known to have ended; False wherever that cannot be told."""
    machine, _, rest = owner.partition(" ")
    pid, _, rest = rest.partition(" ")
    started = rest.partition(" ")[0]
    if "-" in (machine, started) or machine != _machine() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # a process of another user
    return _start_time(int(pid)) not in (started, None)


@cache
def _machine() -> str:
    """Return a word for this boot and this namespace of process ids, `-` where the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "-"


def _start_time(pid: int) -> str | None:
    """Return when a process was started (clock ticks since boot), `ended` for a dead one not yet reaped, else None."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before may hold anything
    return "ended" if fields[0] in "ZX" else fields[19]
