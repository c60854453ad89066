"""The child process that serves the embedded model: `python -P embedded_server.py`, started by `embedded.py`.

It reads one JSON line of settings on stdin, prints one JSON line {"url": ...} on stdout when it listens, and lives
until stdin is at its end: the pipe closes when the parent closes it or dies, by whatever signal.
"""

import json
import os
import select
import signal
import sys
from typing import Any


def main() -> None:
    """Serve until the parent is gone."""
    # Ctrl-C reaches the whole group of the terminal; the parent still needs answers for what is in flight.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    answers = _take_stdout()
    settings = json.loads(sys.stdin.buffer.readline())
    server = _serve(settings)
    answers.write(json.dumps({"url": server.listening_address}) + "\n")
    answers.flush()
    _wait(parent)
    os._exit(0)  # a tidy stop would first finish what is in flight for nobody


def _take_stdout() -> Any:
    """Keep stdout for the one line and send all other output, native code's too, to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _serve(settings: dict[str, Any]) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["weights"]
    params.model_alias = {settings["model"]}
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [settings["key"]]  # without a key the server would answer any web page on this machine
    params.n_parallel, params.n_ctx = settings["slots"], settings["slots"] * settings["context"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.cache_ram_mib = 256  # what prompts share is read once, also when they wander between the slots
    params.ui, params.warmup = False, False
    params.verbosity = 1  # errors only
    return xllamacpp.Server(params)


def _wait(parent: int) -> None:
    """Return when stdin is at its end, or when the parent is gone while another process holds the pipe open."""
    while os.getppid() == parent:
        if select.select([0], [], [], 2.0)[0] and not os.read(0, 4096):
            return


if __name__ == "__main__":
    main()
