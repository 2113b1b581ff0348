"""What lies in Iceberg: dumps in schemas of their own, and in `landing` what models read. See docs/decisions/0039."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loader.warehouse.own_tables import MARKER

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_TYPES = {r"VARCHAR\(\d+\)": "STRING", "DATETIME": "TIMESTAMP_NTZ", " NOT NULL": ""}


class Iceberg:
    """Iceberg's tables, written through Spark, which starts with the first statement."""

    def __init__(self, place: str, check: Callable[[], None]) -> None:
        """Take note of where they are.

        Args:
            place: the warehouse, see loader.warehouse.spark.session.
            check: raises where this process may not write any more; called before each write.
        """
        self._place = place
        self._check = check

    @property
    def _session(self) -> SparkSession:
        from loader.warehouse.spark.session import session

        return session(self._place)

    def query(self, sql: str, *values: Any) -> list[tuple]:
        """The rows of a query."""
        return [tuple(row) for row in self._session.sql(sql, args=list(values) or None).collect()]

    def execute(self, sql: str) -> None:
        """Runs one statement that writes: one commit of one table, at most."""
        self._check()
        self._session.sql(sql)

    def has_table(self, schema: str, name: str) -> bool:
        """Whether a table or view is there."""
        return self._session.catalog.tableExists(f"{schema}.{name}")

    def create_landing(self, tables: Iterable[tuple[str, str, str]]) -> None:
        """Creates schema `landing` and its tables where they are not there yet.

        Args:
            tables: name, columns as loader/warehouse/own_tables.py has them, and the column whose months are partitions, or nothing.
        """
        self.execute("CREATE DATABASE IF NOT EXISTS landing")
        there = {name for _, name, _ in self.query("SHOW TABLES IN landing")}
        for name, columns, by_month in tables:
            if name not in there:
                for word, ours in _TYPES.items():
                    columns = re.sub(word, ours, columns)
                parts = f" PARTITIONED BY (months({by_month}))" if by_month else ""
                self.execute(f"CREATE TABLE landing.{name} ({columns}) USING iceberg{parts}")

    def replace(self, table: str, file: Path) -> None:
        """Puts a Parquet file's rows in place of all of a table's, in one commit, also where there are none."""
        # Not INSERT OVERWRITE: with no rows it keeps the old ones.
        self.execute(f"INSERT INTO {table} REPLACE WHERE TRUE SELECT * FROM {self._uploaded(file, 'landing')}")

    def insert(self, table: str, file: Path) -> None:
        """Adds a Parquet file's rows to a table."""
        self.execute(f"INSERT INTO {table} SELECT * FROM {self._uploaded(file, 'landing')}")

    def create_dump(self, home: str, files: dict[str, Path]) -> None:
        """Creates the tables of a dump, which nobody sees yet.

        Args:
            home: its schema.
            files: table -> Parquet file with its rows, which is kept for `fetch_dump`.
        """
        self.execute(f"CREATE DATABASE IF NOT EXISTS {home}")
        for name, file in files.items():
            self.execute(f"CREATE TABLE {home}.{name} USING iceberg AS SELECT * FROM {self._uploaded(file, home)}")

    def fetch_dump(self, home: str, folder: Path) -> dict[str, Path]:
        """Copies the Parquet files of a dump into a folder of this machine.

        Returns:
            table -> file, the marker left out.
        """
        system, source = self._files(f"parquet/{home}")
        found = {}
        for one in system.listStatus(source):
            file = folder / one.getPath().getName()
            if file.stem != MARKER:
                found[file.stem] = file
                system.copyToLocalFile(one.getPath(), self._path(f"file://{file}"))
        return found

    def show_dump(self, home: str) -> None:
        """Shows the tables of a dump in `landing`, in place of those shown there now: the marker leaves first and comes last."""
        tables = {name for _, name, _ in self.query(f"SHOW TABLES IN {home}")} - {MARKER}
        shown = {name for _, name, _ in self.query("SHOW VIEWS IN landing")}
        for name in [MARKER, *sorted(shown - tables - {MARKER})]:
            self.execute(f"DROP VIEW IF EXISTS landing.{name}")
        for name in [*sorted(tables), MARKER]:
            self.execute(f"CREATE OR REPLACE VIEW landing.{name} AS SELECT * FROM {home}.{name}")

    def drop_dump(self, home: str) -> None:
        """Drops a dump with all its files, if it is there."""
        if self._session.catalog.databaseExists(home):
            for _, name, _ in self.query(f"SHOW TABLES IN {home}"):
                self.execute(f"DROP TABLE IF EXISTS {home}.{name} PURGE")
            self.execute(f"DROP DATABASE {home} CASCADE")
        self._check()
        system, folder = self._files(f"parquet/{home}")
        system.delete(folder, True)

    def expire(self, before: dt.datetime) -> int:
        """Removes what no reader needs any more: old versions of tables, and the files that killed writes left.

        Args:
            before: a version stays that is newer, or the table's last one; so does a file that is newer.

        Returns:
            How many versions were removed.
        """
        # By Java: Iceberg's procedures need its SQL extensions.
        java, moment, expired = self._session._jvm.org.apache.iceberg, int(before.timestamp() * 1000), 0
        for schema, name in self._tables():
            self._check()
            table = java.spark.Spark3Util.loadIcebergTable(self._session._jsparkSession, f"{schema}.{name}")
            versions = table.history().size()
            table.expireSnapshots().expireOlderThan(moment).retainLast(1).commit()
            expired += versions - table.history().size()
            java.spark.actions.SparkActions.get().deleteOrphanFiles(table).olderThan(moment).execute()
        return expired

    def _tables(self) -> Iterator[tuple[str, str]]:
        """Schema and name of the tables that are overwritten: a dump's never are."""
        for pattern in ("landing", "sqlmesh__*", "dashboards"):  # the last is of jobs/athena.py
            for (schema,) in self.query(f"SHOW DATABASES LIKE '{pattern}'"):
                views = {name for _, name, *_ in self.query(f"SHOW VIEWS IN {schema}")}
                for _, name, *_ in self.query(f"SHOW TABLES IN {schema}"):
                    if name not in views:
                        yield schema, name

    def _uploaded(self, file: Path, folder: str) -> str:
        """A file as the source of a SELECT, once it lies where all of Spark's machines can read it."""
        self._check()
        system, there = self._files(f"parquet/{folder}/{file.name}")
        system.copyFromLocalFile(False, True, self._path(f"file://{file}"), there)
        return f"parquet.`{there.toString()}`"

    def _files(self, name: str) -> tuple[Any, Any]:
        """The file system of the warehouse, and a path in it, as Hadoop has them."""
        path = self._path(f"{self._place}/{name}")
        return path.getFileSystem(self._session._jsc.hadoopConfiguration()), path

    def _path(self, uri: str) -> Any:
        return self._session._jvm.org.apache.hadoop.fs.Path(uri)
