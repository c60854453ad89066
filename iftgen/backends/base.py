"""What a backend is: a client that sends one request and returns one reply; and what its caller needs of a run."""

from collections.abc import Coroutine
from typing import Any, Protocol

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


class StoredCall(Protocol):
    """What the store holds under a key: a reply, or the error of a call that failed for good."""

    @property
    def reply(self) -> Reply | None:
        """The reply, None where the call failed."""
        ...

    @property
    def error(self) -> str | None:
        """Why the call failed, None where it did not."""
        ...


class Store(Protocol):
    """Where replies are kept; `put` and `put_failure` return when their row is durable."""

    async def get(self, key: str) -> StoredCall | None:
        """Return what is stored under the key."""
        ...

    def put(self, key: str, request: str, reply: Reply) -> Coroutine[Any, Any, None]:
        """Store a reply beside its request as JSON."""
        ...

    def put_failure(self, key: str, request: str, error: str) -> Coroutine[Any, Any, None]:
        """Store the error of a call that failed for good."""
        ...


class Budget(Protocol):
    """What a run may spend; told of every attempt, never of a reply from the store."""

    def reserve(self, tokens: int, cost: float | None) -> None:
        """Set the worst case of an attempt aside; raises where it does not fit, and the call is not made."""
        ...

    def settle(self, tokens: int, cost: float | None, used_tokens: int, used_cost: float | None) -> None:
        """Replace what `reserve` set aside by what was used."""
        ...
