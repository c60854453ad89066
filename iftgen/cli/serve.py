"""`watch --serve`: the terminal UI in a browser, through textual-serve, which comes with the extra `serve`."""

import contextlib
import shlex
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from iftgen.cli.progress import say
from iftgen.errors import RunError, UserError

if TYPE_CHECKING:
    from textual_serve.server import Server

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Addresses that mean: every address of this machine.
ANY = ("0.0.0.0", "::", "")


def serve(place: Path, host: str, port: int) -> int:
    """Serve the viewer of a folder until Ctrl-C; every browser that connects gets a viewer of its own."""
    if find_spec("textual_serve") is None:
        raise UserError("--serve needs textual-serve, which is not installed: pip install 'iftgen[serve]'")
    if not 1 <= port <= 65_535:
        raise UserError(f"--port {port}: a port is a number from 1 to 65535.")
    _check_free(host, port)
    if host not in LOOPBACK:
        say(f"iftgen: whoever reaches {host}:{port} can read the run, steer it and stop it; there is no password")
    command = shlex.join([sys.executable, "-m", "iftgen", "watch", str(place.absolute())])
    server(command, host, port, f"iftgen {place.name}").serve()
    return 0


def server(command: str, host: str, port: int, title: str) -> "Server":
    """Return the server of a command; it refuses browsers that were sent by a page of somebody else."""
    from aiohttp import web
    from textual_serve.server import Server

    class OwnPages(Server):
        """Opens no viewer for foreign pages: any page in a browser may connect to a port of this machine."""

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            if not allowed(request.headers.get("Origin"), request.host, host):
                raise web.HTTPForbidden(text="iftgen: only pages of this server may connect")
            return await super().handle_websocket(request)

    name = socket.gethostname() if host in ANY else f"[{host}]" if ":" in host else host
    return OwnPages(command, host=host, port=port, title=title, public_url=f"http://{name}:{port}")


def allowed(origin: str | None, asked: str, host: str) -> bool:
    """Tell whether a page of `origin` may open a viewer that was asked for at `asked` (the header Host).

    Browsers always send an origin. On a loopback address the page must be of one too, else a page elsewhere could give
    its own name to this machine.
    """
    if origin is None:
        return True
    page = urlsplit(origin)
    return page.hostname in LOOPBACK if host in LOOPBACK else page.netloc == asked or page.hostname == host


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise RunError(f"{host}:{port} cannot be served on ({error.strerror}). Give another: --port N.") from None
