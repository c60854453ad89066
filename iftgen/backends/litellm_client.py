"""Any provider through LiteLLM, kept quiet: no price list from the network, no telemetry, no prints, no `.env` file."""

import asyncio
import logging
import os
from typing import Any, ClassVar

from iftgen.backends.redact import redact
from iftgen.backends.wire import parse_reply, request_body, retry_after, status_error
from iftgen.errors import BackendError, BackendRefused, CallFailed, IftgenError, TransientCallError
from iftgen.types import Reply, Request

# LiteLLM's own default; below it, a second client with more connections would be held back.
CONNECTIONS = 500
NO_KEY = "Missing credentials"
UNKNOWN_PROVIDER = "LLM Provider NOT provided"


class LiteLLMClient:
    """Sends requests by `litellm.acompletion` and `litellm.atext_completion`.

    `model` is in LiteLLM's form, such as openai/gpt-5-mini; sampling keys that a provider does not take are dropped.
    """

    _open: ClassVar[int] = 0

    def __init__(
        self,
        model: str,
        api_base: str | None = None,
        api_key: str | None = None,
        concurrency: int = 32,
        timeout: float = 120.0,
    ) -> None:
        """Keep the settings; LiteLLM is imported by `start`."""
        self.model = model
        self._base = api_base
        self._key = api_key
        self._concurrency = concurrency
        self._timeout = timeout
        self._litellm: Any = None

    async def start(self) -> None:
        """Import LiteLLM, which takes seconds, in a thread."""
        if self._litellm is None:
            self._litellm = await asyncio.to_thread(load_litellm, self._concurrency)
            LiteLLMClient._open += 1
            _share_session(self._litellm)

    async def send(self, request: Request) -> Reply:
        """Send one request; see `base.Client` for the errors."""
        if self._litellm is None:
            raise BackendError(f"The client of {self.model!r} is not started.")
        if request.score is not None:
            return Reply(text=request.score, model=self.model)
        call = self._litellm.acompletion if request.messages is not None else self._litellm.atext_completion
        try:
            # LiteLLM's own time-out covers the connection only for some providers; this one covers the whole call.
            async with asyncio.timeout(self._timeout):
                response = await call(**self._arguments(request))
            if response is None:
                raise CallFailed("LiteLLM returned no reply: the server refused the request twice.")
            return parse_reply(response.model_dump(), self.model)
        except IftgenError:
            raise
        except TimeoutError:
            raise TransientCallError(f"No answer within {self._timeout:g} s.", kind="timeout") from None
        except Exception as error:  # LiteLLM passes on the errors of every provider's SDK
            raise self._translated(error) from None

    async def close(self) -> None:
        """Close LiteLLM's connections when its last client closes: they are shared by all."""
        litellm, self._litellm = self._litellm, None
        if litellm is None:
            return
        LiteLLMClient._open -= 1
        if LiteLLMClient._open == 0:
            await litellm.close_litellm_async_clients()
            litellm.in_memory_llm_clients_cache.flush_cache()
            session, litellm.aclient_session = litellm.aclient_session, None
            await session.aclose()

    def _arguments(self, request: Request) -> dict[str, Any]:
        # A server of the user's own needs no key, but the SDKs insist on one.
        place = {"api_base": self._base, "api_key": self._key or ("none" if self._base else None)}
        return {
            **request_body(self.model, request),
            **{key: value for key, value in place.items() if value is not None},
            "timeout": self._timeout,
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
        }

    def _translated(self, error: Exception) -> IftgenError:
        message = redact(str(getattr(error, "message", "") or error) or type(error).__name__, self._key)
        if UNKNOWN_PROVIDER in message:
            return BackendRefused(f"LiteLLM does not know the provider of model {self.model!r}. Write provider/model.")
        if NO_KEY in message:
            return BackendRefused(f"No key for model {self.model!r}. Name its variable: backend.api_key_env=VARIABLE.")
        status = getattr(error, "status_code", None)
        try:
            code = int(status)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return CallFailed(f"{type(error).__name__}: {message}")
        return status_error(code, message, _retry_after(error))


def _retry_after(error: BaseException | None) -> float | None:
    """Look for the server's wish in an error and in those that it was made from: LiteLLM does not copy it up."""
    while error is not None:
        response = getattr(error, "response", None)
        for headers in (getattr(error, "litellm_response_headers", None), getattr(response, "headers", None)):
            if headers and (seconds := retry_after(headers)) is not None:
                return seconds
        error = error.__cause__ or error.__context__
    return None


def _share_session(litellm: Any) -> None:
    """Give all OpenAI-like calls one HTTP session: for plain completions LiteLLM opens one a call and leaks it."""
    from litellm.llms.openai.common_utils import BaseOpenAILLM

    if litellm.aclient_session is None:
        litellm.aclient_session = BaseOpenAILLM.get_async_http_client()


def load_litellm(concurrency: int = CONNECTIONS) -> Any:
    """Import LiteLLM with everything switched off that talks to the network, the terminal or the log."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")  # else it reads any .env file around
    os.environ.setdefault("AIOHTTP_CONNECTOR_LIMIT_PER_HOST", str(max(concurrency, CONNECTIONS)))
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    try:
        import litellm
    except ImportError as error:
        raise BackendError(f"litellm cannot be imported: {error}. Run `pip install 'litellm>=1.100,<1.107'`.") from None
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.CRITICAL)
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.drop_params = True
    return litellm
