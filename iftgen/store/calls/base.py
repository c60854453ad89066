"""What the call stores have in common: writes and leases go through the worker's groups."""

import asyncio
import contextlib

from iftgen.errors import RunError
from iftgen.store.calls.codec import encode_reply, storable
from iftgen.store.calls.worker import GroupWorker, Operation
from iftgen.types import Reply


class QueuedCalls:
    """Writes and leases of a call store; its heir says where things are kept, and reads."""

    place: str
    shared: bool
    _worker: GroupWorker

    async def put(self, key: str, request: str, reply: Reply) -> None:
        """Store a reply and end the lease on its key; returns when that is durable.

        Where the key has a reply already, the first one stays.
        """
        await self._worker.submit(Operation("put", key, (storable(request), encode_reply(reply), None)))

    async def put_failure(self, key: str, request: str, error: str) -> None:
        """Store the error of a call that failed for good, so that it is not tried again; ends the lease too."""
        await self._worker.submit(Operation("put", key, (storable(request), None, storable(error))))

    async def claim(self, key: str) -> bool:
        """Return whether this process may buy the reply of a key now.

        False: another living process is buying it, or its reply is there by now: `get` again after a while, then claim
        again. Within one process a second claim is True too: the caller joins equal requests. A store that is not
        shared always says True.
        """
        if not self.shared:
            return True
        try:
            return bool(await self._worker.submit(Operation("claim", key)))
        except asyncio.CancelledError:
            self._worker.post(Operation("release", key))
            raise

    async def release(self, key: str) -> None:
        """Give a lease back without a reply; nothing happens where this process does not hold it.

        Never raises: where the store is out of reach, the lease ends by itself.
        """
        if self.shared:
            with contextlib.suppress(RunError):
                await self._worker.submit(Operation("release", key))
