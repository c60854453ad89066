"""How LiteLLM reaches a server of the user's own: over aiohttp itself, without the layers that it puts on top."""

from functools import cache
from typing import Any

# How a proxy tells LiteLLM a price. It spares LiteLLM a calculation, a sixth of a call, whose result nobody uses here.
# A price of zero would make it look for the reason.
PRICED = {"x-litellm-response-cost": "1e-12"}


def make_connections(trust_env: bool) -> Any:
    """Return an `AsyncHTTPHandler` for LiteLLM's `client` argument; it needs a running event loop.

    LiteLLM's own goes through httpx to aiohttp, which costs a fifth of a call. Redirects are not followed: they
    would carry the key elsewhere. A status of 300 and more raises `httpx.HTTPStatusError`, as LiteLLM expects; where
    no answer comes, the error is aiohttp's.
    """
    import aiohttp
    import httpx
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler, get_ssl_configuration

    asked = cache(lambda url: httpx.Request("POST", url))

    class Connections(AsyncHTTPHandler):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            # As many as calls that are let through, which may become more while the run goes on.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60, ssl=get_ssl_configuration())
            timeout = aiohttp.ClientTimeout(total=None)  # the caller's covers the whole call
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=trust_env
            )

        async def post(self, url: str, data: str | bytes, headers: dict[str, str], **_: Any) -> httpx.Response:
            raw = data.encode() if isinstance(data, str) else data
            async with self._session.post(url, data=raw, headers=headers, allow_redirects=False) as answer:
                body = await answer.read()
            if answer.status == 200:
                return httpx.Response(200, headers=PRICED, content=body, request=asked(url))
            # The body is decoded already; httpx would do it again.
            told = [(name, value) for name, value in answer.headers.items() if name.lower() != "content-encoding"]
            return httpx.Response(answer.status, headers=told, content=body, request=asked(url)).raise_for_status()

        async def close(self) -> None:
            await self._session.close()
            await super().close()

    return Connections()
