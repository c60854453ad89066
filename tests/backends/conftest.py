"""A small OpenAI-compatible server with faults, and the least that a store needs."""

import asyncio
from collections.abc import AsyncIterator
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

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await http.json()
        self.bodies.append((http.path, body))
        self.keys.append(http.headers.get("Authorization"))
        fault = self.faults.pop(0) if self.faults else "ok"
        if fault == "ok":
            return web.json_response(self._completion("chat" in http.path, body))
        if fault == "malformed":
            return web.Response(text='{"choices": [', content_type="application/json")
        if fault == "shape":
            return web.json_response({"hello": 1})
        if fault == "drop":
            assert http.transport
            http.transport.close()
        if fault == "hang":
            await asyncio.Event().wait()
        status = int(fault) if fault.isdigit() else 200
        return web.json_response({"error": {"message": f"no, {KEY}"}}, status=status, headers=self.headers)

    def _completion(self, chat: bool, body: dict[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = {"message": {"role": "assistant", "content": "Hello."}} if chat else {"text": "Hello."}
        return {
            "id": "x",
            "object": "chat.completion" if chat else "text_completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop", **said, **self.choice}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
        }


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    """A running FakeServer on a free port of the loopback."""
    fake = FakeServer()
    app = web.Application()
    app.router.add_post("/{path:.*}", fake.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield fake
    await runner.cleanup()


@dataclass
class Stored:
    """A row of the store in memory."""

    reply: Reply | None = None
    error: str | None = None


@dataclass
class MemoryStore:
    """The store's protocol over a dictionary."""

    rows: dict[str, Stored] = field(default_factory=dict)

    async def get(self, key: str) -> Stored | None:
        """Return the row under the key."""
        return self.rows.get(key)

    async def put(self, key: str, request: str, reply: Reply) -> None:
        """Keep a reply."""
        self.rows[key] = Stored(reply=reply)

    async def put_failure(self, key: str, request: str, error: str) -> None:
        """Keep a failure."""
        self.rows[key] = Stored(error=error)


def chat(text: str = "Why?", **fields: Any) -> Request:
    """A conversation of one turn."""
    return Request(role="response", messages=({"role": "user", "content": text},), **fields)


def plain(text: str = "Question: Why?\nAnswer:", **fields: Any) -> Request:
    """A text to be continued."""
    return Request(role="response", prompt=text, **fields)
