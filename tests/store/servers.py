"""A Redis server for tests: of our own, on the loopback, in a folder of its own; skips where there is none."""

import importlib.util
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest


class RedisServer:
    """A server that keeps its data in a folder over `stop` and `start`."""

    def __init__(self, folder: Path, password: str | None = None) -> None:
        """Start it; skips the test where the program or the client is missing."""
        if shutil.which("redis-server") is None or importlib.util.find_spec("redis") is None:
            pytest.skip("needs the program redis-server and the package redis")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.socket = folder / "redis.sock"
        self._options = [
            *("--bind", "127.0.0.1", "--port", str(self.port), "--unixsocket", str(self.socket)),
            *("--dir", str(folder), "--save", "", "--appendonly", "yes", "--appendfsync", "always"),
            *(("--requirepass", password) if password else ()),
        ]
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(["redis-server", *self._options], stdout=subprocess.DEVNULL)
        give_up = time.monotonic() + 20
        while self._process.poll() is None and time.monotonic() < give_up:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                    connection.sendall(b"PING\r\n")
                    if connection.recv(64)[:1] in b"+-":
                        return
            except OSError:
                time.sleep(0.01)
        raise AssertionError("redis-server did not start")

    def stop(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()
