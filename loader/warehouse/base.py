"""What the loader needs of a warehouse, whatever the engine."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from loader.mysqldump.dump_summary import DumpSummary
from loader.mysqldump.writer import DumpWriter
from loader.sources.daily_file_kinds import Dataset
from loader.warehouse.own_tables import KEYS, OWN_TABLES, RESERVED

Columns = Mapping[str, Mapping[str, str]]  # table -> column -> type, as the engine calls it
OpenDumpWriter = Callable[[Path, DumpSummary], DumpWriter]


class Connection(ABC):
    """A connection to a database. SQL is written with `?` for values, in the words that all engines share."""

    @abstractmethod
    def query(self, sql: str, *values: Any) -> list[tuple]:
        """The rows of a query."""

    @abstractmethod
    def execute(self, sql: str, *values: Any) -> None:
        """Runs one statement."""

    @abstractmethod
    def execute_many(self, sql: str, rows: Iterable[tuple]) -> None:
        """Runs one INSERT for many rows."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All of what is executed within, or nothing. No DDL belongs into one: on MySQL it commits by itself."""

    def insert(self, table: str, rows: Sequence[tuple]) -> None:
        """Writes rows into a table, each with a value for every column; none is written where there are none."""
        if rows:
            self.execute_many(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    def has_schema(self, name: str) -> bool:
        """Whether a schema is there, whoever made it."""
        return bool(self.query("SELECT 1 FROM information_schema.schemata WHERE schema_name = ?", name))

    def has_table(self, schema: str, name: str) -> bool:
        found = "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?"
        return bool(self.query(found, schema, name))

    def create_own_tables(self, without_key: Collection[str] = (), options: str = "") -> None:
        """Creates the pipeline's own tables that are not there yet; `options` is what the engine wants behind the columns."""
        for name, columns in OWN_TABLES.items():
            key = f", PRIMARY KEY ({', '.join(KEYS[name])})" if name in KEYS and name not in without_key else ""
            self.execute(f"CREATE TABLE IF NOT EXISTS landing.{name} ({columns}{key}){options}")


class Warehouse(Connection):
    """A connection to the warehouse."""

    equals: str  # the operator that takes NULL for the same as NULL
    type_column: str  # of information_schema.columns: a column's type, as the engine calls it

    @abstractmethod
    def second(self) -> AbstractContextManager[Warehouse]:
        """Another connection to the same warehouse, with transactions of its own."""

    @abstractmethod
    def bulk(self) -> AbstractContextManager[None]:
        """Many files are about to land: what the engine wants set for that."""

    @abstractmethod
    def quote(self, name: str) -> str:
        """A name as an identifier, whatever it holds."""

    @abstractmethod
    def digests(self, columns: Mapping[str, str]) -> list[str]:
        """SQL expressions that are the same in two rows, NULL or not, if the rows hold the same to the byte in all of these columns (name -> type).

        If the rows differ, so does an expression; a hash of 64 bits may stand for many columns.
        """

    @abstractmethod
    def create_schema(self, name: str) -> None:
        """A new, empty schema."""

    @abstractmethod
    def drop_schema(self, name: str) -> None:
        """Drops a schema with all its tables, if it is there."""

    def columns(self, schema: str) -> Columns:
        """The columns of a schema's tables and views, the pipeline's own left out."""
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in self.query(
            f"""SELECT table_name, column_name, {self.type_column} FROM information_schema.columns
                WHERE table_schema = ? ORDER BY table_name, ordinal_position""",
            schema,
        ):
            if table not in RESERVED:
                found.setdefault(table, {})[column] = kind
        return found

    @abstractmethod
    def dump_writer(self, schema: str) -> OpenDumpWriter:
        """How `land_dump` lands a dump's tables in an empty schema."""

    @abstractmethod
    def publish(self, home: str, replaced: str | None) -> None:
        """Shows the tables of a generation's schema in `landing`, in place of those of the one shown there now, if any, in one step."""

    def settle(self) -> None:
        """Makes what models read say what the pipeline's own tables say, where the two lie apart. Safe to kill and to repeat."""

    def expire(self, before: dt.datetime) -> int:
        """Removes versions of tables that are older than a moment, where the engine keeps what was overwritten; returns how many."""
        return 0

    @abstractmethod
    def insert_daily_file(self, dataset: Dataset, path: Path, day: dt.date, key: str) -> int:
        """Checks a daily file and puts its rows into its kind's table, within the caller's transaction; returns how many.

        Every row must be of the business day. A DumpRejectedError names the file by its key; the caller rolls back.
        """
