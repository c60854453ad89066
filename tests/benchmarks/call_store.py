"""The call store: puts, gets and claims a second by 1 and 4 processes. Run: python -m tests.benchmarks.call_store

Every process has 256 operations under way at a time, on keys of its own; requests are of 2 kB, replies of 1.5 kB.
CPU is that of the process, event loop and thread together (of a server, not counted). Redis is left out where there
is no `redis-server`.
"""

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from iftgen.store.calls.open import Calls, open_calls
from iftgen.types import Reply, Usage

COUNT = 10_000
AT_ONCE = 256
KINDS = ("claims", "puts", "gets")
PROCESSES = (1, 4)
REQUEST = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Write an instruction. " * 90}]})
REPLY = Reply("An instruction, a response. " * 53, "stop", -0.4, Usage(480, 300), "model", None, 0.0012)


def main() -> None:
    """Print the table."""
    print(f"{'store':<8}{'processes':>10}{'kind':>9}{'a second':>11}{'CPU us each':>13}")
    with tempfile.TemporaryDirectory() as folder, redis_server(folder) as url:
        for name in ("sqlite", "redis") if url else ("sqlite",):
            for processes in PROCESSES:
                place = url if name == "redis" and url else str(Path(folder, f"{processes}.sqlite"))
                for kind in KINDS:
                    rate, cpu = measure(place, processes, kind)
                    print(f"{name:<8}{processes:>10}{kind:>9}{rate:>11,.0f}{cpu * 1e6:>13.1f}", flush=True)


def measure(place: str, processes: int, kind: str) -> tuple[float, float]:
    """Return operations a second of all processes together, and CPU seconds of one operation."""
    keys = [f"{processes}-{number}" for number in range(processes)]
    command = [sys.executable, "-m", "tests.benchmarks.call_store", place, kind]
    children = [
        subprocess.Popen([*command, key], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for key in keys
    ]
    for child in children:
        assert child.stdout and child.stdout.readline() == "ready\n"
    started = time.perf_counter()
    for child in children:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    cpu = [float(child.stdout.readline()) for child in children if child.stdout]
    wall = time.perf_counter() - started
    for child in children:
        child.communicate()
    return COUNT * processes / wall, sum(cpu) / COUNT / processes


def work(place: str, kind: str, name: str) -> None:
    """Be one process: say that all is ready, wait for a word, work, tell the CPU seconds."""
    store = open_calls(place, shared=True)
    print("ready", flush=True)
    sys.stdin.readline()
    started = time.process_time()
    asyncio.run(many(store, kind, name))
    print(time.process_time() - started, flush=True)
    store.close()


async def many(store: Calls, kind: str, name: str) -> None:
    """Do one kind of operation on all keys."""
    act: dict[str, Callable[[str], Awaitable[object]]] = {
        "claims": store.claim,
        "puts": lambda key: store.put(key, REQUEST, REPLY),
        "gets": store.get,
    }
    keys = iter(range(COUNT))

    async def worker() -> None:
        for number in keys:
            assert await act[kind](f"{name}-{number:056}") is not False

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


@contextlib.contextmanager
def redis_server(folder: str) -> Iterator[str | None]:
    """Give the URL of a server of our own that keeps an append-only file, None where there is no such program."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    socket = Path(folder, "redis.sock")
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "yes", "--dir", folder]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            time.sleep(0.01)
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main() if len(sys.argv) == 1 else work(*sys.argv[1:])
