"""Backends: models behind an API, and the way to them."""

from iftgen.backends.base import Client, Gate, Store, StoredCall
from iftgen.backends.caller import Caller
from iftgen.backends.environment import check_environment
from iftgen.backends.keys import call_key, request_json
from iftgen.backends.spec import BackendSpec, inherited, make_spec, validate

__all__ = [
    "BackendSpec",
    "Caller",
    "Client",
    "Gate",
    "Store",
    "StoredCall",
    "call_key",
    "check_environment",
    "inherited",
    "make_client",
    "make_spec",
    "request_json",
    "validate",
]


def make_client(spec: BackendSpec, prefix: str = "backend") -> Client:
    """Return the client of a backend, not started; the key is read from the environment now."""
    if spec.client == "mock":
        from iftgen.backends.mock import MockClient, make_settings

        return MockClient(spec.model, make_settings(spec.mock, f"{prefix}.mock"))
    if spec.client == "embedded":
        from iftgen.backends.embedded_client import EmbeddedClient

        return EmbeddedClient(spec.model, spec.server, spec.timeout, f"{prefix}.server")
    if spec.client == "direct":
        from iftgen.backends.direct import DirectClient

        return DirectClient(spec.model, spec.api_base or "", spec.api_key(), spec.timeout)
    from iftgen.backends.litellm_client import LiteLLMClient

    return LiteLLMClient(spec.model, spec.api_base, spec.api_key(), spec.concurrency, spec.timeout)
