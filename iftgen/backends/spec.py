"""The keys of a backend, the same for every provider, and the checks that need no call."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import PurePath
from typing import Any

from iftgen.backends.redact import is_secret_name, looks_like_key
from iftgen.errors import ConfigError, choices
from iftgen.types import Style

CLIENTS = ("litellm", "direct", "embedded", "mock")
STYLES = ("chat", "completion")
FEATURES = ("seed", "logprobs", "grammar", "score")
SERVER_KEYS = ("processes", "slots", "context", "weights")
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
# Keys of a request that the client sets itself: in `extra` they would break every call.
RESERVED = ("model", "messages", "prompt", "stream", "n", "echo", "best_of")


@dataclass(frozen=True)
class BackendSpec:
    """A backend as the config names it.

    `client` decides who talks to the model; `prompt` is the style of prompt that the model likes best.
    `features` says what the server takes beside plain text. `timeout` is in seconds, `rpm` and `tpm` are requests and
    tokens a minute, `price` is {input, output} in dollars a million tokens. `extra` is sent with each request.
    `server` (processes, slots, context, weights) is for the embedded model only, `mock` for the mock only.
    """

    name: str
    model: str
    api_base: str | None = None
    api_key_env: str | None = None
    client: str = "litellm"
    prompt: Style = "chat"
    features: tuple[str, ...] = ()
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = 1024
    timeout: float = 120.0
    concurrency: int = 32
    rpm: int | None = None
    tpm: int | None = None
    price: Mapping[str, float | None] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    server: Mapping[str, Any] = field(default_factory=dict)
    mock: Mapping[str, Any] = field(default_factory=dict)

    def sampling(self) -> dict[str, Any]:
        """Return what this backend adds to each request: the sampling keys that are set, then `extra`."""
        own = {"temperature": self.temperature, "top_p": self.top_p, "max_tokens": self.max_tokens}
        return {key: value for key, value in {**own, **self.extra}.items() if value is not None}

    @property
    def identity(self) -> str:
        """What the call key knows of the model: its name, and what else changes its replies but is in no request."""
        if self.client == "mock":
            from iftgen.backends.mock import make_settings

            return f"{self.model}:{make_settings(self.mock).fingerprint()}"
        if self.server.get("weights"):
            return f"{self.model}:{PurePath(self.server['weights']).name}"
        return self.model

    def api_key(self) -> str | None:
        """Read the key from its environment variable; None where the backend needs none."""
        return os.environ.get(self.api_key_env, "").strip() or None if self.api_key_env else None


def make_spec(
    values: Mapping[str, Any], prefix: str = "backend", parent: Mapping[str, Any] | None = None
) -> BackendSpec:
    """Build and check the spec of the config section `prefix`; a key that is null takes its default.

    With `parent` (the values of `backend`) a section named `inherit` takes from it each key that is null.
    Raises ConfigError, which names the full key and never prints a secret.
    """
    known = {entry.name for entry in fields(BackendSpec)}
    for section, keys in ((prefix, values), ("backend", parent or {})):
        for key in keys:
            if key not in known:
                raise ConfigError(f"{section}.{key}: there is no such key.{choices(str(key), known)}")
    merged = {key: value for key, value in inherited(values, parent).items() if value is not None or key in NULLABLE}
    for key in ("name", "model"):
        if not isinstance(merged.get(key), str) or not merged[key].strip():
            raise ConfigError(f"{prefix}.{key}: a non-empty text is needed, such as {EXAMPLES[key]}.")
    if "features" in merged:
        merged["features"] = tuple(merged["features"])
    if merged.get("client", "litellm") == "litellm":
        # LiteLLM passes no token ids on, whatever the server behind it takes.
        merged["features"] = tuple(one for one in merged.get("features", ()) if one != "score")
    spec = BackendSpec(**merged)
    validate(spec, prefix)
    return spec


NULLABLE = ("api_base", "api_key_env", "temperature", "top_p", "max_tokens", "rpm", "tpm", "price")
EXAMPLES = {"name": "openai", "model": "openai/gpt-5-mini (provider, slash, model; as the provider writes it)"}


def inherited(values: Mapping[str, Any], parent: Mapping[str, Any] | None) -> dict[str, Any]:
    """Fill each key that is null from `parent` where the section is named `inherit`."""
    if parent is None or values.get("name") not in (None, "inherit"):
        return dict(values)
    own = {key: value for key, value in values.items() if value is not None and key != "name"}
    return {**parent, **own}


def validate(spec: BackendSpec, prefix: str = "backend") -> None:
    """Check every key; raises ConfigError for the first that is wrong."""
    _check_secrets(spec, prefix)
    _one_of(spec.client, CLIENTS, f"{prefix}.client")
    _one_of(spec.prompt, STYLES, f"{prefix}.prompt")
    for feature in spec.features:
        _one_of(feature, FEATURES, f"{prefix}.features")
    _check_numbers(spec, prefix)
    _check_address(spec, prefix)
    for key in spec.extra:
        if key in RESERVED:
            raise ConfigError(f"{prefix}.extra.{key}: iftgen sets this key itself. Remove it.")
    _check_sections(spec, prefix)


def _check_numbers(spec: BackendSpec, prefix: str) -> None:
    _number(spec.temperature, f"{prefix}.temperature", 0, 2)
    _number(spec.top_p, f"{prefix}.top_p", 0, 1, above=True)
    _number(spec.max_tokens, f"{prefix}.max_tokens", 1, whole=True)
    _number(spec.timeout, f"{prefix}.timeout", 0, above=True)
    _number(spec.concurrency, f"{prefix}.concurrency", 1, 4096, whole=True)
    _number(spec.rpm, f"{prefix}.rpm", 1, whole=True)
    _number(spec.tpm, f"{prefix}.tpm", 1, whole=True)
    for side, dollars in (spec.price or {}).items():
        _one_of(side, ("input", "output"), f"{prefix}.price")
        _number(dollars, f"{prefix}.price.{side}", 0)


def _check_address(spec: BackendSpec, prefix: str) -> None:
    if spec.client == "direct" and not spec.api_base:
        raise ConfigError(
            f"{prefix}.api_base: backend {spec.name!r} needs the address of its server, "
            f"such as {prefix}.api_base=http://127.0.0.1:8000/v1"
        )
    if spec.api_base and not re.match(r"https?://[^/\s]+", spec.api_base):
        raise ConfigError(f"{prefix}.api_base: {spec.api_base!r} is no address. It starts with http:// or https://.")


def _check_sections(spec: BackendSpec, prefix: str) -> None:
    if spec.server and spec.client != "embedded":
        raise ConfigError(f"{prefix}.server: only the embedded backend has a server of its own. Remove the key.")
    if spec.mock and spec.client != "mock":
        raise ConfigError(f"{prefix}.mock: only the mock backend has these keys. Remove the key.")
    for key, value in spec.server.items():
        _one_of(key, SERVER_KEYS, f"{prefix}.server")
        if key != "weights":
            _number(value, f"{prefix}.server.{key}", 256 if key == "context" else 1, whole=True)
    if spec.client == "mock":
        from iftgen.backends.mock import make_settings

        make_settings(spec.mock, f"{prefix}.mock")


def _check_secrets(spec: BackendSpec, prefix: str) -> None:
    """Refuse a literal key anywhere in the section; what was given is never printed."""
    name = spec.api_key_env
    if name is not None and not VARIABLE.fullmatch(name):
        raise ConfigError(
            f"{prefix}.api_key_env: this is not the name of an environment variable (capital letters, digits and _). "
            f"Never write a key into the config: export it, and give the variable's name, such as OPENAI_API_KEY."
        )
    if spec.api_base and re.search(r"//[^/]*@|[?&](?:api[-_]?)?key=", spec.api_base, re.IGNORECASE):
        raise ConfigError(f"{prefix}.api_base: the address holds a password or a key. Use {prefix}.api_key_env.")
    place = _secret_in(spec.extra, f"{prefix}.extra")
    if place:
        raise ConfigError(f"{place}: this looks like a literal key. Export it and name it in {prefix}.api_key_env.")


def _secret_in(value: Any, place: str) -> str | None:
    """Return the full key of the first literal secret below `place`."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if is_secret_name(str(key)) and inner is not None:
                return f"{place}.{key}"
            if found := _secret_in(inner, f"{place}.{key}"):
                return found
    elif isinstance(value, list | tuple):
        return next((found for inner in value if (found := _secret_in(inner, place))), None)
    elif isinstance(value, str) and looks_like_key(value):
        return place
    return None


def _one_of(value: str, allowed: tuple[str, ...], place: str) -> None:
    if value not in allowed:
        raise ConfigError(f"{place}: {value!r} is not allowed.{choices(str(value), allowed)}")


def _number(
    value: Any, place: str, low: float, high: float | None = None, whole: bool = False, above: bool = False
) -> None:
    """Check a number that may be null: at least (`above`: more than) `low`, at most `high`."""
    if value is None:
        return
    kind = "a whole number" if whole else "a number"
    wanted = f"{kind} {'above' if above else 'of at least'} {low}" + ("" if high is None else f" and at most {high}")
    right = isinstance(value, int) if whole else isinstance(value, int | float)
    inside = right and not isinstance(value, bool) and (value > low if above else value >= low)
    if not inside or (high is not None and value > high):
        raise ConfigError(f"{place}: {value!r} is not {wanted}.")
