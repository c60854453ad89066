"""What a backend is: a client that sends one request and returns one reply."""

from typing import Protocol

from iftgen.types import Reply, Request


class Client(Protocol):
    """A connection to one model.

    `send` makes one attempt and raises TransientCallError (429, 5xx, time-out, a cut connection, a malformed body),
    BackendRefused (401, 403, 404, an unknown model, a key that is wrong), or CallFailed (400 for this request only).
    It never retries, limits, caches or prices: the caller above it does.
    """

    model: str

    async def start(self) -> None:
        """Make ready: connect, or start the server; raises BackendError or UserError."""
        ...

    async def send(self, request: Request) -> Reply:
        """Send one request and return its reply."""
        ...

    async def close(self) -> None:
        """Release everything; safe to call twice."""
        ...
