"""Which store a place means, and what is said of a place that means none."""

import socket
import sys
import threading
from pathlib import Path

import pytest

from iftgen.errors import RunError, UserError
from iftgen.store.calls import redis_client
from iftgen.store.calls.file import CallStore
from iftgen.store.calls.open import is_url, open_calls
from iftgen.store.calls.url import PASSWORD_VARIABLE, parse


@pytest.mark.parametrize("shared", [True, False])
def test_a_path_is_a_file(tmp_path: Path, shared: bool) -> None:
    for where in (tmp_path / "a.sqlite", str(tmp_path / "b.sqlite")):
        store = open_calls(where, shared)
        store.close()
        assert isinstance(store, CallStore) and store.shared is shared and store.place == str(where)


def test_a_url_is_told_from_a_path() -> None:
    assert is_url("redis://host") and is_url("REDISS://host") and is_url("s3://bucket")
    assert not is_url("calls.sqlite") and not is_url("/a/b://c") and not is_url(Path("redis://host"))


def test_an_unknown_scheme_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(UserError, match=r"redi:// is no .* Did you mean 'redis'\? Allowed: redis, rediss, unix"):
        open_calls("redi://:secret@host/0", True)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis://host", "redis://host"),
        ("redis://:secret@host:6380/2", "redis://host:6380/2"),
        ("rediss://me:secret@[::1]:6380/0?prefix=team:", "rediss://me@[::1]:6380/0?prefix=team:"),
        ("unix://me:se%2Fcret@/run/redis.sock?db=3", "unix://me@/run/redis.sock?db=3"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock"),
        ("redis://host/0?prefix=iftgen:calls:", "redis://host/0"),
    ],
)
def test_the_place_opens_the_same_store_and_holds_no_password(url: str, place: str) -> None:
    address = parse(url)
    assert address.place == place and "secret" not in repr(address)
    assert parse(place).place == place and parse(place).prefix == address.prefix
    assert "prefix" not in address.url


def test_the_password_comes_from_the_url_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "from the environment")
    assert parse("redis://me@host").password == "from the environment"
    assert parse("redis://me:p%40ss@host").password == "p@ss"
    assert parse("redis://me:p%40ss@host").hide("wrong p@ss") == "wrong ***"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis://:secret@host:port/0", "cannot be read"),
        ("redis://:secret@host/zero", "redis://host/zero is no address"),
        ("redis://:secret@/0", "is no address"),
        ("redis://:secret@host/0?db=x", "db=x is no number"),
        ("redis://:secret@host/0?prefi=x", "'prefi' is no option of a call store. Did you mean 'prefix'?"),
        ("redis://host/0?password=secret", "'password' is no option"),
        ("unix://:secret@", "path of the socket is missing"),
    ],
)
def test_a_url_that_means_nothing_is_refused_without_its_password(url: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        open_calls(url, True)
    assert words in str(caught.value) and "secret" not in str(caught.value)


def test_a_missing_client_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(UserError, match=r"pip install 'iftgen\[redis\]'"):
        open_calls("redis://localhost", True)


def test_where_nothing_listens_that_is_said(tmp_path: Path) -> None:
    pytest.importorskip("redis")
    with pytest.raises(RunError, match=r"missing\.sock: no Redis server can be reached there") as caught:
        open_calls(f"unix://:secret@{tmp_path}/missing.sock", True)
    assert "secret" not in str(caught.value)


def test_a_server_of_another_kind_is_told_apart() -> None:
    pytest.importorskip("redis")

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(UserError, match="not a Redis server"):
            open_calls(f"redis://127.0.0.1:{listener.getsockname()[1]}", True)
        thread.join()


def test_a_server_that_never_answers_is_an_error_and_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("redis")
    monkeypatch.setattr(redis_client, "ANSWER_TIMEOUT", 0.1)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(RunError, match="no Redis server can be reached"),
    ):
        open_calls(f"redis://127.0.0.1:{listener.getsockname()[1]}", True)
