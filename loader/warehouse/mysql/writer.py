"""MySQL's and MariaDB's side: chunk files go in by LOAD DATA over two connections at once while the next one is converted."""

from __future__ import annotations

import datetime as dt
import queue
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
from pymysql.err import MySQLError

from loader.mysqldump.ddl.create_table import Table
from loader.mysqldump.ddl.primary_key import repeated
from loader.mysqldump.dump_summary import DumpSummary
from loader.mysqldump.errors import Defect
from loader.mysqldump.rows.chunks import Chunk, ChunkFiles
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import Rows
from loader.warehouse.dump_writer import QueuedDumpWriter, Reasons, absent_dates, lost_rows, to_utc
from loader.warehouse.mysql import chunk_sql, refusals
from loader.warehouse.mysql.ddl import create_sql, quote, repeats_sql
from loader.warehouse.mysql.session import SendingConnection

CHUNK_BYTES = 4 << 20
CONNECTIONS = 2
QUEUED_CHUNKS = 4  # besides those under way; they wait on disk, not in memory
# Not strict, so that a bad date is a warning that can be counted, not the end; every other warning is the end.
_SESSION = """
    SET SESSION sql_mode = 'NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION', SESSION sql_notes = 1,
    SESSION max_error_count = 65535"""


class MySQLDumpWriter(QueuedDumpWriter):
    """Land rows in the tables of one schema of MySQL's or MariaDB's. See loader.mysqldump.writer.DumpWriter.

    Each chunk is a transaction of its own: nobody sees the schema before it is whole, and one transaction for a whole
    table costs the server twice the work. A context manager: it opens its connections and closes them.
    """

    def __init__(self, connect: Callable[[], SendingConnection], schema: str, scratch: Path, report: DumpSummary):
        files = ChunkFiles(scratch, CHUNK_BYTES)
        super().__init__(schema, files, report, threads=CONNECTIONS, at_most=CONNECTIONS + QUEUED_CHUNKS)
        self._connect = connect
        self._connections: list[SendingConnection] = []
        self._idle: queue.SimpleQueue[SendingConnection] = queue.SimpleQueue()
        self._lock = threading.Lock()  # of the following: by table, dates that are no days
        self._nulled: defaultdict[str, Reasons] = defaultdict(Counter)
        self._stored: defaultdict[str, Counter[str]] = defaultdict(Counter)  # by column, those stored as a zero date

    def __enter__(self) -> MySQLDumpWriter:
        try:
            for _ in range(CONNECTIONS):
                connection = self._connect()
                self._connections.append(connection)
                _run(connection, _SESSION)
                self._idle.put(connection)
        except BaseException as error:
            self.__exit__()
            if isinstance(error, MySQLError):
                raise refusals.gave_up(f"schema {self._schema}", error) from None
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        for connection in self._connections:
            if connection.open:
                connection.close()

    def add(self, target: Target, rows: Rows) -> None:
        rows, zero_dates = chunk_sql.null_zero_dates(target, rows)
        self._count_invalid_dates(target.table, zero_dates)
        super().add(target, rows)

    def finish(self, offsets: Mapping[Table, dt.timedelta]) -> None:
        self._hand_over(self._files.close())
        self._wait(0)
        for table in self._tables:
            self._submit(self._finalize_table, table, offsets.get(table))
        self._wait(0)

    def _count_invalid_dates(self, table: Table, reasons: Reasons, *, stored: bool = False) -> None:
        with self._lock:
            self._nulled[table.name].update(reasons)
            if stored:
                for (column, _), count in reasons.items():
                    self._stored[table.name][column] += count

    # From here on in the writing threads.

    @contextmanager
    def _connection(self, what: str) -> Iterator[SendingConnection]:
        """A connection that nobody else uses meanwhile; the server's errors say what they are about."""
        connection = self._idle.get()
        try:
            yield connection
        except MySQLError as error:
            raise refusals.gave_up(what, error) from None
        finally:
            self._idle.put(connection)

    def _create(self, table: Table) -> None:
        with self._connection(f"table {table.name}") as connection:
            try:
                _run(connection, create_sql(table, self._schema))
            except MySQLError as error:
                refusals.raise_for_table(table, error)
                raise

    def _insert(self, chunk: Chunk) -> None:
        table = chunk.target.table
        self._created[table.name].result()
        self._count_invalid_dates(table, absent_dates(chunk))
        with self._connection(f"table {table.name}") as connection, connection.cursor() as cursor:
            try:
                with connection.sending(chunk.path):
                    landed = cursor.execute(chunk_sql.load_sql(chunk, self._name(table)))
                if cursor.warning_count:
                    self._account_for_warnings(connection, chunk)
            except MySQLError as error:
                refusals.raise_for_rows(chunk, error)
                raise
        if landed != chunk.rows:
            raise lost_rows(chunk, landed)
        chunk.path.unlink()

    def _account_for_warnings(self, connection: SendingConnection, chunk: Chunk) -> None:
        """Make sure that every warning is a date that does not exist, and count those."""
        warnings = [(number, text) for _, number, text in _run(connection, "SHOW WARNINGS")]
        count = _run(connection, "SHOW COUNT(*) WARNINGS")[0][0]  # all, where the list has a limit
        found = chunk_sql.find_bad_dates(chunk)
        if count != sum(found.values()):
            raise refusals.first_bad_row(chunk, warnings)
        self._count_invalid_dates(chunk.target.table, found, stored=True)

    def _finalize_table(self, table: Table, offset: dt.timedelta | None) -> None:
        """Put NULL for the zero dates that the server stored, TIMESTAMPs into UTC, look for repeated keys, count the rows, and have
        the server count them for its plans."""
        name = self._name(table)
        with self._connection(f"table {table.name}") as connection:
            for column, count in self._stored[table.name].items():
                place = quote(column)
                with connection.cursor() as cursor:
                    changed = cursor.execute(f"UPDATE {name} SET {place} = NULL WHERE {place} < '0001-01-01'")
                if changed != count:
                    raise Defect(f"{count:,} dates of {column} do not exist, {changed:,} were stored", table=table.name)
            if offset:
                moments = [quote(column.name) for column in table.moments]
                to_utc(lambda sql: _run(connection, sql), name, moments, table, offset)
            asked = repeats_sql(table, self._schema)
            if asked and (rows := _run(connection, asked)[0][0]):
                raise repeated(table.name, table.key, rows)
            figures = self._report.tables[table.name]
            figures.rows_landed = _run(connection, f"SELECT COUNT(*) FROM {name}")[0][0]
            figures.nulled = dict(self._nulled[table.name])
            # The server's own statistics come seconds later. Until then a table counts as one row, and a run that begins at once joins
            # thousands of rows with thousands, each with each: a quarter of an hour and more on MySQL 9.7, seen on a busy machine.
            _run(connection, f"ANALYZE NO_WRITE_TO_BINLOG TABLE {name}")

    def _name(self, table: Table) -> str:
        return f"{quote(self._schema)}.{quote(table.name)}"


def _run(connection: pymysql.Connection, sql: str) -> tuple[tuple[Any, ...], ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
