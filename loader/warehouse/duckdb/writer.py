"""DuckDB's side: chunk files of CSV go into the tables in a thread of their own while the next chunk is converted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from loader.mysqldump.ddl.create_table import Table
from loader.mysqldump.ddl.primary_key import repeated
from loader.mysqldump.dump_summary import DumpSummary
from loader.mysqldump.errors import Defect
from loader.mysqldump.rows.chunks import Chunk, ChunkFiles
from loader.warehouse.duckdb.chunk_sql import count_reasons, first_bad_row, insert_sql
from loader.warehouse.duckdb.ddl import create_sql, repeats
from loader.warehouse.duckdb.sql import quote
from loader.warehouse.dump_writer import QueuedDumpWriter, Reasons, absent_dates, lost_rows, to_utc

MEMORY_LIMIT_MB = 300  # DuckDB's share while a dump lands
CHUNK_BYTES = 24 << 20
QUEUED_CHUNKS = 8  # besides the one being converted and the one being inserted; they wait on disk, not in memory
_VECTOR_ROWS = 2048  # DuckDB's
_HEAVY_BYTES = 32 << 20  # of so many rows
_UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


class DuckDBDumpWriter(QueuedDumpWriter):
    """Land rows in the tables of one schema of DuckDB's. See loader.mysqldump.writer.DumpWriter.

    A table's rows stand in one section of the dump, and its chunks share one transaction: a full row group then goes straight to the
    file, where a commit per chunk doubles DuckDB's work. A context manager: inside of it DuckDB is held to little memory, and leaving
    it with an error rolls the open transaction back.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str, scratch: Path, report: DumpSummary):
        super().__init__(schema, ChunkFiles(scratch, CHUNK_BYTES), report, threads=1, at_most=QUEUED_CHUNKS + 1)
        self._cursor = connection.cursor()
        self._open_table: str | None = None  # of the transaction
        self._inserted: list[Chunk] = []  # of that table; their files stay until its dates are accounted for
        self._lean = _lean(connection)
        self._limit = self._highest_limit = 0  # bytes of memory for DuckDB
        self._last_rows = self._last_bytes = 0  # of the open table's last chunks

    def __enter__(self) -> DuckDBDumpWriter:
        self._limit, self._highest_limit = self._lean.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._stop()
        if self._open_table is not None:
            self._cursor.execute("ROLLBACK")
        self._cursor.close()
        self._lean.__exit__(*error)

    def finish(self, offsets: Mapping[Table, dt.timedelta]) -> None:
        self._hand_over(self._files.close())
        self._submit(self._commit)
        for table, offset in offsets.items():
            self._submit(self._to_utc, table, offset)
        self._submit(self._finalize_tables)
        self._wait(0)

    # From here on in the writing thread.

    def _name(self, table: str) -> str:
        return f"{quote(self._schema)}.{quote(table)}"

    def _create(self, table: Table) -> None:
        self._open(table)
        self._cursor.execute(create_sql(table, self._name(table.name)))

    def _open(self, table: Table) -> None:
        """Begin a table's transaction, behind that of the table before."""
        self._commit()
        self._cursor.execute("BEGIN")
        self._open_table = table.name
        self._last_rows = self._last_bytes = 0

    def _commit(self) -> None:
        """Account for the open table's dates and commit it."""
        if self._open_table is not None:
            self._count_invalid_dates()
            for chunk in self._inserted:
                chunk.path.unlink()
            self._inserted = []
            self._open_table = None
            self._cursor.execute("COMMIT")

    def _insert(self, chunk: Chunk) -> None:
        table = chunk.target.table
        if self._open_table != table.name:
            self._open(table)
        heavy = self._make_room(chunk)
        try:
            inserted = self._cursor.execute(insert_sql(chunk, self._name(table.name))).fetchone()[0]
            if heavy:  # of what is committed DuckDB makes another copy in memory
                self._cursor.execute("COMMIT")
                self._cursor.execute("BEGIN")
        except (duckdb.OutOfMemoryException, duckdb.TransactionException):
            if not heavy:
                raise
            self._open_table = None  # the cursor's end is the transaction's
            what = f"a row of {chunk.longest:,} bytes, and those around it, are more than DuckDB takes in {self._limit:,} bytes of memory"
            raise Defect(what, table=table.name, row=chunk.longest_row) from None
        except (duckdb.ConversionException, duckdb.InvalidInputException):
            # DuckDB's own text quotes the row, hence `from None`.
            self._cursor.execute("ROLLBACK")
            self._open_table = None
            raise first_bad_row(self._cursor, chunk) from None
        if inserted != chunk.rows:
            raise lost_rows(chunk, inserted)
        self._inserted.append(chunk)

    def _make_room(self, chunk: Chunk) -> bool:
        """Give DuckDB the memory for big values; whether the chunk's are.

        It holds a row as a line, as a text and as bytes, and what it has of a column's last 2,048 rows.
        """
        self._last_rows += chunk.rows
        self._last_bytes += chunk.size
        if self._last_rows > 2 * _VECTOR_ROWS:
            self._last_rows, self._last_bytes = chunk.rows, chunk.size * _VECTOR_ROWS // max(chunk.rows, _VECTOR_ROWS)
        if self._last_bytes < _HEAVY_BYTES:
            return False
        wanted = min(MEMORY_LIMIT_MB * 10**6 + self._last_bytes + 3 * chunk.longest, self._highest_limit)
        if self._limit < wanted:
            self._limit = wanted
            self._cursor.execute(f"SET memory_limit = '{wanted} bytes'")
            # A checkpoint writes those rows again, after each commit.
            self._cursor.execute("SET checkpoint_threshold = '1GB'")
        return True

    def _count_invalid_dates(self) -> None:
        """Compare the open table's dates that are not NULL with the dump's; where some are missing, find out why.

        Counting a table's values once costs milliseconds; reading the chunks' text again is for those that need it.
        """
        table = self._inserted[0].target.table if self._inserted else None
        if table is None or not table.dates:
            return
        missing: Counter[str] = Counter()
        reasons: Reasons = Counter()
        for chunk in self._inserted:
            by_default = absent_dates(chunk)
            reasons.update(by_default)
            missing.update(chunk.dates_expected)
            missing.subtract({name: count for (name, _), count in by_default.items()})
        counts = ", ".join(f"count({quote(column.name)})" for column in table.dates)
        found = self._cursor.execute(f"SELECT {counts} FROM {self._name(table.name)}").fetchone()
        landed = dict(zip((column.name for column in table.dates), found, strict=True))
        missing.subtract(landed)
        for chunk in sorted(self._inserted, key=lambda chunk: not chunk.zeros):
            if not any(missing.values()):
                break
            nulled = count_reasons(self._cursor, chunk, [name for name, count in missing.items() if count])
            reasons.update(nulled)
            for (name, _), count in nulled.items():
                missing[name] -= count
        if unexplained := sorted(name for name, count in missing.items() if count):
            raise Defect(f"dates of {', '.join(unexplained)} were lost", table=table.name)
        if reasons:
            self._report.tables[table.name].nulled = dict(reasons)

    def _finalize_tables(self) -> None:
        for table in self._tables:
            place = self._name(table.name)
            if rows := repeats(self._cursor, table, place):
                raise repeated(table.name, table.key, rows)
            (count,) = self._cursor.execute(f"SELECT count(*) FROM {place}").fetchone()
            self._report.tables[table.name].rows_landed = count

    def _to_utc(self, table: Table, offset: dt.timedelta) -> None:
        moments = [quote(column.name) for column in table.moments]
        to_utc(lambda sql: self._cursor.execute(sql).fetchall(), self._name(table.name), moments, table, offset)


@contextmanager
def _lean(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, int]]:
    """Hold DuckDB to one thread and little memory: the conversion beside it is Python's, and takes the other core."""
    settings = ", ".join(f"current_setting('{name}')" for name in ("threads", "memory_limit", "checkpoint_threshold"))
    threads, limit, threshold = connection.execute(f"SELECT {settings}").fetchone()
    number, unit = limit.split()  # such as 18.7 GiB
    highest = int(float(number) * _UNITS[unit])
    lean = min(highest, MEMORY_LIMIT_MB * 10**6)
    try:
        connection.execute("SET threads = 1")
        if lean < highest:
            connection.execute(f"SET memory_limit = '{lean} bytes'")
        yield lean, highest
    finally:
        connection.execute(f"SET threads = {threads}")
        if lean < highest:
            # DuckDB tells its limit cut to one decimal: half of one more keeps it from sinking with each load.
            connection.execute(f"SET memory_limit = '{float(number) + 0.05:.2f} {unit}'")
