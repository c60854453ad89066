"""What a call costs, in dollars: from the backend's own `price`, else from the list that LiteLLM ships."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from iftgen.backends.spec import BackendSpec
from iftgen.types import Request, Usage

PRICE_FILE = "model_prices_and_context_window_backup.json"
Rates = tuple[float, float]


def rates(spec: BackendSpec) -> Rates | None:
    """Return the dollars a token of prompt and of completion, or None where the price is unknown."""
    own = spec.price or {}
    if own.get("input") is not None and own.get("output") is not None:
        return float(own["input"] or 0) / 1e6, float(own["output"] or 0) / 1e6
    return _listed(spec.model) if spec.client == "litellm" else None


def cost(spec: BackendSpec, usage: Usage) -> float | None:
    """Return the price of a reply; None (never 0) where the price or the number of tokens is unknown."""
    known = rates(spec)
    if known is None:
        return None
    if known != (0.0, 0.0) and not (usage.prompt_tokens or usage.completion_tokens):
        return None
    return usage.prompt_tokens * known[0] + usage.completion_tokens * known[1]


def most_tokens(spec: BackendSpec, request: Request) -> tuple[int, int]:
    """Return the most prompt and completion tokens a request can use: no token is shorter than a byte."""
    texts = [message["content"] for message in request.messages or ()] + [request.prompt or "", request.score or ""]
    # 16 a message for the template's own marks.
    prompt = sum(len(text.encode()) for text in texts) + 16 * (1 + len(request.messages or ()))
    limit = request.sampling.get("max_completion_tokens") or request.sampling.get("max_tokens") or spec.max_tokens
    return prompt, int(limit or 4096)


def worst_cost(spec: BackendSpec, request: Request) -> float | None:
    """Return the most that a request can cost, for a budget to reserve; None where the price is unknown."""
    known = rates(spec)
    if known is None:
        return None
    prompt, completion = most_tokens(spec, request)
    return prompt * known[0] + completion * known[1]


def _listed(model: str) -> Rates | None:
    """Look a model up by its full name, then without the prefix of the provider that the list names for it."""
    table = _price_table()
    provider, _, bare = model.partition("/")
    entry = table.get(model)
    if entry is None and bare and str(table.get(bare, {}).get("litellm_provider", "")).startswith(provider):
        entry = table[bare]
    prices = entry and (entry.get("input_cost_per_token"), entry.get("output_cost_per_token"))
    # The list has zeros for models whose price nobody entered.
    return (float(prices[0]), float(prices[1])) if prices and all(prices) else None


@cache
def _price_table() -> Mapping[str, Any]:
    """Read LiteLLM's bundled list without importing LiteLLM, which takes seconds; empty where it is missing."""
    package = find_spec("litellm")
    for folder in (package.submodule_search_locations if package else None) or ():
        file = Path(folder) / PRICE_FILE
        if file.is_file():
            return dict(json.loads(file.read_text(encoding="utf-8")))
    return {}
