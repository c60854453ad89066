"""LiteLLM at its fastest and quietest: how it is imported, warmed, and which of its ways to a server is taken."""

import contextlib
import gc
import logging
import os
import sys
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from iftgen.errors import BackendError

# LiteLLM's own default; below it, a second client with more connections would be held back.
CONNECTIONS = 500
# LiteLLM's cheapest way to an OpenAI-compatible server; with `litellm_connections`, under half the cost of `openai/`.
FAST = "hosted_vllm/"
# One attempt, without the keys that the provider does not take, and out of LiteLLM's own logs: nobody reads them here.
ONCE = {"num_retries": 0, "max_retries": 0, "drop_params": True, "no-log": True}
LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
# Imported by LiteLLM during the first call, where they would hold the event loop up for half a second.
LATE_MODULES = ("litellm._service_logger", "litellm.litellm_core_utils.default_encoding")


def load_litellm(concurrency: int = CONNECTIONS) -> Any:
    """Import LiteLLM with everything switched off that talks to the network, the terminal or the log."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")  # else it reads any .env file around
    os.environ.setdefault("AIOHTTP_CONNECTOR_LIMIT_PER_HOST", str(max(concurrency, CONNECTIONS)))
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    litellm: Any = sys.modules.get("litellm") or _import()
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.CRITICAL)
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.drop_params = True
    return litellm


def warm(litellm: Any, model: str) -> None:
    """Make LiteLLM import what it leaves to the first call with this model; sends nothing.

    What the import made lives as long as the process: it is taken out of the garbage collector's sight, which saves
    a fifth of the cost of a call.
    """
    sdk = ("openai.resources",) if resolve(litellm, model)[0] in ("openai", "azure") else ()
    for name in LATE_MODULES + sdk:
        with contextlib.suppress(ImportError):
            import_module(name)
    said = [{"role": "user", "content": "x"}]
    with contextlib.suppress(Exception):  # a model that LiteLLM does not know is refused by the first call
        litellm.completion(model=model, messages=said, mock_response="y", api_key="none", **ONCE)
    gc.freeze()


def ways(litellm: Any, model: str, api_base: str | None) -> tuple[str, str]:
    """Return the names by which LiteLLM sends chats and plain completions to a model at the lowest cost a call."""
    name = _served_name(litellm, model, api_base)
    return (model, model) if name is None else (FAST + name, f"openai/{name}")


def share_session(litellm: Any) -> None:
    """Give all OpenAI-like calls one HTTP session: for plain completions LiteLLM opens one a call and leaks it."""
    from litellm.llms.openai.common_utils import BaseOpenAILLM

    if litellm.aclient_session is None:
        litellm.aclient_session = BaseOpenAILLM.get_async_http_client()
        litellm.aclient_session.follow_redirects = False


def resolve(litellm: Any, model: str) -> tuple[str | None, str]:
    """Return LiteLLM's provider of a model and the model's name there; None where it knows no provider."""
    try:
        name, provider, *_ = litellm.get_llm_provider(model=model)
    except Exception:  # LiteLLM raises errors of several kinds for a name that it does not know
        return None, model
    return str(provider), str(name)


def _served_name(litellm: Any, model: str, api_base: str | None) -> str | None:
    """Return the name of `model` at the user's own OpenAI-compatible server.

    None where it is a provider's service: OpenAI's models need LiteLLM's knowledge of them behind any address.
    """
    if not api_base or (urlsplit(api_base).hostname or "").endswith("openai.com"):
        return None
    provider, name = resolve(litellm, model)
    known = provider not in (None, "openai", "hosted_vllm") or name in litellm.open_ai_chat_completion_models
    return None if known else name


def _import() -> Any:
    """Import the package; the garbage collector rests meanwhile, which saves a fifth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return import_module("litellm")
    except ImportError as error:
        raise BackendError(f"litellm cannot be imported: {error}. Run `pip install 'litellm>=1.100,<1.107'`.") from None
    finally:
        if collecting:
            gc.enable()
