"""The checks of a budget that need no call."""

from collections.abc import Iterable, Mapping
from typing import Any

from iftgen.backends import BackendSpec, price
from iftgen.errors import ConfigError, choices
from iftgen.types import Role

WHOLE = ("tokens", "calls")
CAPS = ("usd", *WHOLE, "minutes")


def check_budget(
    budget: Mapping[str, Any],
    specs: Mapping[Role, BackendSpec],
    asked: Iterable[tuple[Role, str]],
    embedder: BackendSpec | None = None,
) -> None:
    """Raise ConfigError for a cap that is no positive number, or that cannot be kept with the models that are asked.

    `asked` names each role that will be asked, and the section of the config that its backend is in. An `embedder`
    behind an API is asked too.
    """
    for key, value in budget.items():
        if key not in CAPS:
            raise ConfigError(f"budget.{key}: there is no such key.{choices(key, CAPS)}")
        if value is not None and not 0 < value < float("inf"):
            kind = "a whole number of 1 or more" if key in WHOLE else "a number above 0"
            raise ConfigError(f"budget.{key}: {value} is not {kind}.")
    of_embedder: list[tuple[Role, str]] = [("embedder", "embedder")] if embedder is not None else []
    for role, section in (*asked, *of_embedder):
        spec = embedder if role == "embedder" and embedder is not None else specs[role]
        if budget.get("usd") is not None and price.rates(spec) is None:
            raise ConfigError(
                f"budget.usd: the price of model {spec.model!r} (role {role}) is unknown, so that dollars cannot be "
                f"counted. Give it, in dollars a million tokens: {section}.price.input=... {section}.price.output=..."
            )
        if spec.max_tokens is None and (budget.get("usd") is not None or budget.get("tokens") is not None):
            raise ConfigError(
                f"{section}.max_tokens: null sets no limit to a reply, so that a budget of tokens or dollars could be "
                f"exceeded by one call. Give a number, such as {section}.max_tokens=1024."
            )
