"""A small OpenAI-compatible server with faults, and the least that a store needs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from iftgen.types import Reply, Request

KEY = "sk-test1234567890abcdef"


@dataclass
class FakeServer:
    """Answers as `faults` say, one entry a request, then well. `bodies` holds (path, JSON) of what was asked."""

    url: str = ""
    faults: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    bodies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    choice: dict[str, Any] = field(default_factory=dict)
    message: dict[str, Any] = field(default_factory=dict)
    top: dict[str, Any] = field(default_factory=dict)
    sockets: set[Any] = field(default_factory=set)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await http.json()
        self.bodies.append((http.path, body))
        self.keys.append(http.headers.get("Authorization"))
        self.sockets.add(http.transport)
        self.asked.set()
        fault = self.faults.pop(0) if self.faults else "ok"
        if fault in ("ok", "gzip"):
            answer = web.json_response(self._completion("chat" in http.path, body))
            if fault == "gzip":
                answer.enable_compression(web.ContentCoding.gzip)
            return answer
        if fault == "malformed":
            return web.Response(text='{"choices": [', content_type="application/json")
        if fault == "shape":
            return web.json_response({"hello": 1})
        if fault == "text":
            return web.Response(text="<html>Bad gateway</html>", status=502, content_type="text/html")
        if fault == "truncated":
            return await _half(http)
        if fault == "drop":
            assert http.transport
            http.transport.close()
        if fault == "hang":
            await asyncio.Event().wait()
        status = int(fault) if fault.isdigit() else 200
        return web.json_response({"error": {"message": f"no, {KEY}"}}, status=status, headers=self.headers)

    def _completion(self, chat: bool, body: dict[str, Any]) -> dict[str, Any]:
        message = {"role": "assistant", "content": "Hello.", **self.message}
        said: dict[str, Any] = {"message": message} if chat else {"text": message["content"]}
        return {
            "id": "x",
            "object": "chat.completion" if chat else "text_completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop", **said, **self.choice}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
            **self.top,
        }


async def _half(http: web.Request) -> web.StreamResponse:
    """Promise a body, send half of it and close the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100"})
    await response.prepare(http)
    await response.write(b'{"choices": [{"message": {"content": "Hel')
    assert http.transport
    http.transport.close()
    return response


@contextlib.asynccontextmanager
async def serving(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """Answer all POST requests on a free port of the loopback; gives the address of the API."""
    app = web.Application()
    app.router.add_post("/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    await runner.cleanup()


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    """A running FakeServer on a free port of the loopback."""
    fake = FakeServer()
    async with serving(fake.handle) as fake.url:
        yield fake


@dataclass
class Stored:
    """A row of the store in memory."""

    reply: Reply | None = None
    error: str | None = None


@dataclass
class MemoryStore:
    """The store's protocol over a dictionary; `held` are the keys that we buy, `elsewhere` those of other processes."""

    rows: dict[str, Stored] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    async def get(self, key: str) -> Stored | None:
        """Return the row under the key."""
        return self.rows.get(key)

    async def claim(self, key: str) -> bool:
        """Take the right to buy, where no other process has it and no row is there."""
        if key in self.elsewhere or key in self.held or key in self.rows:
            return False
        self.held.add(key)
        return True

    async def release(self, key: str) -> None:
        """Give the right back."""
        self.held.discard(key)

    async def put(self, key: str, request: str, reply: Reply) -> None:
        """Keep a reply."""
        self.rows[key] = Stored(reply=reply)
        self.held.discard(key)

    async def put_failure(self, key: str, request: str, error: str) -> None:
        """Keep a failure."""
        self.rows[key] = Stored(error=error)
        self.held.discard(key)


def chat(text: str = "Why?", **fields: Any) -> Request:
    """A conversation of one turn."""
    return Request(role="response", messages=({"role": "user", "content": text},), **fields)


def plain(text: str = "Question: Why?\nAnswer:", **fields: Any) -> Request:
    """A text to be continued."""
    return Request(role="response", prompt=text, **fields)
