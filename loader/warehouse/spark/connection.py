"""The warehouse on Spark: dumps are read into a scratch DuckDB file, the record is in Postgres, and models read Iceberg. See docs/decisions/0039."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import duckdb
import psycopg2

from loader import commands
from loader.errors import LoaderError
from loader.scratch import scratch
from loader.sources.daily_file_kinds import Dataset
from loader.warehouse import lock
from loader.warehouse.base import OpenDumpWriter
from loader.warehouse.duckdb import daily_file
from loader.warehouse.duckdb.connection import DuckDBWarehouse
from loader.warehouse.own_tables import MARKER, MARKER_COLUMNS, OWN_TABLES
from loader.warehouse.spark.iceberg import Iceberg
from loader.warehouse.spark.postgres import Postgres
from loader.warehouse.spark.settling import exported, settle

_LAYERS = ("staging", "silver", "gold")
_MODELS = re.compile(rf"\b(?:{'|'.join(_LAYERS)})\.")
_OWN = re.compile(rf"\blanding\.(?:{'|'.join(OWN_TABLES)})\b|\.{MARKER}\b")
_writing: dict[str, SparkWarehouse] = {}  # what this process holds the lock of


@contextmanager
def open_to_write(place: str, state: Mapping[str, Any]) -> Iterator[SparkWarehouse]:
    """The warehouse with its own tables in place and the lock held; within another one of this process, that one.

    Args:
        place: the warehouse, see loader.warehouse.spark.session.
        state: arguments of the connection to the state's Postgres.

    Raises:
        BusyError: another process holds the lock.
        LoaderError: Postgres can't be reached.
    """
    if place in _writing:
        yield _writing[place]
        return
    with Postgres(state).closing() as holder, Postgres(state).closing() as own, scratch() as folder:
        lock.take(holder, own.place, lock.POSTGRES)
        own.execute("CREATE SCHEMA IF NOT EXISTS landing")
        own.create_own_tables()
        lock.sign(holder, lock.POSTGRES)

        def check() -> None:
            try:
                holder.query("SELECT 1")
            except psycopg2.Error:
                raise LoaderError(
                    f"the connection to {own.place} that holds the lock is lost; nothing more was written. See that the server runs, then "
                    "type the same again"
                ) from None

        _writing[place] = SparkWarehouse(state, own, Iceberg(place, check), folder, check)
        try:
            yield _writing[place]
        finally:
            _writing.pop(place).close_scratch()


@contextmanager
def open_to_read(place: str, state: Mapping[str, Any]) -> Iterator[SparkWarehouse]:
    """The warehouse as it is, without the lock.

    Raises:
        LoaderError: Postgres can't be reached, or nothing was ever loaded.
    """

    def check() -> None:
        raise LoaderError("this command only reads the warehouse, and was about to write it; nothing was changed")

    with Postgres(state).closing() as own, scratch() as folder:
        if not own.has_table("landing", "load_ledger"):
            raise LoaderError(f"there is no warehouse in {place} yet. Load a dump first\n  {commands.loader('load')}")
        warehouse = SparkWarehouse(state, own, Iceberg(place, check), folder, check)
        try:
            yield warehouse
        finally:
            warehouse.close_scratch()


class SparkWarehouse(DuckDBWarehouse):
    """See loader.warehouse.base.Warehouse. What names an own table goes to Postgres, what names a model's to Spark, and all else, which is
    of dumps, to the scratch DuckDB file: there lie the dumps that this process landed and, as `landing`, the live one."""

    def __init__(
        self, state: Mapping[str, Any], own: Postgres, iceberg: Iceberg, folder: Path, check: Callable[[], None]
    ) -> None:
        self._state, self._own, self._iceberg, self._folder, self._check = state, own, iceberg, folder, check
        self.check_lock = check  # raises where the lock is lost
        self._landed: set[str] = set()  # schemas of dumps that are in DuckDB
        self._first: SparkWarehouse | None = None  # whose `second` this is

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self._first:
            return self._first._connection.cursor()
        connection = duckdb.connect(str(self._folder / "scratch.duckdb"))
        connection.execute("CREATE SCHEMA landing")
        for (home,) in self._own.query("SELECT schema_name FROM landing.generations WHERE state = 'live'"):
            for name, file in self._iceberg.fetch_dump(home, self._folder / "live").items():
                connection.execute(f"CREATE VIEW landing.{self.quote(name)} AS SELECT * FROM read_parquet('{file}')")
        return connection

    def close_scratch(self) -> None:
        """Closes the scratch file, if it was opened."""
        if connection := vars(self).pop("_connection", None):
            connection.interrupt()
            connection.close()

    def query(self, sql: str, *values: Any) -> list[tuple]:
        if _MODELS.search(sql):
            return self._iceberg.query(sql, *values)
        return self._own.query(sql, *values) if _OWN.search(sql) else super().query(sql, *values)

    def execute(self, sql: str, *values: Any) -> None:
        self._check()
        self._own.execute(sql, *values) if _OWN.search(sql) else super().execute(sql, *values)

    def execute_many(self, sql: str, rows: Iterable[tuple]) -> None:
        self._check()
        self._own.execute_many(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._own.transaction():
            yield
            self._check()

    @contextmanager
    def second(self) -> Iterator[SparkWarehouse]:
        with Postgres(self._state).closing() as own:
            other = SparkWarehouse(self._state, own, self._iceberg, self._folder, self._check)
            other._first = self
            try:
                yield other
            finally:
                other.close_scratch()

    def bulk(self) -> Any:
        return nullcontext()

    def has_schema(self, name: str) -> bool:
        return self._own.has_schema(name)

    def has_table(self, schema: str, name: str) -> bool:
        return (self._iceberg if schema in _LAYERS else self._own).has_table(schema, name)

    def create_schema(self, name: str) -> None:
        self._check()
        self._own.execute(f"CREATE SCHEMA {self.quote(name)}")
        super().create_schema(name)
        self._landed.add(name)

    def drop_schema(self, name: str) -> None:
        self.settle()  # views may show it still
        if self._own.has_table(name, MARKER):  # else it never came to Iceberg
            self._iceberg.drop_dump(name)
        if name in self._landed:
            super().drop_schema(name)
            self._landed.remove(name)
        self._own.execute(f"DROP SCHEMA IF EXISTS {self.quote(name)} CASCADE")

    def dump_writer(self, schema: str) -> OpenDumpWriter:
        from loader.warehouse.spark.writer import SparkDumpWriter

        return partial(SparkDumpWriter, self._connection, schema)

    def publish(self, home: str, replaced: str | None) -> None:
        if home in self._landed:
            files = {}
            for (name,) in super().query("SELECT table_name FROM duckdb_tables() WHERE schema_name = ?", home):
                files[name] = self._folder / f"{name}.parquet"
                super().execute(f"COPY {self.quote(home)}.{self.quote(name)} TO '{files[name]}' (FORMAT parquet)")
            marker = exported(self._own, f"{self.quote(home)}.{MARKER}", MARKER_COLUMNS, self._folder, MARKER)
            self._iceberg.create_dump(home, files | {MARKER: marker})
            super().publish(home, replaced)
        self._check()
        self._own.execute(f"CREATE OR REPLACE VIEW landing.{MARKER} AS SELECT * FROM {self.quote(home)}.{MARKER}")

    def settle(self) -> None:
        settle(self._own, self._iceberg, self._folder)

    def expire(self, before: dt.datetime) -> int:
        return self._iceberg.expire(before)

    def insert_daily_file(self, dataset: Dataset, path: Path, day: dt.date, key: str) -> int:
        with daily_file.checked(dataset, path, day, key) as (reader, rows), scratch() as folder:
            daily_file.write_csv(reader, dataset, folder / "checked.csv", r"\N")
            landed = self._own.copy_in(f"landing.{dataset.table}", ", ".join(dataset.columns), folder / "checked.csv")
        if landed != rows:
            raise LoaderError(f"daily file {key}: {landed:,} rows landed of {rows:,}; the file was not loaded")
        return rows
