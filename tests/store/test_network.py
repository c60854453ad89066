"""Which folders are on a network file system, by the text of the mounts."""

from pathlib import Path, PurePosixPath

import pytest

from iftgen.store.network import is_network, on_network

MOUNTS = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
40 27 0:50 / /home rw,relatime shared:9 master:2 - nfs4 server:/home rw,vers=4.2
41 40 0:51 / /home/scratch rw - xfs /dev/sdb rw
42 27 0:52 / /mnt/with\040space rw - cifs //server/share rw
43 27 0:53 / /lustre rw - lustre 10.0.0.1@o2ib:/fs rw
44 27 0:54 / /sshfs rw - fuse.sshfs me@host: rw
45 27 0:55 / /covered rw - nfs server:/old rw
46 27 0:56 / /covered rw - tmpfs tmpfs rw
47 27 0:57 / /host rw - 9p host rw
a line that means nothing
"""


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/data/run", False),
        ("/home/me/outputs", True),
        ("/home", True),
        ("/homeless/me", False),
        ("/home/scratch/me", False),
        ("/mnt/with space/run", True),
        ("/mnt/with", False),
        ("/lustre/a/b/c", True),
        ("/sshfs/run", True),
        ("/covered/run", False),
        ("/host/run", True),
    ],
)
def test_the_innermost_and_latest_mount_decides(path: str, network: bool) -> None:
    assert is_network(PurePosixPath(path), MOUNTS) is network


def test_without_a_mount_nothing_is_said() -> None:
    assert not is_network(PurePosixPath("/anything"), "")


def test_links_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    mounts = tmp_path / "mounts"
    mounts.write_text(f"1 1 0:1 / / rw - ext4 disk rw\n2 1 0:2 / {(tmp_path / 'real').resolve()} rw - nfs server rw\n")
    monkeypatch.setattr("iftgen.store.network.MOUNTS", mounts)
    assert on_network(tmp_path / "link" / "not" / "there" / "yet") and not on_network(tmp_path)
    monkeypatch.setattr("iftgen.store.network.MOUNTS", tmp_path / "none")
    assert not on_network(tmp_path / "link")
