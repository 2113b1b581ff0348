"""The warehouse on MySQL (production: Aurora MySQL 8): schemas of tables, moved by one RENAME, written by one holder of the lock."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pymysql

from loader import commands
from loader.connection_url import Account
from loader.errors import LoaderError
from loader.scratch import scratch
from loader.sources.daily_file_kinds import Dataset
from loader.warehouse import lock
from loader.warehouse.base import OpenDumpWriter, Warehouse
from loader.warehouse.mysql.ddl import quote
from loader.warehouse.mysql.session import CHARSET, COLLATION, WAIT_SECONDS, connect
from loader.warehouse.own_tables import OWN_TABLES

_LOCK_WAIT_TIMEOUT = 1205
_writing: dict[Account, MySQLWarehouse] = {}  # what this process holds the lock of


@contextmanager
def open_to_write(account: Account) -> Iterator[MySQLWarehouse]:
    """The warehouse with its own tables in place and the lock held; within another one of this process, that one.

    Raises:
        BusyError: another process holds the lock.
        LoaderError: the server can't be reached.
    """
    if account in _writing:
        yield _writing[account]
        return
    warehouse = MySQLWarehouse(account)
    with warehouse.closing():
        lock.take(warehouse, str(account), lock.MYSQL)
        warehouse.execute(f"CREATE DATABASE IF NOT EXISTS landing CHARACTER SET {CHARSET} COLLATE {COLLATION}")
        warehouse.create_own_tables(options=" ENGINE = InnoDB")
        lock.sign(warehouse, lock.MYSQL)
        _writing[account] = warehouse
        try:
            yield warehouse
        finally:
            del _writing[account]


@contextmanager
def open_to_read(account: Account) -> Iterator[MySQLWarehouse]:
    """The warehouse as it is, without the lock.

    Raises:
        LoaderError: the server can't be reached, or nothing was ever loaded.
    """
    warehouse = MySQLWarehouse(account)
    with warehouse.closing():
        if not warehouse.has_table("landing", "load_ledger"):
            raise LoaderError(f"there is no warehouse on {account} yet. Load a dump first\n  {commands.loader('load')}")
        yield warehouse


class MySQLWarehouse(Warehouse):
    """See loader.warehouse.base.Warehouse. One connection; what was executed outside of a transaction is committed at once."""

    equals = "<=>"
    type_column = "column_type"

    def __init__(self, account: Account) -> None:
        self.account = account
        self._connection = connect(**account.arguments, local_infile=True)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Closes the connection at the end, whatever state it is in."""
        try:
            yield
        finally:
            with suppress(pymysql.MySQLError):  # it is lost already: the error that says so is on its way
                self._connection.close()

    def query(self, sql: str, *values: Any) -> list[tuple]:
        return list(self._run(sql, values).fetchall())

    def execute(self, sql: str, *values: Any) -> None:
        self._run(sql, values)

    def execute_many(self, sql: str, rows: Iterable[tuple]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s"), list(rows))

    def check_lock(self) -> None:
        """Raises where the connection is lost, and the lock with it."""
        self.query("SELECT 1")

    def _run(self, sql: str, values: tuple) -> pymysql.cursors.Cursor:
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql.replace("%", "%%").replace("?", "%s") if values else sql, values or None)
        except pymysql.OperationalError as error:
            if error.args[0] == _LOCK_WAIT_TIMEOUT:
                raise LoaderError(
                    f"{self.account}: waited {WAIT_SECONDS // 60} minutes for a lock that another connection holds (SHOW PROCESSLIST "
                    f"tells which) and gave up; nothing was changed: {sql.split('(')[0][:60].strip()}"
                ) from None
            raise
        return cursor

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
            self._connection.commit()
        except BaseException:
            with suppress(pymysql.MySQLError):  # a lost connection has rolled back by itself
                self._connection.rollback()
            raise

    @contextmanager
    def second(self) -> Iterator[MySQLWarehouse]:
        other = MySQLWarehouse(self.account)
        with other.closing():
            yield other

    @contextmanager
    def bulk(self) -> Iterator[None]:
        yield

    def quote(self, name: str) -> str:
        return quote(name)

    def digests(self, columns: Mapping[str, str]) -> list[str]:
        # A collation takes a text for the same with spaces behind it.
        return [
            f"CAST({quote(name)} AS BINARY)" if "char" in kind or "text" in kind else quote(name)
            for name, kind in columns.items()
        ]

    def create_schema(self, name: str) -> None:
        self.execute(f"CREATE DATABASE {self.quote(name)} CHARACTER SET {CHARSET} COLLATE {COLLATION}")

    def drop_schema(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {self.quote(name)}")

    def dump_writer(self, schema: str) -> OpenDumpWriter:
        from loader.warehouse.mysql.writer import MySQLDumpWriter

        self._require_local_infile()
        connect_to_land = functools.partial(connect, **self.account.arguments, local_infile=True)
        return functools.partial(MySQLDumpWriter, connect_to_land, schema)

    def _require_local_infile(self) -> None:
        if not self.query("SELECT @@GLOBAL.local_infile")[0][0]:
            raise LoaderError(
                f"{self.account}: local_infile is off, and files go in by LOAD DATA LOCAL; nothing was changed. Set local_infile to 1 in the "
                "server's parameter group, or type SET GLOBAL local_infile = 1 there, then type the same again"
            )

    def publish(self, home: str, replaced: str | None) -> None:
        shown, coming = self._tables("landing") - set(OWN_TABLES), self._tables(home)
        if shown and replaced is None:
            raise LoaderError(
                f"{self.account}: landing holds tables that no load put there ({', '.join(sorted(shown)[:5])}); move them away; "
                "nothing was changed"
            )
        moves = [("landing", name, replaced) for name in sorted(shown)] + [
            (home, name, "landing") for name in sorted(coming)
        ]
        renames = (f"{self._table(source, name)} TO {self._table(target, name)}" for source, name, target in moves)
        self.execute("RENAME TABLE " + ", ".join(renames))

    def _tables(self, schema: str) -> set[str]:
        found = "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'"
        return {name for (name,) in self.query(found, schema)}

    def _table(self, schema: str | None, name: str) -> str:
        return f"{self.quote(schema or '')}.{self.quote(name)}"

    def insert_daily_file(self, dataset: Dataset, path: Path, day: dt.date, key: str) -> int:
        from loader.warehouse.duckdb.daily_file import checked, write_csv

        self._require_local_infile()
        with checked(dataset, path, day, key) as (reader, rows), scratch() as folder:
            write_csv(reader, dataset, folder / "checked.csv", "NULL")
            landed = self._load_data(folder / "checked.csv", dataset, key)
        if landed != rows:
            raise LoaderError(f"daily file {key}: {landed:,} rows landed of {rows:,}; the file was not loaded")
        return rows

    def _load_data(self, path: Path, dataset: Dataset, key: str) -> int:
        from loader.warehouse.mysql.chunk_sql import load_file_sql

        with self._connection.sending(path), self._connection.cursor() as cursor:
            cursor.execute(load_file_sql(path, f"landing.{dataset.table}", dataset.columns, '"'))
            if cursor.warning_count:
                raise LoaderError(
                    f"daily file {key}: the server could not take {cursor.warning_count:,} values as they are (SHOW WARNINGS); the file "
                    "was not loaded"
                )
            return cursor.rowcount
