"""Whether a folder is on a network file system, where SQLite's write-ahead log cannot work: it needs shared memory."""

import re
from pathlib import Path, PurePosixPath

# The part of the type before a dot, so that `fuse.sshfs` counts as `fuse`.
NETWORK_TYPES = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "davfs", "fuse"),
        *("9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs"),
        *("lustre", "gpfs", "beegfs", "fhgfs", "ceph", "glusterfs", "gfs", "gfs2", "ocfs2", "mfs", "acfs"),
        *("orangefs", "pvfs2", "panfs", "weka", "wekafs"),
    }
)
MOUNTS = Path("/proc/self/mountinfo")


def on_network(path: Path) -> bool:
    """Return whether a path (it may not be there yet) is on a network file system; False where it cannot be told."""
    try:
        return is_network(path.resolve(), MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return False


def is_network(path: PurePosixPath | Path, mounts: str) -> bool:
    """Return whether an absolute path is on a network file system, by a text in the format of /proc/*/mountinfo."""
    best, type_ = -1, ""
    for line in mounts.splitlines():
        place, _, source = line.partition(" - ")
        fields = place.split(" ")
        if len(fields) < 5 or not source:
            continue
        folder = PurePosixPath(_unescaped(fields[4]))
        depth = len(folder.parts)
        if depth >= best and PurePosixPath(path).is_relative_to(folder):  # a later mount hides an earlier one
            best, type_ = depth, source.split(" ")[0]
    return type_.partition(".")[0] in NETWORK_TYPES


def _unescaped(text: str) -> str:
    """Undo the octal escapes of spaces, tabs, newlines and backslashes."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
