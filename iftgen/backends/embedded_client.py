"""The client of the embedded model: spreads requests over its server processes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iftgen.backends.direct import DirectClient
from iftgen.backends.embedded import EmbeddedServer, check_server, server_settings
from iftgen.errors import BackendError, TransientCallError
from iftgen.types import Reply, Request

# Characters that tell whether two prompts begin alike, and how much busier their server may be than another one.
PREFIX, SLACK = 200, 2


@dataclass
class Worker:
    """One server process, the connections to it, and its requests in flight."""

    server: EmbeddedServer
    client: DirectClient
    running: int = 0


class EmbeddedClient:
    """A client of the embedded model; `start` brings the servers up where no other client has."""

    def __init__(
        self,
        model: str,
        server: Mapping[str, Any] | None = None,
        timeout: float = 120.0,
        prefix: str = "backend.server",
    ) -> None:
        """Keep the settings; `server` has the keys processes, slots, context and weights."""
        self.model = model
        self.workers: list[Worker] = []
        self._section, self._prefix = dict(server or {}), prefix
        self._timeout = timeout
        self._seen: dict[str, Worker] = {}

    async def start(self) -> None:
        """Start the servers, or join those that run; raises UserError or BackendError."""
        if self.workers:
            return
        check_server(self._section, self._prefix)
        try:
            for settings in server_settings(self.model, self._section, self._prefix):
                server = await asyncio.to_thread(EmbeddedServer.acquire, settings)
                client = DirectClient(self.model, f"{server.url}/v1", server.key, self._timeout)
                self.workers.append(Worker(server, client))
                await client.start()
        except BaseException:
            await self.close()
            raise

    async def send(self, request: Request) -> Reply:
        """Send one request; a server that died is a BackendError with its last words."""
        if not self.workers:
            raise BackendError(f"The client of {self.model!r} is not started.")
        worker = self._worker(request)
        worker.running += 1
        try:
            return await worker.client.send(request)
        except TransientCallError:
            if death := worker.server.death():
                raise BackendError(f"The embedded model's server is gone: {death}") from None
            raise
        finally:
            worker.running -= 1

    async def close(self) -> None:
        """Close the connections and give the servers back."""
        workers, self.workers = self.workers, []
        self._seen.clear()
        for worker in workers:
            await worker.client.close()
            await asyncio.to_thread(worker.server.release)

    def _worker(self, request: Request) -> Worker:
        """Choose the server that has read a prompt with this beginning, unless another one is much less busy."""
        beginning = str(request.prompt if request.prompt is not None else request.messages)[:PREFIX]
        idlest = min(self.workers, key=lambda worker: worker.running)
        known = self._seen.get(beginning, idlest)
        chosen = known if known.running <= idlest.running + SLACK else idlest
        self._seen[beginning] = chosen
        return chosen
