"""A job as a process of its own that buys the replies of `k0`, `k1`, ... and tells what it bought.

    python -m tests.store.buyer buy PLACE LOG COUNT FROM    buys all, beginning with number FROM; a line of LOG each
    python -m tests.store.buyer hold PLACE LOG COUNT FROM   claims all, says so, and waits to be killed

PLACE is a path or a URL.
"""

import asyncio
import os
import sys

from iftgen.store.calls.open import Calls, open_calls
from iftgen.types import Reply

AT_ONCE = 32


async def buy(store: Calls, log: int, key: str) -> None:
    """Buy one reply unless another does."""
    while await store.get(key) is None:
        if await store.claim(key):
            os.write(log, f"{key}\n".encode())
            await asyncio.sleep(0.002)  # the call
            await store.put(key, "{}", Reply(f"reply to {key}"))
        else:
            await asyncio.sleep(0.01)


async def buy_all(store: Calls, log: int, count: int, first: int) -> None:
    """Buy all, some at a time."""
    numbers = iter([(first + number) % count for number in range(count)])

    async def worker() -> None:
        for number in numbers:
            await buy(store, log, f"k{number}")

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


async def hold_all(store: Calls, count: int, first: int) -> None:
    """Claim all and never buy one."""
    assert all(await asyncio.gather(*(store.claim(f"k{first + number}") for number in range(count))))
    sys.stdout.write("held\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main(act: str, place: str, log: str, count: int, first: int) -> None:
    """Be that job."""
    store = open_calls(place, shared=True)
    file = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    asyncio.run(buy_all(store, file, count, first) if act == "buy" else hold_all(store, count, first))
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:]))  # type: ignore[arg-type]
