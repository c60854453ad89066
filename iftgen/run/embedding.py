"""The embedder of a run: what the config says of it, the way to a model behind an API, and what it cost."""

import base64
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from iftgen.backends import BackendSpec, check_environment, make_spec
from iftgen.errors import ConfigError, RunError
from iftgen.filters.base import Filter, MemoryFilter
from iftgen.filters.embedded_texts import question_texts
from iftgen.filters.stack import FilterStack
from iftgen.hashing import content_hash
from iftgen.types import Pair, Reply, Request

if TYPE_CHECKING:
    from iftgen.embedders import Embedded, Embedder, Source
    from iftgen.store.vectors import VectorStore

Send = Callable[[Request], Awaitable[Reply]]
ONNX = "onnx"
OWN_KEYS = ("batch", "max_chars", "threads")
MOST_TEXTS, MOST_CHARS, MOST_THREADS = 2048, 1_000_000, 256
# Texts that are embedded in one go before a run that has many.
BLOCK = 1024
HOW = (
    "embedder=onnx (small, offline, free), or embedder=litellm embedder.model=PROVIDER/MODEL; `iftgen list embedders` "
    "shows all"
)


@dataclass(frozen=True)
class EmbedderSpec:
    """An embedder as the config names it; `backend` is None for the model that runs in this process."""

    name: str
    model: str
    batch: int
    max_chars: int
    threads: int | None = None
    backend: BackendSpec | None = None

    @property
    def identity(self) -> str:
        """What its vectors depend on."""
        if self.backend is None:
            from iftgen.embedders.onnx import OnnxSource

            return OnnxSource().identity
        extra = f":{content_hash(dict(self.backend.extra))[:8]}" if self.backend.extra else ""
        return f"{self.backend.identity}{extra}"


def embedder_spec(values: Mapping[str, Any]) -> EmbedderSpec | None:
    """Return the embedder of the section `embedder`, None for `embedder=none`; raises ConfigError."""
    if values.get("name") is None:
        return None
    own = {key: values[key] for key in OWN_KEYS if values.get(key) is not None}
    for key, most in zip(OWN_KEYS, (MOST_TEXTS, MOST_CHARS, MOST_THREADS), strict=True):
        if not 1 <= own.get(key, 1) <= most:
            raise ConfigError(f"embedder.{key}: {own[key]} is not a whole number from 1 to {most}.")
    if values["name"] == ONNX:
        from iftgen.embedders.onnx import NAME

        if values.get("model") not in (None, NAME):
            raise ConfigError(
                f"embedder.model: {values['model']!r} is not allowed with embedder=onnx. Allowed: {NAME}."
            )
        return EmbedderSpec(ONNX, NAME, **own)
    backend = make_spec(_backend(values), "embedder")
    return EmbedderSpec(backend.name, backend.model, **own, backend=backend)


def api_of(spec: EmbedderSpec | None) -> BackendSpec | None:
    """Return the backend of an embedder behind an API, None for others."""
    return spec.backend if spec is not None else None


def check_embedder(spec: EmbedderSpec | None, stack: FilterStack, needed: bool) -> None:
    """Raise ConfigError where a filter lacks an embedder, or UserError where the embedder lacks what it needs.

    Without `needed` no text will be embedded.
    """
    wanting = [one.label for one in stack.all() if one.uses_embedder]
    if spec is None:
        if wanting:
            raise ConfigError(f"filters.{wanting[0]} needs an embedder: {HOW}.")
        return
    if spec.backend is not None and needed:
        check_environment(spec.backend, "embedder")
        if wanting:
            from iftgen.run.embedder_keys import check_key

            check_key(spec.backend)
    if spec.backend is None and needed:
        from iftgen.embedders.onnx import check_onnx

        check_onnx()


def make_embedder(spec: EmbedderSpec, store: "VectorStore", send: Send) -> "Embedder":
    """Return the embedder of a run; one behind an API sends its requests by `send`."""
    from iftgen.embedders import Embedder
    from iftgen.embedders.onnx import OnnxSource

    source: Source = OnnxSource(spec.threads) if spec.backend is None else ApiSource(spec.identity, spec.backend, send)
    return Embedder(source, store, batch=spec.batch, max_chars=spec.max_chars)


async def preload(embedder: "Embedder", stack: FilterStack, pairs: Iterable[Pair]) -> None:
    """Embed in batches what the filters compare with, and what those with a memory are to remember."""
    waiting = _foreknown(stack)
    if any(map(_remembers, stack.filters.values())):
        waiting = chain(waiting, (text for pair in pairs for text in question_texts(pair)))
    while block := list(islice(waiting, BLOCK)):
        await embedder.prepare(block)


class ApiSource:
    """A model behind an API, asked as the writing models are: with their limits, retries, price and budget."""

    def __init__(self, identity: str, backend: BackendSpec, send: Send) -> None:
        """Take the parts."""
        self.identity = identity
        self._backend, self._send = backend, send

    async def embed(self, texts: Sequence[str]) -> "Embedded":
        """Return the vectors of texts."""
        import numpy as np

        from iftgen.embedders import Embedded

        extra = {key: value for key, value in self._backend.extra.items() if value is not None}
        reply = await self._send(Request("embedder", sampling=extra, embed=tuple(texts)))
        numbers = np.frombuffer(base64.b64decode(reply.text), "<f4").astype(np.float32)
        return Embedded(numbers.reshape(len(texts), -1), 1, reply.usage.prompt_tokens, reply.cost_usd)

    def embed_now(self, text: str) -> "Embedded":
        """Refuse: a check does not wait for a server."""
        raise RunError(f"The text {text[:60]!r} was not embedded before its check. This is a bug.")

    def close(self) -> None:
        """Do nothing: the connections are those of the run."""


def embedder_named(spec: EmbedderSpec | None) -> dict[str, Any]:
    """Return what the manifest says of an embedder from the beginning: how its vectors are found in the store."""
    return {} if spec is None else {"identity": spec.identity, "max_chars": spec.max_chars}


def embedded_facts(store: "VectorStore", embedder: "Embedder", before: Mapping[str, Any], own: bool) -> dict[str, Any]:
    """Return what the manifest says of the embedder: the texts that it embedded, their tokens and dollars.

    A store that is not the run's `own` also holds what other jobs embedded: then what this one did is added up.
    """
    if own:
        found = asdict(store.totals())
        return {key: found[key] for key in ("texts", "tokens", "cost_usd")}
    bill = asdict(embedder.bill)
    known = bill["cost_usd"] is not None and before.get("cost_usd", 0.0) is not None
    return {
        **{key: bill[key] + before.get(key, 0) for key in ("texts", "tokens")},
        "cost_usd": round(bill["cost_usd"] + before.get("cost_usd", 0.0), 10) if known else None,
    }


def _foreknown(stack: FilterStack) -> Iterator[str]:
    return (text for one in stack.all() if one.uses_embedder for text in one.foreknown())


def _remembers(one: Filter) -> bool:
    return one.uses_embedder and isinstance(one, MemoryFilter)


def _backend(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a backend: what an embedder writes costs nothing, as it writes nothing."""
    kept = {key: value for key, value in values.items() if key not in OWN_KEYS and value is not None}
    rate = (kept.pop("price", None) or {}).get("input")
    return {**kept, "price": None if rate is None else {"input": rate, "output": 0.0}}
