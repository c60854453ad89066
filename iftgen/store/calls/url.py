"""The address of a call store on a Redis server, as the user gives it.

    redis://[user[:password]@]host[:port][/db][?prefix=...]     rediss:// with TLS     unix:///path/to/socket[?db=0]

A password is better kept out of it, in the environment variable IFTGEN_REDIS_PASSWORD: the address is written to the
run folder (there without its password) and opens the same store again when the run is resumed.
"""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from iftgen.errors import UserError, choices

PASSWORD_VARIABLE = "IFTGEN_REDIS_PASSWORD"
PREFIX = "iftgen:calls:"
OPTIONS = ("db", "prefix", "ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile", "ssl_keyfile")


@dataclass(frozen=True)
class Address:
    """Where a store is: the URL for the client, `place` for people (without password), the prefix of all keys."""

    url: str = field(repr=False)
    place: str
    prefix: str
    password: str | None = field(repr=False)

    def hide(self, text: object) -> str:
        """Return a text without the password."""
        return str(text).replace(self.password, "***") if self.password else str(text)


def parse(url: str) -> Address:
    """Check a URL; raises UserError, which never shows the password."""
    try:
        parts = urlsplit(url)
        password = unquote(parts.password) if parts.password else os.environ.get(PASSWORD_VARIABLE) or None
        user, port = parts.username, parts.port
    except ValueError:
        raise UserError("The URL of the call store cannot be read. A good one: redis://localhost:6379/0") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = parts.netloc.rpartition("@")[2]
    place = f"{parts.scheme}://{f'{user}@' if user else ''}{host}{parts.path}"
    _check(parts, port, options, place)
    prefix = options.pop("prefix", PREFIX)
    shown = options if prefix == PREFIX else {**options, "prefix": prefix}
    return Address(
        url=_with_options(f"{parts.scheme}://{parts.netloc}{parts.path}", options),
        place=_with_options(place, shown),
        prefix=prefix,
        password=password,
    )


def _check(parts: SplitResult, port: int | None, options: dict[str, str], place: str) -> None:
    for name in options:
        if name not in OPTIONS:
            raise UserError(f"{place}: {name!r} is no option of a call store.{choices(name, OPTIONS)}")
    if not options.get("db", "0").isdecimal():
        raise UserError(f"{place}: the database db={options['db']} is no number. A good one: db=0")
    if parts.scheme == "unix":
        if not parts.path.strip("/"):
            raise UserError(f"{place}: the path of the socket is missing. A good one: unix:///run/redis.sock")
    elif not parts.hostname or port == 0 or not re.fullmatch(r"/?\d*", parts.path):
        raise UserError(f"{place} is no address of a server and a database. A good one: redis://localhost:6379/0")


def _with_options(url: str, options: dict[str, str]) -> str:
    return f"{url}?{urlencode(options, safe=':/')}" if options else url
