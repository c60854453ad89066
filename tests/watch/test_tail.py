"""Following a file that another process appends to."""

from pathlib import Path

import pytest

from iftgen.watch import tail
from iftgen.watch.tail import Tail


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is not there yet."""
    return tmp_path / "lines.jsonl"


def append(path: Path, data: bytes) -> None:
    """Append to a file."""
    with path.open("ab") as file:
        file.write(data)


def test_a_file_that_is_missing_has_no_lines_and_may_come(path: Path) -> None:
    followed = Tail(path)
    assert followed.read() == []
    append(path, b"a\n")
    assert followed.read() == [b"a\n"]
    assert followed.read() == []


def test_a_torn_last_line_waits_for_its_rest(path: Path) -> None:
    followed = Tail(path)
    append(path, b"one\ntw")
    assert followed.read() == [b"one\n"]
    append(path, b"o")
    assert followed.read() == []
    assert not followed.behind
    append(path, b"\nthree\n")
    assert followed.read() == [b"two\n", b"three\n"]
    assert (followed.start, followed.end) == (4, 14)


def test_a_file_that_was_cut_is_read_anew(path: Path) -> None:
    followed = Tail(path)
    append(path, b"one\ntwo\n")
    followed.read()
    path.write_bytes(b"new\n")
    assert followed.read() == [b"new\n"]
    assert (followed.start, followed.restarts) == (0, 1)


def test_a_large_file_comes_in_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "CHUNK", 10)
    append(path, b"123456\n123456\n12\n")
    followed = Tail(path)
    assert followed.read() == [b"123456\n"]
    assert followed.behind
    assert followed.read() == [b"123456\n", b"12\n"]
    assert not followed.behind
    assert followed.start == 7


def test_a_line_longer_than_a_piece_is_read_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "CHUNK", 10)
    append(path, b"x" * 95 + b"\nshort\n")
    followed = Tail(path)
    assert followed.read() == [b"x" * 95 + b"\n"]
    assert followed.behind
    assert followed.read() == [b"short\n"]
    append(path, b"y" * 95)
    assert followed.read() == []
    assert not followed.behind


def test_a_carriage_return_ends_no_line(path: Path) -> None:
    append(path, b"a\rb\r\nc\n\x0b\x85\n")
    assert Tail(path).read() == [b"a\rb\r\n", b"c\n", b"\x0b\x85\n"]


def test_a_folder_in_the_place_of_the_file_has_no_lines(path: Path) -> None:
    path.mkdir()
    assert Tail(path).read() == []
