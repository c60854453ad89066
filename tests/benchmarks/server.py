"""An OpenAI-compatible server on the loopback that waits, fails and counts; a call costs it about 0.1 ms.

Run by hand: python -m tests.benchmarks.server --port 8123 --latency 0.2 --p429 0.1
GET /stats tells what it saw, POST /reset forgets it. It ends when its standard input closes.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

FAULTS = ("p429", "p500", "phang", "pmalformed", "pempty")
RETRY_AFTER = 1
REASONS = {200: "OK", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error"}
WORDS = "rivers carry water from hills to sea and feed fields on the way as every stream joins a larger one near coast"


@dataclass
class Stats:
    """What the server saw; times are seconds of the monotonic clock, which all processes of a machine share."""

    requests: int = 0
    connections: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    first: float = 0.0
    last: float = 0.0
    last_answer: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def summary(self) -> dict[str, Any]:
        """Return the numbers; `repeated` counts good answers beyond the first to the same request."""
        counts = {"answered": len(self.answered), "repeated": self.answered.total() - len(self.answered)}
        numbers = {key: value for key, value in vars(self).items() if not isinstance(value, Counter)}
        return {**numbers, **counts, "faults": dict(self.faults)}


class Model:
    """Decides what becomes of a request: the k-th request of the same content has the same fate in every run."""

    def __init__(self, latency: float, seed: int, odds: dict[str, float]) -> None:
        """Take the latency in seconds and the probability of each fault."""
        self.latency = latency
        self.stats = Stats()
        self._seed = seed
        self._odds = odds

    def decide(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return the digest of a request and its fault, "" for none."""
        content = json.dumps([body.get("messages", body.get("prompt")), body.get("seed")], sort_keys=True)
        digest = hashlib.sha256(content.encode()).hexdigest()
        self.stats.asked[digest] += 1
        chance = hashlib.sha256(f"{self._seed} {digest} {self.stats.asked[digest]}".encode()).digest()
        left = int.from_bytes(chance[:8], "big") / 2**64
        for name, share in self._odds.items():
            if left < share:
                self.stats.faults[name] += 1
                return digest, name
            left -= share
        return digest, ""


class Connection(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection; requests have a Content-Length and come one after the other."""

    def __init__(self, model: Model) -> None:
        """Wait for the connection."""
        self._model = model
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._model.stats.connections += 1

    def data_received(self, data: bytes) -> None:
        """Take what came and answer each request that is whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end])
            lines = head.lower().split(b"\r\n")
            lengths = (line[15:] for line in lines if line.startswith(b"content-length:"))
            stop = end + 4 + int(next(lengths, b"0"))
            if len(self._buffer) < stop:
                return
            body = bytes(self._buffer[end + 4 : stop])
            del self._buffer[:stop]
            self._route(head.split(b" ", 2)[1], body)

    def _route(self, path: bytes, body: bytes) -> None:
        if path.endswith(b"/completions"):
            self._complete(b"/chat/" in path, json.loads(body))
        elif path in (b"/stats", b"/reset"):
            self._send(200, self._model.stats.summary())
            if path == b"/reset":
                self._model.stats = Stats()
        else:
            self._send(404, {"error": {"message": "no such path"}})

    def _complete(self, chat: bool, body: dict[str, Any]) -> None:
        stats = self._model.stats
        stats.last = time.monotonic()
        stats.first = stats.first or stats.last
        stats.requests += 1
        stats.in_flight += 1
        stats.most_in_flight = max(stats.most_in_flight, stats.in_flight)
        digest, fault = self._model.decide(body)
        if fault == "phang":
            stats.in_flight -= 1
        elif fault == "p429":
            self._answer(429, "p429", digest, {})
        else:
            status = 500 if fault == "p500" else 200
            answer = completion(chat, body, digest, fault)
            asyncio.get_running_loop().call_later(self._model.latency, self._answer, status, fault, digest, answer)

    def _answer(self, status: int, fault: str, digest: str, answer: dict[str, Any]) -> None:
        stats = self._model.stats
        stats.in_flight -= 1
        stats.last_answer = time.monotonic()
        if not fault and self._transport and not self._transport.is_closing():
            stats.answered[digest] += 1
        body = answer if status == 200 else {"error": {"message": f"fault {status}"}}
        self._send(status, body, cut=fault == "pmalformed")

    def _send(self, status: int, body: dict[str, Any], cut: bool = False) -> None:
        assert self._transport
        raw = json.dumps(body).encode()
        raw = raw[: len(raw) // 2] if cut else raw
        wait = f"Retry-After: {RETRY_AFTER}\r\n" if status == 429 else ""
        head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json\r\n{wait}"
        self._transport.write(f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw)


def completion(chat: bool, body: dict[str, Any], digest: str, fault: str = "") -> dict[str, Any]:
    """Return a completion of some twenty words that follow from the digest; none where the fault is `pempty`."""
    words = WORDS.split()
    picked = [words[int(digest[place : place + 2], 16) % len(words)] for place in range(0, 40, 2)]
    text = "" if fault == "pempty" else f"{digest[:6]} {' '.join(picked)}."
    said: dict[str, Any] = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
    return {
        "id": f"cmpl-{digest[:12]}",
        "object": "chat.completion" if chat else "text_completion",
        "created": 1,
        "model": body.get("model", "m"),
        "choices": [{"index": 0, "finish_reason": "stop", **said}],
        "usage": {"prompt_tokens": 40, "completion_tokens": 25, "total_tokens": 65},
    }


async def serve(model: Model, port: int) -> None:
    """Print the address, serve until standard input closes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(model), "127.0.0.1", port, backlog=4096)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextlib.contextmanager
def running(latency: float = 0.2, **odds: float) -> Iterator[str]:
    """Run the server as a child process; yields its address without a path."""
    options = [f"--{name}={value}" for name, value in {"latency": latency, **odds}.items()]
    command = [sys.executable, "-m", "tests.benchmarks.server", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def stats(address: str, reset: bool = True) -> dict[str, Any]:
    """Return what a running server saw since the last reset."""
    with urllib.request.urlopen(f"{address}/{'reset' if reset else 'stats'}", timeout=10) as answer:
        return dict(json.load(answer))


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds from a request to its answer")
    parser.add_argument("--seed", type=int, default=0)
    for name in FAULTS:
        parser.add_argument(f"--{name}", type=float, default=0.0, help="probability")
    given = parser.parse_args()
    odds = {name: value for name in FAULTS if (value := getattr(given, name))}
    asyncio.run(serve(Model(given.latency, given.seed, odds), given.port))


if __name__ == "__main__":
    main()
