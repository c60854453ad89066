"""Any provider through LiteLLM, kept quiet: no price list from the network, no telemetry, no prints, no `.env` file."""

import asyncio
from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any, ClassVar

from iftgen.backends import litellm_setup as setup
from iftgen.backends.litellm_connections import make_connections
from iftgen.backends.redact import redact
from iftgen.backends.wire import is_loopback, parse_reply, parse_vectors, request_body, retry_after, status_error
from iftgen.errors import BackendError, BackendRefused, CallFailed, IftgenError, TransientCallError
from iftgen.types import Reply, Request

NO_KEY = "Missing credentials"
NO_CHOICES = "LiteLLM: provider returned"
UNKNOWN_PROVIDER = "LLM Provider NOT provided"


class LiteLLMClient:
    """Sends requests by `litellm.acompletion`, `litellm.atext_completion` and `litellm.aembedding`.

    `model` is in LiteLLM's form, such as openai/gpt-5-mini; sampling keys that a provider does not take are dropped.
    With an `api_base` it may also be a bare name, as an OpenAI-compatible server of the user's own knows it.
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
        self._chat: dict[str, Any] = {}
        self._plain: dict[str, Any] = {}
        self._connections: Any = None

    async def start(self) -> None:
        """Import LiteLLM, which takes seconds, in a thread."""
        if self._litellm is None:
            self._litellm = await asyncio.to_thread(self._load)
            LiteLLMClient._open += 1
            setup.share_session(self._litellm)
            if self._chat["model"].startswith(setup.FAST):
                self._connections = make_connections(trust_env=not is_loopback(self._base or ""))
                self._chat["client"] = self._connections

    async def send(self, request: Request) -> Reply:
        """Send one request; see `base.Client` for the errors."""
        if self._litellm is None:
            raise BackendError(f"The client of {self.model!r} is not started.")
        if request.score is not None:
            return Reply(text=request.score, model=self.model)
        call, arguments = self._call(request)
        try:
            # LiteLLM's own time-out covers the connection only for some providers; this one covers the whole call.
            async with asyncio.timeout(self._timeout):
                response = await call(**arguments)
            if response is None:
                raise CallFailed("LiteLLM returned no reply: the server refused the request twice.")
            if request.embed is not None:
                return parse_vectors(response.model_dump(), self.model, len(request.embed))
            return parse_reply(response.model_dump(), self.model)
        except IftgenError:
            raise
        except TimeoutError:
            raise TransientCallError(f"No answer within {self._timeout:g} s.", kind="timeout") from None
        except Exception as error:  # LiteLLM passes on the errors of every provider's SDK
            raise self._translated(error) from None

    async def close(self) -> None:
        """Close the connections; those that all clients share go with the last client."""
        litellm, self._litellm = self._litellm, None
        if litellm is None:
            return
        if self._connections is not None:
            await self._connections.close()
        LiteLLMClient._open -= 1
        if LiteLLMClient._open == 0:
            await litellm.close_litellm_async_clients()
            litellm.in_memory_llm_clients_cache.flush_cache()
            session, litellm.aclient_session = litellm.aclient_session, None
            await session.aclose()

    def _call(self, request: Request) -> tuple[Any, dict[str, Any]]:
        """Return the function of LiteLLM that a request needs, and its arguments."""
        if request.embed is not None:
            asked = {"input": list(request.embed), "encoding_format": "float", **request.sampling}
            return self._litellm.aembedding, asked | self._plain
        chat = request.messages is not None
        call = self._litellm.acompletion if chat else self._litellm.atext_completion
        return call, request_body(self.model, request) | (self._chat if chat else self._plain)

    def _load(self) -> Any:
        """Import LiteLLM and settle what each call carries beside its request."""
        litellm = setup.load_litellm(self._concurrency)
        # A server of the user's own needs no key, but the SDKs insist on one.
        place = {"api_base": self._base, "api_key": self._key or ("none" if self._base else None)}
        fixed: dict[str, Any] = {**setup.ONCE, "timeout": self._timeout}
        fixed |= {key: value for key, value in place.items() if value is not None}
        chat, plain = setup.ways(litellm, self.model, self._base)
        self._chat, self._plain = {**fixed, "model": chat}, {**fixed, "model": plain}
        setup.warm(litellm, chat)
        return litellm

    def _translated(self, error: Exception) -> IftgenError:
        message = redact(str(getattr(error, "message", "") or error) or type(error).__name__, self._key)
        if UNKNOWN_PROVIDER in message:
            return BackendRefused(f"LiteLLM does not know the provider of model {self.model!r}. Write provider/model.")
        if NO_KEY in message:
            return BackendRefused(f"No key for model {self.model!r}. Name its variable: backend.api_key_env=VARIABLE.")
        return self._unanswered(error) or _answered(error, message)

    def _unanswered(self, error: Exception) -> IftgenError | None:
        """Return what it means where no answer came through; LiteLLM calls that a status 500 of the server."""
        import aiohttp
        import httpx

        for cause in _causes(error):
            if isinstance(cause, httpx.HTTPStatusError | httpx.TimeoutException):
                return None
            if isinstance(cause, httpx.TransportError | aiohttp.ClientError):
                refused = isinstance(cause, httpx.ConnectError | aiohttp.ClientConnectorError)
                kind = "unreachable" if refused else "cut"
                said = redact(str(cause), self._key) or type(cause).__name__
                return TransientCallError(f"No connection to {self._base or self.model}: {said}.", kind=kind)
        return None


def _answered(error: Exception, message: str) -> IftgenError:
    try:
        status = int(getattr(error, "status_code", None))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return CallFailed(f"{type(error).__name__}: {message}")
    unread = any(isinstance(cause, JSONDecodeError) for cause in _causes(error)) and status >= 500
    if unread or 200 <= status < 300 or NO_CHOICES in message:
        return TransientCallError(f"The server sent a malformed reply: {message}", kind="malformed")
    return status_error(status, message, _retry_after(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it was made from, but none of an earlier call."""
    while error is not None and not isinstance(error, IftgenError):
        yield error
        error = error.__cause__ or error.__context__


def _retry_after(error: BaseException) -> float | None:
    """Look for the server's wish in an error and in those that it was made from: LiteLLM does not copy it up."""
    for cause in _causes(error):
        response = getattr(cause, "response", None)
        for headers in (getattr(cause, "litellm_response_headers", None), getattr(response, "headers", None)):
            if headers and (seconds := retry_after(headers)) is not None:
                return seconds
    return None
