"""What both engines do alike with a dump's chunks: work in threads of its own while the next chunk is converted, and its last steps."""

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from loader.mysqldump.ddl.create_table import DATE_KINDS, Column, Table
from loader.mysqldump.dump_summary import DumpSummary, TableSummary
from loader.mysqldump.errors import Defect
from loader.mysqldump.rows import dates, time_zones
from loader.mysqldump.rows.chunks import Chunk, ChunkFiles
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import Rows

Reasons = Counter[tuple[str, str]]  # (column, reason) -> dates that are no days
Run = Callable[[str], list[tuple]]  # runs a statement, gives its rows


class QueuedDumpWriter:
    """Converted rows wait in chunk files on disk, not in memory, and go into the tables in threads of their own.

    See loader.mysqldump.writer.DumpWriter. An engine says how a table is created, a chunk inserted, and how it all ends.
    """

    def __init__(self, schema: str, files: ChunkFiles, report: DumpSummary, *, threads: int, at_most: int):
        """Start the threads. At most so many pieces of work wait or are under way; one more is waited for."""
        self._schema = schema
        self._files = files
        self._report = report
        self._tables: list[Table] = []
        self._created: dict[str, Future[None]] = {}
        self._at_most = at_most
        self._workers = ThreadPoolExecutor(threads, thread_name_prefix="dump-writer")
        self._queue: deque[Future[None]] = deque()

    def create(self, table: Table) -> None:
        self._hand_over(self._files.close())
        self._report.tables[table.name] = TableSummary(columns=table.columns)
        self._tables.append(table)
        self._created[table.name] = self._submit(self._create, table)

    def add(self, target: Target, rows: Rows) -> None:
        if self._files.wants_other(target):
            self._hand_over(self._files.close())
        figures = self._report.tables[target.table.name]
        self._hand_over(self._files.add(target, rows, figures.rows_in_dump + 1))
        figures.rows_in_dump += rows.count

    def rest(self) -> None:
        self._wait(0)

    def _create(self, table: Table) -> None:
        raise NotImplementedError

    def _insert(self, chunk: Chunk) -> None:
        raise NotImplementedError

    def _hand_over(self, chunk: Chunk | None) -> None:
        if chunk is not None:
            self._submit(self._insert, chunk)

    def _submit(self, work: Callable[..., None], *arguments: Any) -> Future[None]:
        future = self._workers.submit(work, *arguments)
        self._queue.append(future)
        self._wait(self._at_most)
        return future

    def _wait(self, at_most: int) -> None:
        while len(self._queue) > at_most:
            self._queue.popleft().result()

    def _stop(self) -> None:
        for waiting in self._queue:
            waiting.cancel()
        self._workers.shutdown(wait=True)
        self._files.close()


def to_utc(run: Run, place: str, moments: list[str], table: Table, offset: dt.timedelta) -> None:
    """Put a table's TIMESTAMPs into UTC; a Defect where one of them would not be within the years 1 to 9999."""
    if count := run(time_zones.out_of_range_sql(place, moments, offset))[0][0]:
        raise time_zones.out_of_range(count, table)
    run(time_zones.to_utc_sql(place, moments, offset))


def absent_dates(chunk: Chunk) -> Reasons:
    """Count the dates of a chunk that are NULL because the rows leave them out and their DEFAULT is no day."""
    absent = [column for column in chunk.target.absent if column.kind in DATE_KINDS]
    whys = {column.name: dates.reason_of(column.default, column.kind) for column in absent}
    return Counter({(name, why): chunk.rows for name, why in whys.items() if why})


def no_date(chunk: Chunk, column: Column, number: int) -> Defect:
    """The refusal of a value in the chunk's row with a number from 0."""
    return _refusal(chunk, f"column {column.name} holds something that is no {column.kind}", number)


def unfit(chunk: Chunk, column: Column, number: int) -> Defect:
    """The refusal of a value in the chunk's row with a number from 0."""
    kind = column.type if column.kind in ("integer", "decimal", "float") else column.declared
    return _refusal(chunk, f"the value of column {column.name} does not fit {kind}", number)


def bad_rows(chunk: Chunk) -> Defect:
    """The refusal of a chunk in which no bad row was found."""
    return _refusal(chunk, f"rows up to row {chunk.last_row:,} are not what their CREATE TABLE says")


def lost_rows(chunk: Chunk, landed: int) -> Defect:
    return _refusal(chunk, f"{landed:,} rows landed of {chunk.rows:,}")


def _refusal(chunk: Chunk, what: str, number: int = 0) -> Defect:
    return Defect(what, table=chunk.target.table.name, row=chunk.first_row + number)
