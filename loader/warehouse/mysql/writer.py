"""MySQL's and MariaDB's side: chunks go in over two connections at once while the next one is converted."""

from __future__ import annotations

import datetime as dt
import queue
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from loader.mysqldump.ddl.create_table import Table
from loader.mysqldump.report import DumpReport
from loader.mysqldump.rows.chunks import Chunk, ChunkFiles
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import Rows
from loader.warehouse.dump_writer import QueuedWork, absent_dates
from loader.warehouse.mysql import chunk_sql
from loader.warehouse.mysql.session import SendingConnection
from loader.warehouse.mysql.tables import Tables

CHUNK_BYTES = 4 << 20
CONNECTIONS = 2
QUEUED_CHUNKS = 4  # besides those under way; they wait on disk, not in memory


class MySQLDumpWriter(QueuedWork):
    """Land rows in the tables of one schema of MySQL's or MariaDB's. See loader.mysqldump.writer.DumpWriter.

    Each chunk is a transaction of its own: nobody sees the schema before it is whole, and one transaction for a whole
    table costs the server twice the work. A context manager: it opens its connections and closes them.
    """

    def __init__(self, connect: Callable[[], SendingConnection], schema: str, scratch: Path, report: DumpReport):
        files = ChunkFiles(scratch, CHUNK_BYTES)
        super().__init__(schema, files, report, threads=CONNECTIONS, at_most=CONNECTIONS + QUEUED_CHUNKS)
        self._connect = connect
        self._server = Tables(schema, report)
        self._connections: list[SendingConnection] = []
        self._idle: queue.SimpleQueue[SendingConnection] = queue.SimpleQueue()

    def __enter__(self) -> MySQLDumpWriter:
        try:
            for _ in range(CONNECTIONS):
                connection = self._connect()
                self._connections.append(connection)
                self._server.prepare(connection)
                self._idle.put(connection)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def _close(self) -> None:
        self._stop()
        for connection in self._connections:
            if connection.open:
                connection.close()

    def create(self, table: Table) -> None:
        self._hand_over(self._files.close())
        self._begin(table)
        self._server.begin(table, self._submit(self._server.create, table))

    def add(self, target: Target, rows: Rows) -> None:
        if self._files.wants_other(target):
            self._hand_over(self._files.close())
        figures = self._report.tables[target.table.name]
        nulled, found = chunk_sql.null_zero_dates(target, rows)
        self._server.count_invalid_dates(target.table, found)
        self._hand_over(self._files.add(target, nulled, figures.rows_in_dump + 1))
        figures.rows_in_dump += rows.count

    def finish(self, offsets: Mapping[Table, dt.timedelta]) -> None:
        self._hand_over(self._files.close())
        self._wait(0)
        for table in self._tables:
            self._submit(self._server.finalize_table, table, offsets.get(table))
        self._wait(0)

    def _hand_over(self, chunk: Chunk | None) -> None:
        if chunk is not None:
            self._server.count_invalid_dates(chunk.target.table, absent_dates(chunk))
            self._submit(self._server.send, chunk)

    def _submit(self, work: Callable[..., None], *arguments: Any) -> Future[None]:
        def job() -> None:
            connection = self._idle.get()
            try:
                work(connection, *arguments)
            finally:
                self._idle.put(connection)

        return super()._submit(job)
