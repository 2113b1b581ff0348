"""Postgres, in which the pipeline's own tables lie beside SQLMesh's state. See docs/decisions/0039."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extras import execute_batch

from loader.errors import LoaderError
from loader.warehouse.base import Connection

WAIT_SECONDS = 600  # for another connection's lock on rows
# How a file for COPY writes NULL. A text of these two signs stands in quotes.
CSV = r"FORMAT csv, NULL '\N'"


class Postgres(Connection):
    """See loader.warehouse.base.Connection. What was executed outside of a transaction is committed at once."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        """Connect.

        Args:
            arguments: of the connection, as loader.settings.state_database gives them.

        Raises:
            LoaderError: the server can't be reached.
        """
        self.place = f"postgresql://{arguments['user']}@{arguments['host']}:{arguments['port']}/{arguments['database']}"
        waits = {"connect_timeout": 30, "options": f"-c lock_timeout={WAIT_SECONDS}s"}
        try:
            self._connection = psycopg2.connect(**arguments, **waits)
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise LoaderError(
                f"the state's database (WAREHOUSE_STATE_URL) can't be reached: {reason}; see that it runs, then type the same again"
            ) from None
        self._connection.autocommit = True

    @contextmanager
    def closing(self) -> Iterator[Postgres]:
        """Closes the connection at the end."""
        try:
            yield self
        finally:
            self._connection.close()

    def query(self, sql: str, *values: Any) -> list[tuple]:
        return self._run(sql, values).fetchall()

    def execute(self, sql: str, *values: Any) -> None:
        self._run(sql, values)

    def execute_many(self, sql: str, rows: Iterable[tuple]) -> None:
        with self._connection.cursor() as cursor:
            execute_batch(cursor, sql.replace("?", "%s"), list(rows))

    def _run(self, sql: str, values: tuple) -> psycopg2.extensions.cursor:
        if sql.startswith("CREATE TABLE"):
            sql = sql.replace(" DATETIME", " TIMESTAMP(6)").replace(" DOUBLE", " DOUBLE PRECISION")
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql.replace("%", "%%").replace("?", "%s") if values else sql, values or None)
        except psycopg2.errors.LockNotAvailable:
            raise LoaderError(
                f"{self.place}: waited {WAIT_SECONDS // 60} minutes for a lock that another connection holds (pg_stat_activity tells which) "
                f"and gave up; nothing was changed: {sql.split('(')[0][:60].strip()}"
            ) from None
        return cursor

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.execute("BEGIN")
        try:
            yield
        except BaseException:
            with suppress(psycopg2.Error):  # a lost connection has rolled back by itself
                self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def copy_in(self, table: str, columns: str, file: Path) -> int:
        """Inserts the rows of a CSV file.

        Returns:
            How many.
        """
        with file.open(encoding="utf-8", newline="") as text, self._connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN ({CSV})", text)
            return cursor.rowcount

    def copy_out(self, query: str, file: Path) -> None:
        """Writes a query's rows into a CSV file."""
        with file.open("w", encoding="utf-8", newline="") as text, self._connection.cursor() as cursor:
            cursor.copy_expert(f"COPY ({query}) TO STDOUT ({CSV}, FORCE_QUOTE *)", text)
