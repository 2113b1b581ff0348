"""One schema's tables in MySQL or MariaDB, and what goes into them: called from several threads, a connection each."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections import Counter
from concurrent.futures import Future
from typing import Any

import pymysql
from pymysql.err import MySQLError

from loader.errors import LoaderError
from loader.mysqldump.ddl.create_table import Table
from loader.mysqldump.ddl.primary_key import repeated
from loader.mysqldump.errors import Defect
from loader.mysqldump.report import DumpReport
from loader.mysqldump.rows.chunks import Chunk
from loader.warehouse.dump_writer import Reasons, lost_rows, to_utc
from loader.warehouse.mysql import chunk_sql
from loader.warehouse.mysql.ddl import create_sql, quote, repeats_sql
from loader.warehouse.mysql.session import SendingConnection

# Not strict, so that a bad date is a warning that can be counted, not the end; every other warning is the end.
_SESSION = """
    SET SESSION sql_mode = 'NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION', SESSION sql_notes = 1,
    SESSION max_error_count = 65535"""
# Errors that the dump causes. In a table: names, defaults, too many or too wide columns. In rows: duplicate key, number of values,
# out of range, cut, wrong, not UTF-8, too long. Any other is the server's.
_TABLE_AT_FAULT = frozenset((1059, 1060, 1067, 1071, 1074, 1101, 1103, 1113, 1117, 1118, 1166, 1425, 1426, 1439))
_ROWS_AT_FAULT = frozenset((1048, 1062, 1261, 1262, 1264, 1265, 1292, 1300, 1366, 1406, 1411))
# Errors of many causes, one of them a file name that is too long: a table's file has 5 bytes for each character of its name beyond these.
_MAY_BE_THE_NAME = frozenset((1005, 1030))
_PLAIN_IN_A_FILE = re.compile(r"[A-Za-z0-9_]")
_LONGEST_FILE = 255 - len(".ibd")


class Tables:
    """The tables, and the account of their dates that are no days."""

    def __init__(self, schema: str, report: DumpReport):
        self._schema = schema
        self._report = report
        self._created: dict[str, Future[None]] = {}
        self._lock = threading.Lock()  # of the following
        self._nulled: dict[str, Reasons] = {}  # table -> (column, reason) -> dates that are no days
        self._stored: dict[str, Counter[str]] = {}  # table -> column -> those that the server stored as a zero date

    def prepare(self, connection: pymysql.Connection) -> None:
        """Set a new connection's session as all that follows needs it."""
        try:
            _run(connection, _SESSION)
        except MySQLError as error:
            raise _gave_up(f"schema {self._schema}", error) from None

    def begin(self, table: Table, created: Future[None]) -> None:
        """Take note of a table, and of what tells when it is created."""
        self._created[table.name] = created
        self._nulled[table.name], self._stored[table.name] = Counter(), Counter()

    def count_invalid_dates(self, table: Table, reasons: Reasons, *, stored: bool = False) -> None:
        """Take note of dates that are no days."""
        with self._lock:
            self._nulled[table.name].update(reasons)
            if stored:
                for (column, _), count in reasons.items():
                    self._stored[table.name][column] += count

    def create(self, connection: pymysql.Connection, table: Table) -> None:
        """Create a table."""
        try:
            _run(connection, create_sql(table, self._schema))
        except MySQLError as error:
            number = error.args[0] if error.args else None
            if number in _TABLE_AT_FAULT or (number in _MAY_BE_THE_NAME and _bytes_of_file(table.name) > _LONGEST_FILE):
                raise Defect(f"the server can have no such table (error {number})", table=table.name) from None
            raise _gave_up(f"table {table.name}", error) from None

    def send(self, connection: SendingConnection, chunk: Chunk) -> None:
        """Land a chunk, and delete its file."""
        self._created[chunk.target.table.name].result()
        with connection.cursor() as cursor:
            try:
                with connection.sending(chunk.path):
                    landed = cursor.execute(chunk_sql.load_sql(chunk, self._name(chunk.target.table)))
                if cursor.warning_count:
                    self._account_for_dates(connection, chunk)
            except MySQLError as error:
                raise _refusal(chunk, error) from None
        if landed != chunk.rows:
            raise lost_rows(chunk, landed)
        chunk.path.unlink()

    def finalize_table(self, connection: pymysql.Connection, table: Table, offset: dt.timedelta | None) -> None:
        """Put NULL for the zero dates that the server stored, TIMESTAMPs into UTC, look for repeated keys, count the rows, and have
        the server count them for its plans."""
        name = self._name(table)
        try:
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
        except MySQLError as error:
            raise _gave_up(f"table {table.name}", error) from None

    def _name(self, table: Table) -> str:
        return f"{quote(self._schema)}.{quote(table.name)}"

    def _account_for_dates(self, connection: pymysql.Connection, chunk: Chunk) -> None:
        """Make sure that every warning is a date that does not exist, and count those."""
        warnings = [(number, text) for _, number, text in _run(connection, "SHOW WARNINGS")]
        count = _run(connection, "SHOW COUNT(*) WARNINGS")[0][0]  # all, where the list has a limit
        found = chunk_sql.find_bad_dates(chunk)
        if count != sum(found.values()):
            raise chunk_sql.first_bad_row(chunk, warnings)
        self.count_invalid_dates(chunk.target.table, found, stored=True)


def _bytes_of_file(name: str) -> int:
    return sum(1 if _PLAIN_IN_A_FILE.match(sign) else 5 for sign in name)


def _refusal(chunk: Chunk, error: MySQLError) -> Exception:
    """What an error means; its own text may hold a value, and is not shown."""
    if error.args and error.args[0] in _ROWS_AT_FAULT:
        chunk_sql.find_bad_dates(chunk)  # raises if one of them is no date
        return chunk_sql.first_bad_row(chunk, [(error.args[0], str(error.args[-1]))])
    return _gave_up(f"table {chunk.target.table.name}", error)


def _gave_up(what: str, error: MySQLError) -> LoaderError:
    number = f"error {error.args[0]}" if error.args else type(error).__name__
    return LoaderError(
        f"{what}: the server gave up ({number}; its log tells more); nothing was changed, type the same again"
    )


def _run(connection: pymysql.Connection, sql: str) -> tuple[tuple[Any, ...], ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
