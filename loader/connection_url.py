"""A database's URL, taken apart strictly: a password that is not percent-encoded is refused, and never becomes part of a host name."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class ConnectionUrl:
    """The parts of a URL, percent-decoded.

    Attributes:
        path: without its slash; empty if there is none.
        options: what stands behind the question mark.
    """

    user: str
    password: str = field(repr=False)
    host: str
    port: int
    path: str
    options: dict[str, str]


def take_apart(
    url: str, variable: str, form: str, schemes: Collection[str], options: Collection[str], port: int
) -> ConnectionUrl:
    """The parts of a database's URL.

    Args:
        url: the URL.
        variable: name of the environment variable it came from, for messages.
        form: how it should look, for messages.
        schemes: the schemes that it may have.
        options: the options that it may have, each at most once.
        port: the port if it names none.

    Raises:
        UsageError: it is no such URL; the message shows no part of it, for any part may hold some of the password.
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
    return ConnectionUrl(
        unquote(found["user"]),
        unquote(found["password"] or ""),
        found["host"].strip("[]"),
        int(found["port"] or port),
        unquote(found["path"] or ""),
        given,
    )
