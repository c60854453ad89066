"""What a call costs, in dollars: from the backend's own `price`, else from the list that LiteLLM ships."""

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from iftgen.backends.spec import BackendSpec
from iftgen.store.charges import PICO, Charge
from iftgen.types import Request, Usage

# What a chat template may add of its own, in tokens: marks around each message, a default system prompt, and what
# providers write around tools and schemas.
MARKS, TEMPLATE, SCHEMA = 16, 512, 512
# A server without a limit is taken to write no more than this.
NO_LIMIT = 4096
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
    return cost_at(rates(spec), usage)


def cost_at(known: Rates | None, usage: Usage) -> float | None:
    """Return the price of a reply at known rates, as `cost` does."""
    if known is None:
        return None
    if known != (0.0, 0.0) and not (usage.prompt_tokens or usage.completion_tokens):
        return None
    return usage.prompt_tokens * known[0] + usage.completion_tokens * known[1]


def most_tokens(request: Request) -> tuple[int, int]:
    """Return the most prompt and completion tokens a request can use: no token is shorter than a byte.

    Where the request sends no `max_tokens` the second is a guess. Reasoning tokens are inside it.
    """
    if request.embed is not None:
        return sum(map(_bytes, request.embed)) + MARKS * len(request.embed), 0
    said = [message["content"] for message in request.messages or ()] + [request.prompt or ""]
    prompt = sum(map(_bytes, said)) + MARKS * (1 + len(request.messages or ()))
    if request.messages is not None:
        prompt += TEMPLATE
    if request.score is not None:
        return prompt + _bytes(request.score), _bytes(request.score) + 1
    return prompt + sum(map(_extra, request.sampling.values())), _most_completion(request.sampling)


def worst_case(known: Rates | None, prompt: int, completion: int) -> Charge:
    """Return what an attempt of so many tokens is charged; `known` are the `rates`, None where the price is unknown."""
    # About four bytes a token: what is usual, for a limit of tokens a minute.
    return _charge(prompt, completion, known, prompt // 4 + completion)


def used(known: Rates | None, worst: Charge, usage: Usage, written: bool = True) -> Charge:
    """Return what a reply is charged: the worst case where the server did not count its tokens.

    Without `written` the reply is no text, and has no tokens.
    """
    if not usage.prompt_tokens or (written and not usage.completion_tokens):
        return worst
    return _charge(usage.prompt_tokens, usage.completion_tokens, known, usage.prompt_tokens + usage.completion_tokens)


def _charge(prompt: int, completion: int, known: Rates | None, paced: int) -> Charge:
    dollars = None if known is None else math.ceil((prompt * known[0] + completion * known[1]) * PICO)
    return Charge(1, prompt + completion, dollars, paced)


def _most_completion(sampling: Mapping[str, Any]) -> int:
    """Servers differ in which of the two keys they heed where both are given: the larger one counts."""
    limits = [int(sampling[key]) for key in ("max_tokens", "max_completion_tokens") if sampling.get(key)]
    return max(limits, default=NO_LIMIT) * int(sampling.get("n") or 1)


def _extra(value: Any) -> int:
    """Return the most tokens of what is sent beside the text: schemas and tools, a grammar, stop strings."""
    if isinstance(value, str):
        return _bytes(value)
    if isinstance(value, dict | list | tuple):
        return _bytes(json.dumps(value)) + (SCHEMA if "{" in str(value) else 0)
    return 0


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _listed(model: str) -> Rates | None:
    """Look a model up by its full name, then without the prefix of the provider that the list names for it."""
    table = _price_table()
    provider, _, bare = model.partition("/")
    entry = table.get(model)
    if entry is None and bare and str(table.get(bare, {}).get("litellm_provider", "")).startswith(provider):
        entry = table[bare]
    prices = entry and (entry.get("input_cost_per_token"), entry.get("output_cost_per_token"))
    # The list has zeros for models whose price nobody entered; an embedding has no output to pay for.
    free = entry is not None and entry.get("mode") == "embedding"
    known = bool(prices and prices[0] and (prices[1] or free))
    return (float(prices[0]), float(prices[1] or 0.0)) if prices and known else None


@cache
def _price_table() -> Mapping[str, Any]:
    """Read LiteLLM's bundled list without importing LiteLLM, which takes seconds; empty where it is missing."""
    package = find_spec("litellm")
    for folder in (package.submodule_search_locations if package else None) or ():
        file = Path(folder) / PRICE_FILE
        if file.is_file():
            return dict(json.loads(file.read_text(encoding="utf-8")))
    return {}
