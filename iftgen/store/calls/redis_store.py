"""The call store on a Redis server, for jobs on several machines.

A reply is as durable as the server makes it: it wants `appendonly yes` and `maxmemory-policy noeviction`. It is a JSON
string under `<prefix>reply:<key>`; a lease is the name of its owner under `<prefix>lease:<key>`, and ends by the
server's clock. One thread uses one connection: what is asked for at about the same time is one MULTI ... EXEC in one
round trip, all of which may be sent again after a cut. A Redis cluster is not supported.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from iftgen.errors import RunError
from iftgen.store.calls.base import QueuedCalls
from iftgen.store.calls.codec import CallRow, StoredCall, decode_reply, digest_of, totals_of
from iftgen.store.calls.redis_client import ServerLost, connect, patiently
from iftgen.store.calls.url import parse
from iftgen.store.calls.worker import GroupWorker, Operation
from iftgen.store.owner import BEATS, LEASE, is_gone, new_owner

# KEYS: reply and lease by turns. ARGV: owner, milliseconds, owners whose process is gone.
# Returns for each key the owner of its lease after the call, "" where its reply is there.
CLAIM = """
local gone = {}
for i = 3, #ARGV do gone[ARGV[i]] = true end
local owners = {}
for i = 1, #KEYS, 2 do
  local owner = redis.call('GET', KEYS[i + 1])
  if redis.call('EXISTS', KEYS[i]) == 1 then
    owner = ''
  elseif not owner or owner == ARGV[1] or gone[owner] then
    redis.call('SET', KEYS[i + 1], ARGV[1], 'PX', ARGV[2])
    owner = ARGV[1]
  end
  owners[#owners + 1] = owner
end
return owners
"""
# KEYS: leases. ARGV: owner.
RELEASE = "for _, key in ipairs(KEYS) do if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end end"
# Seconds without the server until a run ends.
PATIENCE = 30.0
# Values that one look at all rows fetches at once.
BATCH = 500


class RedisCalls(QueuedCalls):
    """Replies by call key on a server. Close it to send what is queued and to give leases back."""

    shared = True

    def __init__(self, url: str, *, lease: float = LEASE, patience: float = PATIENCE) -> None:
        """Connect; `lease` and `patience` are in seconds. See `redis_client.connect` for what it raises."""
        self._address = parse(url)
        self.place = self._address.place
        self._client = connect(self._address)
        self._prefix, self._owner = self._address.prefix, new_owner()
        self._lease, self._patience, self._lost = round(lease * 1000), patience, False
        self._held: dict[str, None] = {}
        self._worker = GroupWorker(self._carry_out, lease / BEATS)

    async def get(self, key: str) -> StoredCall | None:
        """Return what is stored under the key, or None."""
        value = await self._worker.submit(Operation("get", key))
        if value is None:
            return None
        try:
            raw = json.loads(value)
            return StoredCall(decode_reply(raw["reply"]) if raw["reply"] is not None else None, raw["error"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(error) from None

    def digest(self) -> str:
        """Return the hex SHA-256 over all calls in order of key: the same as that of a file with the same calls."""
        return digest_of(self._rows())

    def totals(self) -> dict[str, Any]:
        """Return the calls, tokens and dollars of all replies; dollars are None when a price is unknown."""
        return totals_of(row[2] for row in self._rows() if row[2] is not None)

    def close(self) -> None:
        """Send what is queued, give leases back and cut the connection; safe to call twice."""
        self._worker.close()
        with contextlib.suppress(RunError):
            if self._held and not self._lost:
                patiently(self._address, self._give_all_back, 0)
        self._client.close()

    def _carry_out(self, group: Sequence[Operation]) -> None:
        """Have a group done by the server; when it was away for too long, later groups do not wait again."""
        awaited = any(operation.waiter for operation in group)
        try:
            patiently(self._address, lambda: self._exchange(group), self._patience if awaited and not self._lost else 0)
            self._lost = False
        except ServerLost:
            self._lost = self._lost or awaited
            raise

    def _exchange(self, group: Sequence[Operation]) -> None:
        """Send a group in one round trip: puts, gets, then leases in the order in which they came."""
        pipe = self._client.pipeline(transaction=True)
        puts = [operation for operation in group if operation.kind == "put"]
        gets = [operation for operation in group if operation.kind == "get"]
        rest = [operation for operation in group if operation.kind not in ("put", "get")]
        for operation in puts:
            pipe.set(self._reply_key(operation.key), _value(*operation.row), nx=True)
        if puts:
            pipe.delete(*(self._lease_key(operation.key) for operation in puts))
        if gets:
            pipe.mget([self._reply_key(operation.key) for operation in gets])
        runs = [(kind, list(run)) for kind, run in groupby(rest, key=lambda operation: operation.kind)]
        for kind, run in runs:
            self._queue_run(pipe, kind, [operation.key for operation in run])
        answers = pipe.execute()
        if gets:
            for operation, value in zip(gets, answers[len(puts) + bool(puts)], strict=True):
                operation.result = value
        self._forget(puts)
        for (kind, run), answer in zip(runs, answers[len(answers) - len(runs) :], strict=True):
            self._take_in(kind, run, answer)

    def _queue_run(self, pipe: Any, kind: str, keys: Sequence[str]) -> None:
        if kind == "release":
            pipe.eval(RELEASE, len(keys), *map(self._lease_key, keys), self._owner)
        else:
            self._claim(pipe, keys if kind == "claim" else list(self._held))

    def _claim(self, client: Any, keys: Sequence[str], gone: Sequence[str] = ()) -> Any:
        pairs = [name for key in keys for name in (self._reply_key(key), self._lease_key(key))]
        return client.eval(CLAIM, len(pairs), *pairs, self._owner, self._lease, *gone)

    def _take_in(self, kind: str, run: Sequence[Operation], owners: Sequence[bytes]) -> None:
        if kind == "release":
            self._forget(run)
        if kind != "claim":
            return
        others = {name.decode() for name in owners} - {"", self._owner}
        gone = [owner for owner in others if is_gone(owner)]
        if gone:
            owners = self._claim(self._client, [operation.key for operation in run], gone)
        for operation, owner in zip(run, owners, strict=True):
            operation.result = owner.decode() == self._owner
            if operation.result:
                self._held[operation.key] = None

    def _forget(self, operations: Sequence[Operation]) -> None:
        for operation in operations:
            self._held.pop(operation.key, None)

    def _give_all_back(self) -> None:
        self._client.eval(RELEASE, len(self._held), *map(self._lease_key, self._held), self._owner)
        self._held.clear()

    def _reply_key(self, key: str) -> str:
        return f"{self._prefix}reply:{key}"

    def _lease_key(self, key: str) -> str:
        return f"{self._prefix}lease:{key}"

    def _rows(self) -> Iterator[CallRow]:
        """Yield all calls in order of key; only the keys are held in memory."""
        start = self._reply_key("")
        pattern = re.sub(r"([\\*?\[\]])", r"\\\1", start) + "*"
        found = patiently(self._address, lambda: set(self._client.scan_iter(pattern, count=1000)), self._patience)
        names = sorted(found)
        for number in range(0, len(names), BATCH):
            batch = names[number : number + BATCH]
            values = patiently(self._address, partial(self._client.mget, batch), self._patience)
            for name, value in zip(batch, values, strict=True):
                if value is not None:
                    yield self._row(name.decode().removeprefix(start), value)

    def _row(self, key: str, value: bytes) -> CallRow:
        try:
            raw = json.loads(value)
            return key, raw["request"], None if raw["reply"] is None else json.dumps(raw["reply"]), raw["error"]
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> RunError:
        return RunError(
            f"{self.place}: what is stored under {self._prefix}reply:* is no reply ({error}). Something else writes"
            " there: give this store a prefix of its own (?prefix=...), then resume the run."
        )


def _value(request: str, reply: str | None, error: str | None) -> str:
    """Return what is stored: JSON with the reply as an object, which is JSON already."""
    return f'{{"reply": {reply or "null"}, "error": {json.dumps(error)}, "request": {json.dumps(request)}}}'
