"""The models of a run: one caller for each distinct backend, started when the first request needs it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from iftgen.backends import BackendSpec, Caller, make_client
from iftgen.backends.base import Client
from iftgen.run.rows import Bill
from iftgen.store.calls import CallStore, StoredCall
from iftgen.types import Reply, Request, Role


class Models:
    """Sends a request to the backend of its role."""

    def __init__(self, specs: Mapping[Role, BackendSpec], store: CallStore, on_event: Callable[..., Any]) -> None:
        """Make nothing yet: roles that differ only in sampling share a client."""
        self.paid = _MeteredStore(store)
        self._specs = dict(specs)
        self._callers: dict[str, Caller] = {}
        self._on_event = on_event

    async def send(self, request: Request) -> Reply:
        """Return the reply, from the store or from the model; raises as Caller.call does."""
        return await self._caller(self._specs[request.role]).call(request)

    async def close(self) -> None:
        """Close every client that was made; a server of our own is ended."""
        await asyncio.gather(*(caller.close() for caller in self._callers.values()))

    def _caller(self, spec: BackendSpec) -> Caller:
        key = repr(replace(spec, name="", temperature=None, top_p=None, max_tokens=None, extra={}))
        if key not in self._callers:
            self._callers[key] = Caller(_LateClient(spec), spec, self.paid, on_event=self._on_event)
        return self._callers[key]


class _LateClient:
    """A client that is started by the first request: a run that is answered from the store starts no server."""

    def __init__(self, spec: BackendSpec) -> None:
        self.model = spec.model
        self._spec = spec
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Nothing to do before the first request."""

    async def send(self, request: Request) -> Reply:
        """Start the client if need be, and send."""
        if self._client is None:
            async with self._lock:
                if self._client is None:
                    client = make_client(self._spec)
                    await client.start()
                    self._client = client
        return await self._client.send(request)

    async def close(self) -> None:
        """Close the client if it was started."""
        if self._client is not None:
            await self._client.close()
            self._client = None


class _MeteredStore:
    """The call store, with the bill of what this process paid."""

    def __init__(self, store: CallStore) -> None:
        self.bill = Bill()
        self._store = store

    async def get(self, key: str) -> StoredCall | None:
        """Look a reply up; costs nothing."""
        return await self._store.get(key)

    async def put(self, key: str, request_json: str, reply: Reply) -> None:
        """Store a reply that was just paid for."""
        await self._store.put(key, request_json, reply)
        self.bill += Bill.of(reply)

    async def put_failure(self, key: str, request_json: str, error: str) -> None:
        """Store a call that failed for good."""
        await self._store.put_failure(key, request_json, error)
