"""The call store as a run sees it: with the bill of what its process paid."""

from iftgen.backends.base import Store, StoredCall
from iftgen.run.rows import Bill
from iftgen.types import Reply


class MeteredStore:
    """A call store, with the bill of what this process paid."""

    def __init__(self, store: Store) -> None:
        """Wrap a store."""
        self.bill = Bill()
        self.get, self.claim, self.release, self.put_failure = store.get, store.claim, store.release, store.put_failure
        self._put = store.put

    async def put(self, key: str, request: str, reply: Reply) -> None:
        """Store a reply that was just paid for."""
        await self._put(key, request, reply)
        self.bill += Bill.of(reply)


class Nowhere:
    """A store that keeps nothing: of what an embedder replies the vector store keeps the vectors."""

    async def get(self, key: str) -> StoredCall | None:
        """Have nothing."""
        return None

    async def claim(self, key: str) -> bool:
        """Let everybody buy."""
        return True

    async def release(self, key: str) -> None:
        """Do nothing."""

    async def put(self, key: str, request: str, reply: Reply) -> None:
        """Keep nothing."""

    async def put_failure(self, key: str, request: str, error: str) -> None:
        """Keep nothing: it is tried again."""
