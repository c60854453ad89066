"""The models of a run: one caller for each distinct backend, started when the first request needs it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from iftgen.backends import BackendSpec, Caller, make_client
from iftgen.backends.base import Client, Store
from iftgen.backends.limits import LocalGate
from iftgen.backends.shared_gate import SharedGate
from iftgen.backends.turnstile import Turnstile
from iftgen.run.metered import MeteredStore, Nowhere
from iftgen.run.rows import Bill
from iftgen.store.books import Limits
from iftgen.store.ledger import Ledger
from iftgen.types import Reply, Request, Role

SteeredGate = LocalGate | SharedGate


class Models:
    """Sends a request to the backend of its role.

    With a `ledger` its budget holds for all calls; with `shared` the limits of a backend hold for all jobs that use the
    ledger, together. The ledger is opened before and closed after by whoever made it.
    """

    def __init__(
        self,
        specs: Mapping[Role, BackendSpec],
        store: Store,
        on_event: Callable[..., Any],
        *,
        ledger: Ledger | None = None,
        shared: bool = False,
        embedder: BackendSpec | None = None,
    ) -> None:
        """Make nothing yet: roles that differ only in sampling share a client."""
        self._store = MeteredStore(store)
        self._vectors = MeteredStore(Nowhere())
        self._specs = dict(specs)
        if embedder is not None:
            self._specs["embedder"] = embedder
        self._callers: dict[str, Caller] = {}
        self._by_role: dict[Role, Caller] = {}
        self._gates: dict[tuple[str, Limits], SteeredGate] = {}  # roles that ask one server share its limits
        self._concurrency: int | None = None
        self._paused = False
        self._on_event = on_event
        self._turnstile = Turnstile(ledger) if ledger is not None else None
        self._shared = shared
        self._drained = False

    @property
    def paid(self) -> Bill:
        """What this process paid for: replies that came and are stored, whether or not anybody used them."""
        return self._store.bill + self._vectors.bill

    @property
    def in_flight(self) -> int:
        """Attempts that were sent and not answered yet."""
        return sum(caller.in_flight for caller in self._callers.values())

    @property
    def cut_off(self) -> int:
        """Attempts of this process that may have been billed and whose reply nobody saw."""
        return sum(caller.cut_off for caller in self._callers.values())

    @property
    def width(self) -> int:
        """The most calls at once for now, over all backends that were asked."""
        return sum(gate.width for gate in self._gates.values())

    def resize(self, concurrency: int) -> None:
        """Let so many calls to each backend through at once, those that were not asked yet too."""
        self._concurrency = concurrency
        for gate in self._gates.values():
            gate.resize(concurrency)

    def pause(self, paused: bool) -> None:
        """Send nothing for now, or go on; what is in flight ends."""
        self._paused = paused
        for caller in self._callers.values() if not paused else ():
            caller.awake()
        for gate in self._gates.values():
            gate.pause(paused)

    def look(self) -> None:
        """Look anew at who may be let in: the caps of the ledger have changed."""
        if self._turnstile is not None:
            self._turnstile.look()

    async def send(self, request: Request) -> Reply:
        """Return the reply, from the store or from the model; raises as Caller.call does."""
        caller = self._by_role.get(request.role)
        if caller is None:
            store = self._vectors if request.role == "embedder" else self._store
            caller = self._by_role[request.role] = self._caller(self._specs[request.role], store)
        return await caller.call(request)

    async def drain(self, grace: float | None) -> None:
        """Send nothing more; give the attempts in flight `grace` seconds (None: all it takes) to end and be stored.

        Then they are cut off. Who waits for anything else is cancelled. Call it before the tasks that asked are
        cancelled: what is in flight is then kept even so.
        """
        self._drained = True
        await asyncio.gather(*(caller.drain(grace) for caller in self._callers.values()))

    async def close(self) -> None:
        """Cut off what is in flight, close every client that was made; a server of our own is ended."""
        try:
            await asyncio.gather(*(caller.close() for caller in self._callers.values()))
        finally:
            if self._turnstile is not None:
                self._turnstile.close()

    def _caller(self, spec: BackendSpec, store: MeteredStore) -> Caller:
        key = f"{store is self._vectors} " + repr(
            replace(spec, name="", temperature=None, top_p=None, max_tokens=None, extra={})
        )
        if key not in self._callers:
            if self._drained:
                raise asyncio.CancelledError
            client = _LateClient(spec)
            self._callers[key] = Caller(client, spec, store, on_event=self._on_event, gate=self._gate(spec))
        return self._callers[key]

    def _gate(self, spec: BackendSpec) -> SteeredGate:
        key = lane_of(spec), Limits(spec.concurrency, spec.rpm, spec.tpm)
        if key not in self._gates:
            gate = self._gates[key] = self._new_gate(spec)
            if self._paused:
                gate.pause(True)
        return self._gates[key]

    def _new_gate(self, spec: BackendSpec) -> SteeredGate:
        limits = Limits(self._concurrency or spec.concurrency, spec.rpm, spec.tpm)
        if self._turnstile is None:
            return LocalGate(limits.concurrency, limits.rpm, limits.tpm)
        return self._turnstile.gate(lane_of(spec), limits, self._shared and is_common(spec))


def lane_of(spec: BackendSpec) -> str:
    """Return the name under which jobs share the limits of a backend: its address, model and key variable."""
    return " ".join((spec.api_base or spec.client, spec.model, spec.api_key_env or ""))


def is_common(spec: BackendSpec) -> bool:
    """Tell whether the jobs of a sweep meet at one server: each has a mock, or an embedded server, of its own.

    A rate that was set for one of these is meant for all of them.
    """
    return spec.client not in ("embedded", "mock") or spec.rpm is not None or spec.tpm is not None


class _LateClient:
    """A client that is started by the first request: a run that is answered from the store starts no server."""

    def __init__(self, spec: BackendSpec) -> None:
        self.model = spec.model
        self._spec = spec
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Nothing to do before the first request."""

    async def send(self, request: Request) -> Reply:
        """Start the client if need be, and send."""
        if self._client is None:
            async with self._lock:
                if self._client is None:
                    client = make_client(self._spec)
                    await client.start()
                    self._client = client
        return await self._client.send(request)

    async def close(self) -> None:
        """Close the client if it was started."""
        if self._client is not None:
            await self._client.close()
            self._client = None
