"""The connection of a call store to its Redis server, and what its errors mean."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from iftgen.errors import IftgenError, RunError, UserError
from iftgen.store.calls.url import PASSWORD_VARIABLE, Address

# Seconds that a connection, or an answer, may take.
CONNECT_TIMEOUT = 5.0
ANSWER_TIMEOUT = 15.0
# Seconds between two tries of what a lost server did not answer.
RETRY = 0.2

T = TypeVar("T")


def connect(address: Address) -> Any:
    """Return a client that has had an answer from the server.

    Raises UserError where the client package lacks, the server refuses or is no Redis; RunError where none answers.
    """
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise UserError(
            f"{address.place}: a call store on Redis needs a client that is not installed: pip install 'iftgen[redis]'"
        ) from None
    options: dict[str, Any] = {"socket_connect_timeout": CONNECT_TIMEOUT, "socket_timeout": ANSWER_TIMEOUT}
    try:
        client = redis.Redis.from_url(
            address.url, password=address.password, protocol=2, retry=Retry(NoBackoff(), 0), **options
        )
    except (OSError, ValueError, TypeError) as error:
        raise _refusal(address, error) from None
    try:
        client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        client.close()
        raise _refusal(address, error) from None
    return client


def patiently(address: Address, action: Callable[[], T], patience: float) -> T:
    """Do something that may be done twice; while the server is away, again for `patience` seconds.

    Raises RunError where that did not help, or where the server says no.
    """
    import redis

    give_up = time.monotonic() + patience
    while True:
        try:
            return action()
        except redis.RedisError as error:
            if not _is_away(error):
                raise RunError(
                    f"{address.place}: the call store refuses: {address.hide(error)}. Put the server right, then resume"
                    " the run."
                ) from None
            if time.monotonic() >= give_up:
                raise ServerLost(
                    f"{address.place}: the call store does not answer any more ({address.hide(error)}). No reply that"
                    " was stored is lost: the run can be resumed when the server is back."
                ) from None
            time.sleep(RETRY)


class ServerLost(RunError):
    """The server was away for too long."""


def _is_away(error: Exception) -> bool:
    """Return whether the server may take the same again later: cut off, starting, or changing its master."""
    import redis

    if isinstance(error, redis.AuthenticationError):
        return False
    return isinstance(error, redis.ConnectionError | redis.TimeoutError | redis.exceptions.ReadOnlyError)


def _refusal(address: Address, error: Exception) -> IftgenError:
    import redis

    words = address.hide(error).rstrip(".")
    if isinstance(error, redis.AuthenticationError | redis.exceptions.NoPermissionError):
        return UserError(
            f"{address.place}: the server refuses the user or the password ({words}). Give them in the URL, or the"
            f" password in the environment variable {PASSWORD_VARIABLE}."
        )
    if isinstance(error, redis.ConnectionError | redis.TimeoutError | OSError):
        return RunError(f"{address.place}: no Redis server can be reached there ({words}). Start it, or mend the URL.")
    return UserError(f"{address.place}: what answers there is not a Redis server that can be used ({words}).")
