"""Which call store a place means: a file, or a Redis server for jobs on several machines."""

import re
from pathlib import Path
from typing import Any, Protocol

from iftgen.errors import UserError, choices
from iftgen.store.calls.codec import StoredCall
from iftgen.store.calls.file import CallStore
from iftgen.types import Reply

REDIS_SCHEMES = ("redis", "rediss", "unix")


class Calls(Protocol):
    """A call store of either kind; all methods raise RunError where the store cannot be used."""

    @property
    def place(self) -> str:
        """The path, or the URL without its password: what opens the same store again."""
        ...

    @property
    def shared(self) -> bool:
        """Whether other processes may use the store at once, so that replies are claimed before they are bought."""
        ...

    async def get(self, key: str) -> StoredCall | None:
        """Return what is stored under the key, or None."""
        ...

    async def put(self, key: str, request: str, reply: Reply) -> None:
        """Store a reply and end the lease on its key; returns when that is durable."""
        ...

    async def put_failure(self, key: str, request: str, error: str) -> None:
        """Store the error of a call that failed for good; ends the lease too."""
        ...

    async def claim(self, key: str) -> bool:
        """Return whether this process may buy the reply now; False: `get` again after a while, then claim again."""
        ...

    async def release(self, key: str) -> None:
        """Give a lease back without a reply."""
        ...

    def digest(self) -> str:
        """Return the hex SHA-256 over all calls in order of key."""
        ...

    def totals(self) -> dict[str, Any]:
        """Return the calls, tokens and dollars of all replies; dollars are None when a price is unknown."""
        ...

    def close(self) -> None:
        """Write what is queued, give leases back and close; safe to call twice."""
        ...


def is_url(where: str | Path) -> bool:
    """Return whether a place is a URL and not a path."""
    return isinstance(where, str) and re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", where) is not None


def open_calls(where: str | Path, shared: bool) -> Calls:
    """Open the call store at a path, or at `redis://host:port/db`, `rediss://...`, `unix://path`.

    A server is always shared. Raises UserError for a place that means nothing, RunError for one that cannot be used.
    """
    if not is_url(where):
        return CallStore(Path(where), shared)
    check_url(str(where))
    from iftgen.store.calls.redis_store import RedisCalls

    return RedisCalls(str(where))


def check_url(url: str) -> None:
    """Raise UserError for a URL that is none of a call store, without connecting."""
    scheme = url.partition("://")[0].lower() if is_url(url) else "?"
    if scheme not in REDIS_SCHEMES:
        hint = choices(scheme, REDIS_SCHEMES)
        raise UserError(f"calls.url: {scheme}:// is no Redis server. Give one, such as redis://localhost:6379/0.{hint}")
    from iftgen.store.calls.url import parse

    parse(url)
