"""A connection to MySQL, as the loader and SQLMesh both use it."""

from __future__ import annotations

from typing import Any

import pymysql

from loader.errors import LoaderError
from loader.warehouse.mysql.local_files import SendingConnection

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


def connect(**arguments: Any) -> SendingConnection:
    """A connection as the loader and SQLMesh both use it: autocommit, utf8mb4, the house's session settings.

    Args:
        arguments: of pymysql.connect.

    Raises:
        LoaderError: the server can't be reached or refuses the account.
    """
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
