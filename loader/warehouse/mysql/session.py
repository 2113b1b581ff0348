"""A connection to MySQL, as the loader and SQLMesh both use it.

For LOAD DATA LOCAL the server names the file that the client sends: only a file that the loader is sending right now goes out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
from pymysql.connections import Connection, LoadLocalPacketWrapper, MySQLResult

from loader.errors import LoaderError

CHARSET, COLLATION = "utf8mb4", "utf8mb4_bin"
WAIT_SECONDS = 600  # for a lock, of rows or of a table: then the command fails instead of hanging until 08:00

# Temporary tables up to this size stay in memory: one of a month's rooms does. On disk a row costs the server twice as much.
TEMPORARY_TABLE_BYTES = 128 << 20

# The same on every server, so that a query means the same: see docs/decisions/0003.
SQL_MODE = "STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
# MariaDB alone reads what stands in /*M! */: it computes a grouped subquery anew for each row that it is joined with where it takes the
# table for small, and it takes a table that was just filled for small. 500 seconds in place of three, behind 261 days.
SESSION = (
    f"SET SESSION sql_mode = '{SQL_MODE}', /*M! optimizer_switch = 'split_materialized=off', */"
    f"tmp_table_size = {TEMPORARY_TABLE_BYTES}, max_heap_table_size = {TEMPORARY_TABLE_BYTES}, "
    f"lock_wait_timeout = {WAIT_SECONDS}, innodb_lock_wait_timeout = {WAIT_SECONDS}",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
)


def connect(**arguments: Any) -> SendingConnection:
    """A connection as the loader and SQLMesh both use it: autocommit, utf8mb4, the house's session settings.

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


class SendingConnection(Connection):
    """A connection that sends no file but the one named to `sending`, whatever the server asks for."""

    _sent_now: bytes | None = None

    @contextmanager
    def sending(self, file: Path | None) -> Iterator[None]:
        """Within, a statement may send this file."""
        self._sent_now = file and os.fsencode(file)
        try:
            yield
        finally:
            self._sent_now = None

    def _read_query_result(self, unbuffered: bool = False) -> int:
        # pymysql's own, but for the class of the result.
        self._result = None
        result = _Result(self)
        if unbuffered:
            result.init_unbuffered_query()
        else:
            result.read()
        self._result = result
        if result.server_status is not None:
            self.server_status = result.server_status
        return result.affected_rows


class _Result(MySQLResult):
    def _read_load_local_packet(self, first_packet: Any) -> None:
        connection = self.connection
        if LoadLocalPacketWrapper(first_packet).filename != connection._sent_now:
            connection._force_close()
            raise LoaderError(
                f"mysql://{connection.host}:{connection.port} asked for a file that was not being sent to it: it got nothing. Another "
                "server may answer in its place: name the CA file, mysql://...?ssl_ca=FILE, and change the account's password"
            )
        super()._read_load_local_packet(first_packet)
