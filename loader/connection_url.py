"""A database's URL, taken apart strictly: a password that is not percent-encoded is refused, and never becomes part of a host name.

A MySQL account is validated where it enters, and never shown with its password.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from loader.errors import UsageError

# Each sign that separates parts has one place; anywhere else it has to be percent-encoded.
_URL = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<user>[^:/?#@\s]+)(?::(?P<password>[^/?#@\s]*))?"
    r"@(?P<host>[\w.-]+|\[[\da-f:.]+\])(?::(?P<port>\d{1,5}))?(?:/(?P<path>[^/?#@\s]*))?(?:\?(?P<query>[^?#@\s]+))?",
    re.ASCII | re.IGNORECASE,
)
_BROKEN_CODE = re.compile(r"%(?![\da-f]{2})", re.IGNORECASE)
_ENCODE = """python3 -c 'import getpass, urllib.parse; print(urllib.parse.quote(getpass.getpass(), safe=""))'"""


def take_apart(
    url: str, variable: str, form: str, schemes: Collection[str], options: Collection[str], port: int
) -> tuple[dict[str, Any], str, dict[str, str]]:
    """The parts of a database's URL, percent-decoded: the login (host, port, user, password), the path without its slash, and the options.

    The URL has one of these schemes, and each of these options at most once; `port` is the default. If not, a UsageError names variable and form,
    and shows no part of the URL, for any may hold some of the password.
    """
    found = _URL.fullmatch(url)
    pairs = [pair.partition("=") for pair in found["query"].split("&")] if found and found["query"] else []
    given = {name: unquote(value) for name, _, value in pairs}
    if (
        not found
        or found["scheme"] not in schemes
        or _BROKEN_CODE.search(url)
        or int(found["port"] or port) not in range(1, 65536)
        or len(given) < len(pairs)
        or not given.keys() <= set(options)
    ):
        raise UsageError(
            f"{variable} is no {form}. Percent-encode the password; this asks for it and prints it so\n  {_ENCODE}"
        )
    login = {
        "host": found["host"].strip("[]"),
        "port": int(found["port"] or port),
        "user": unquote(found["user"]),
        "password": unquote(found["password"] or ""),
    }
    return login, unquote(found["path"] or ""), given


@dataclass(frozen=True)
class Account:
    """Where a MySQL warehouse is and as whom to log in."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    # CA file; with one the connection is encrypted and both certificate and host name are verified.
    ssl_ca: str | None = None
    # False to go without TLS; without a CA file TLS is used where the server offers it, unverified.
    encrypt: bool = True

    def __str__(self) -> str:
        return f"mysql://{self.user}@{self.host}:{self.port}"

    @property
    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of `connect`."""
        tls = {"ssl_ca": self.ssl_ca, "ssl_verify_cert": True, "ssl_verify_identity": True} if self.ssl_ca else {}
        if not self.encrypt:
            tls = {"ssl_disabled": True}
        return {"host": self.host, "port": self.port, "user": self.user, "password": self.password, **tls}


def parse(url: str, variable: str) -> Account:
    """The account that `mysql://user:password@host[:port][?ssl_ca=FILE|ssl=off]` names, user and password percent-encoded.

    A UsageError where it is no such URL; the message names the variable, and shows no part of the URL.
    """
    form = "mysql://user:password@host[:port][?ssl_ca=FILE or ?ssl=off]"
    login, path, options = take_apart(url, variable, form, ("mysql", "mariadb"), ("ssl_ca", "ssl"), port=3306)
    ca, ssl = options.get("ssl_ca"), options.get("ssl")
    if path or ssl not in (None, "off") or None not in (ca, ssl):
        raise UsageError(f"{variable} is no {form}: it names no database, and one of the two options at most")
    if ca is not None and not Path(ca).is_file():
        raise UsageError(f"{variable}: there is no file where its ssl_ca says the CA file is")
    return Account(**login, ssl_ca=ca, encrypt=ssl is None)
