"""A MySQL account from a URL: validated where it enters, and never shown with its password."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from loader.errors import LoaderError, UsageError

if TYPE_CHECKING:
    import pymysql

CHARSET, COLLATION = "utf8mb4", "utf8mb4_bin"
WAIT_SECONDS = 600  # for a lock, of rows or of a table: then the command fails instead of hanging until 08:00

# The same on every server, so that a query means the same: see docs/decisions/0003.
SQL_MODE = "STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
# MariaDB alone reads what stands in /*M! */: it computes a grouped subquery anew for each row that it is joined with where it takes the
# table for small, and it takes a table that was just filled for small. 500 seconds in place of three, behind 261 days.
SESSION = (
    f"SET SESSION sql_mode = '{SQL_MODE}', /*M! optimizer_switch = 'split_materialized=off', */"
    f"lock_wait_timeout = {WAIT_SECONDS}, innodb_lock_wait_timeout = {WAIT_SECONDS}",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
)


@dataclass(frozen=True)
class Account:
    """Where a MySQL warehouse is and as whom to log in.

    Attributes:
        host, port, user, password: as they are, decoded.
        ssl_ca: CA file; with one the connection is encrypted and both certificate and host name are verified.
        encrypt: False to go without TLS; without a CA file TLS is used where the server offers it, unverified.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    ssl_ca: str | None = None
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
    """The account that a URL names.

    Args:
        url: `mysql://user:password@host[:port][?ssl_ca=FILE|ssl=off]`, user and password percent-encoded.
        variable: name of the environment variable it came from, for messages.

    Raises:
        UsageError: it is no such URL; the message never shows it, for it holds a password.
    """
    form = f"{variable} is no mysql://user:password@host[:port][?ssl_ca=FILE] (percent-encode user and password)"
    try:
        parts = urlsplit(url)
        port = parts.port or 3306
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        raise UsageError(form) from None
    if parts.scheme not in ("mysql", "mariadb") or not parts.hostname or not parts.username or parts.path.strip("/"):
        raise UsageError(form)
    if unknown := sorted(set(options) - {"ssl_ca", "ssl"}):
        raise UsageError(f"{variable} has the unknown option {unknown[0]}: use ssl_ca=FILE or ssl=off")
    ca = options.get("ssl_ca")
    if ca is not None and not Path(ca).is_file():
        raise UsageError(f"{variable}: there is no CA file {ca}")
    if options.get("ssl", "off") != "off" or (ca and "ssl" in options):
        raise UsageError(f"{variable}: ssl takes off alone, and goes without ssl_ca")
    return Account(
        parts.hostname, port, unquote(parts.username), unquote(parts.password or ""), ca, "ssl" not in options
    )


def connect(**arguments: Any) -> pymysql.Connection:
    """A connection as the loader and SQLMesh both use it: autocommit, utf8mb4, the house's session settings.

    Args:
        arguments: of pymysql.connect.

    Raises:
        LoaderError: the server can't be reached or refuses the account.
    """
    import pymysql  # here, for the embedded warehouse does without it

    password = arguments.pop("password", "")
    where = f"mysql://{arguments.get('user')}@{arguments.get('host')}:{arguments.get('port')}"
    try:
        connection = pymysql.connect(
            **{"charset": CHARSET, "collation": COLLATION, "autocommit": True, "connect_timeout": 10} | arguments,
            password=password.encode(),  # as bytes, for pymysql would take a text for latin1
        )
        with connection.cursor() as cursor:
            for statement in SESSION:
                cursor.execute(statement)
    except (
        pymysql.MySQLError,
        RuntimeError,
    ) as error:  # RuntimeError: an account that wants a package for logging in without TLS
        raise LoaderError(f"{where} can't be used: {error.args[-1] if error.args else error}") from None
    return connection
