"""What a backend is: a client that sends one request and returns one reply; and what its caller needs of a run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from iftgen.store.charges import Charge
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

    async def claim(self, key: str) -> bool:
        """Tell whether we may buy the reply. False: another process buys it, or has: look again."""
        ...

    async def release(self, key: str) -> None:
        """Give the right to buy back: the purchase ended without a row."""
        ...

    async def put(self, key: str, request: str, reply: Reply) -> None:
        """Store a reply beside its request as JSON."""
        ...

    async def put_failure(self, key: str, request: str, error: str) -> None:
        """Store the error of a call that failed for good."""
        ...


@dataclass(slots=True)
class Outcome:
    """What an attempt tells of its backend: it was answered, or it is overloaded (429, time-out), or neither.

    `retry_after` is the wait that an overloaded server asked for; `seconds` is how long the attempt took.
    """

    answered: bool = False
    overloaded: bool = False
    retry_after: float = 0.0
    seconds: float = 0.0


class Gate(Protocol):
    """What an attempt passes before it is sent: concurrency, pace and budget; never told of a reply from the store."""

    on_limit: Callable[[int], None] | None
    """Told of the new number of calls at once where overload made it smaller."""

    @property
    def counts(self) -> bool:
        """Whether tokens matter, so that the worst case must be known."""
        ...

    @property
    def paused(self) -> bool:
        """Whether nothing may be sent for now; who was let in just before comes back and waits again."""
        ...

    @property
    def most(self) -> int:
        """The most calls at once, while the backend is healthy."""
        ...

    async def enter(self, worst: Charge) -> None:
        """Wait until the attempt may be sent, and set its worst case aside; raises BudgetSpent where it cannot fit."""
        ...

    def leave(self, worst: Charge, used: Charge, outcome: Outcome) -> None:
        """Replace what was set aside by what was used; never raises."""
        ...
