"""A MySQL account from a URL: validated where it enters, and never shown with its password."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loader.connection_url import take_apart
from loader.errors import LoaderError, UsageError

if TYPE_CHECKING:
    from loader.mysql_files import SendingConnection

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
        UsageError: it is no such URL; the message shows no part of it.
    """
    form = "mysql://user:password@host[:port][?ssl_ca=FILE or ?ssl=off]"
    parts = take_apart(url, variable, form, ("mysql", "mariadb"), ("ssl_ca", "ssl"), port=3306)
    ca, ssl = parts.options.get("ssl_ca"), parts.options.get("ssl")
    if parts.path or ssl not in (None, "off") or None not in (ca, ssl):
        raise UsageError(f"{variable} is no {form}: it names no database, and one of the two options at most")
    if ca is not None and not Path(ca).is_file():
        raise UsageError(f"{variable}: there is no file where its ssl_ca says the CA file is")
    return Account(parts.host, parts.port, parts.user, parts.password, ca, encrypt=ssl is None)


def connect(**arguments: Any) -> SendingConnection:
    """A connection as the loader and SQLMesh both use it: autocommit, utf8mb4, the house's session settings.

    Args:
        arguments: of pymysql.connect.

    Raises:
        LoaderError: the server can't be reached or refuses the account.
    """
    import pymysql  # here, for the embedded warehouse does without it

    from loader.mysql_files import SendingConnection

    password = arguments.pop("password", "")
    where = f"mysql://{arguments.get('user')}@{arguments.get('host')}:{arguments.get('port')}"
    try:
        connection = SendingConnection(
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
