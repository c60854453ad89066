"""Any OpenAI-compatible server over aiohttp: a tenth of LiteLLM's own cost a call."""

import json
from typing import Any

from iftgen.backends.redact import redact
from iftgen.backends.scoring import Scorer
from iftgen.backends.wire import (
    is_loopback,
    parse_reply,
    parse_vectors,
    request_body,
    retry_after,
    server_message,
    status_error,
)
from iftgen.errors import BackendError, BackendRefused, TransientCallError
from iftgen.types import Reply, Request

# What a server says of an address that it does not have.
ABSENT = (404, 405, 501)


class DirectClient:
    """Talks to `{api_base}/chat/completions` and `{api_base}/completions` over kept-alive connections.

    `api_base` ends in the version part, such as http://127.0.0.1:8000/v1. `timeout` is in seconds for a whole call.
    """

    def __init__(self, model: str, api_base: str, api_key: str | None = None, timeout: float = 120.0) -> None:
        """Keep the address; nothing is opened before `start`."""
        self.model = model
        self._base = api_base.rstrip("/")
        self._key = api_key
        self._timeout = timeout
        self._session: Any = None

    async def start(self) -> None:
        """Open the session; connections are made when they are needed."""
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(
                # As many connections as calls that are let through, which may become more while the run goes on.
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                headers=self._headers(),
                cookie_jar=aiohttp.DummyCookieJar(),
                # A proxy of the environment is for the outside world, never for a server on this machine.
                trust_env=not is_loopback(self._base),
            )

    async def send(self, request: Request) -> Reply:
        """Send one request; see `base.Client` for the errors."""
        if request.score is not None:
            return await Scorer(self.model, self._base, self._post).score(request)
        if request.embed is not None:
            body = {"model": self.model, "input": list(request.embed), **request.sampling}
            return parse_vectors(await self._post(self._base + "/embeddings", body), self.model, len(request.embed))
        path = "/chat/completions" if request.messages is not None else "/completions"
        return parse_reply(await self._post(self._base + path, request_body(self.model, request)), self.model)

    async def close(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _headers(self) -> dict[str, str]:
        """Return what each request of the session carries."""
        plain = {"Content-Type": "application/json", "Accept": "application/json"}
        return plain | ({"Authorization": f"Bearer {self._key}"} if self._key else {})

    async def _post(self, url: str, payload: dict[str, Any], absent: str = "") -> dict[str, Any]:
        """Return the body of a 200; raise what any other status means (`absent`: where there is no such address)."""
        status, body, headers = await self._exchange(url, payload)
        if absent and status in ABSENT:
            raise BackendRefused(absent)
        if status != 200:
            raise status_error(status, redact(server_message(body), self._key), retry_after(headers))
        if isinstance(body, dict) and body.get("error") and "choices" not in body:
            raise status_error(500, redact(server_message(body), self._key))
        if not isinstance(body, dict):
            raise TransientCallError("The server sent a malformed reply: no JSON object.", kind="malformed")
        return body

    async def _exchange(self, url: str, payload: dict[str, Any]) -> tuple[int, Any, Any]:
        """Make one HTTP exchange; the body is parsed JSON, or text where it is no JSON."""
        import aiohttp

        if self._session is None:
            raise BackendError(f"The client of {self.model!r} is not started.")
        try:
            # Redirects are not followed: they would turn the POST into a GET and carry the key elsewhere.
            async with self._session.post(url, data=_encoded(payload), allow_redirects=False) as response:
                return response.status, _json(await response.read()), response.headers
        except TimeoutError:
            raise TransientCallError(f"No answer within {self._timeout:g} s.", kind="timeout") from None
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise BackendError(f"api_base {self._base!r} is no address.") from None
        except (aiohttp.ClientError, OSError) as error:
            said = redact(str(error).replace(" ssl:default", ""), self._key) or type(error).__name__
            kind = "unreachable" if isinstance(error, aiohttp.ClientConnectorError) else "cut"
            where = f"No connection to {self._base}" if kind == "unreachable" else "The connection was lost"
            raise TransientCallError(f"{where}: {said}.", kind=kind) from None


def _encoded(payload: dict[str, Any]) -> bytes:
    """Return JSON as UTF-8; letters beyond ASCII are not escaped, which keeps requests short."""
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")
