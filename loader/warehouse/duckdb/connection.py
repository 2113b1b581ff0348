"""The embedded warehouse: one DuckDB file, one writer at a time."""

from __future__ import annotations

import datetime as dt
import functools
import re
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from loader import commands
from loader.errors import BusyError, LoaderError
from loader.sources.daily_file_kinds import DATASETS, Dataset
from loader.warehouse.base import OpenDumpWriter, Warehouse
from loader.warehouse.duckdb.sql import quote, with_values


@contextmanager
def open_file(file: Path) -> Iterator[DuckDBWarehouse]:
    """The warehouse with its own tables in place. DuckDB lets one process write a file, so this is also the lock: a BusyError where
    another one has it. A LoaderError where it is no DuckDB database, or can't be written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    cache = file.with_name(f"{file.name}.cache")  # as config.yaml has it
    if cache.exists() and not file.exists():
        shutil.rmtree(cache)  # SQLMesh took the versions of a new warehouse's models from there
    try:
        connection = duckdb.connect(str(file))
    except duckdb.Error as error:
        raise cannot_open(file, error) from None
    try:
        connection.execute("CREATE SCHEMA IF NOT EXISTS landing")
        warehouse = DuckDBWarehouse(connection)
        # No key on the daily files: keeping its index costs more than landing the rows, and each file is checked for repeats.
        warehouse.create_own_tables(without_key=[dataset.table for dataset in DATASETS])
        yield warehouse
    finally:
        _stop(connection)
        connection.close()


def _stop(connection: duckdb.DuckDBPyConnection) -> None:
    """Ends what DuckDB's threads still do for a query that Ctrl-C has left: whatever is asked next would wait for them."""
    connection.interrupt()


def open_to_read(file: Path) -> Any:
    """As `open_file`, but a LoaderError where there is no warehouse yet."""
    if not file.exists():
        raise LoaderError(f"there is no warehouse at {file} yet. Load a dump first\n  {commands.loader('load')}")
    return open_file(file)


def cannot_open(file: Path, error: Exception) -> LoaderError:
    """The plain answer to a database file that DuckDB won't open."""
    text = str(error)
    if "Could not set lock" in text:
        holder = text.partition("held in ")[2].partition(". ")[0]
        process = re.search(r"PID (\d+)", holder)
        command = _command_of(int(process[1])) if process else None
        who = f": {command}, {process[0]}" if command else f" ({holder})" if holder else ""
        asks = "It may wait for your answer, y or n, where you typed it. " if _asks(command) else ""
        return BusyError(
            f"another command holds the warehouse {file}{who}; nothing was changed. {asks}Wait until it ends, then type the same again"
        )
    return LoaderError(
        f"{file} can't be opened as a DuckDB database: {text.splitlines()[0]}; nothing was changed. If it is "
        "no database at all, move it away, or name another by WAREHOUSE_DUCKDB"
    )


def _command_of(process: int) -> str | None:
    """What was typed to start a process of this machine, where its system shows that."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:  # no Linux, another user's, or ended meanwhile
        return None
    if Path(words[0]).name.startswith("python") and len(words) > 2 and not words[1].startswith("-"):
        words = words[1:]  # a script, by its own name
    return shlex.join([Path(words[0]).name, *words[1:-1]])[:200] or None


def _asks(command: str | None) -> bool:
    """Whether a command may be a plan that asks before it changes anything."""
    words = (command or "").split()
    return "sqlmesh" in words and "plan" in words and "--auto-apply" not in words


class DuckDBWarehouse(Warehouse):
    """See loader.warehouse.base.Warehouse."""

    equals = "IS NOT DISTINCT FROM"
    type_column = "data_type"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def query(self, sql: str, *values: Any) -> list[tuple]:
        return self._connection.execute(*with_values(sql, values)).fetchall()

    def execute(self, sql: str, *values: Any) -> None:
        self._connection.execute(*with_values(sql, values))

    def execute_many(self, sql: str, rows: Iterable[tuple]) -> None:
        for row in rows:
            self.execute(sql, *row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            _stop(self._connection)
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")  # one that fails has rolled back by itself

    @contextmanager
    def second(self) -> Iterator[DuckDBWarehouse]:
        with self._connection.cursor() as cursor:
            yield DuckDBWarehouse(cursor)

    @contextmanager
    def bulk(self) -> Iterator[None]:
        # A thread a file instead of several in one, and no checkpoint every few files: the log is folded in at the end.
        threads, threshold = self.query("SELECT current_setting('threads'), current_setting('checkpoint_threshold')")[0]
        self.execute("SET threads = 1")
        self.execute("SET checkpoint_threshold = '1GB'")
        try:
            yield
        finally:
            self.execute(f"SET threads = {threads}")
            self.execute(f"SET checkpoint_threshold = '{threshold}'")

    def quote(self, name: str) -> str:
        return quote(name)

    def digests(self, columns: Mapping[str, str]) -> list[str]:
        # A join on two rows' hundred columns takes three times as long. The hash of 1.50 is not that of 1.5.
        decimals = [quote(name) for name, kind in columns.items() if kind.startswith("DECIMAL")]
        hashed = [quote(name) for name, kind in columns.items() if not kind.startswith("DECIMAL")]
        return [*decimals, f"hash({', '.join(hashed)})"] if hashed else decimals

    def create_schema(self, name: str) -> None:
        self.execute(f"CREATE SCHEMA {self.quote(name)}")

    def drop_schema(self, name: str) -> None:
        self.execute(f"DROP SCHEMA IF EXISTS {self.quote(name)} CASCADE")

    def dump_writer(self, schema: str) -> OpenDumpWriter:
        from loader.warehouse.duckdb.writer import DuckDBDumpWriter

        return functools.partial(DuckDBDumpWriter, self._connection, schema)

    def publish(self, home: str, replaced: str | None) -> None:
        # Views: nothing is moved, so where the replaced ones lie does not matter here.
        tables = self.query("SELECT table_name FROM duckdb_tables() WHERE schema_name = ?", home)
        shown = self.query("SELECT view_name FROM duckdb_views() WHERE schema_name = 'landing' AND NOT internal")
        with self.transaction():
            for (name,) in set(shown) - set(tables):
                self.execute(f"DROP VIEW landing.{self.quote(name)}")
            for (name,) in tables:
                table = f"{self.quote(home)}.{self.quote(name)}"
                self.execute(f"CREATE OR REPLACE VIEW landing.{self.quote(name)} AS SELECT * FROM {table}")

    def insert_daily_file(self, dataset: Dataset, path: Path, day: dt.date, key: str) -> int:
        from loader.warehouse.duckdb.daily_file import insert

        return insert(self._connection, dataset, f"landing.{dataset.table}", path, day, key)
