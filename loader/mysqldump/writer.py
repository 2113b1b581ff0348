"""What a database must offer so that a dump can land in it; one implementation a kind of database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol

from loader.mysqldump.ddl.create_table import Table
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import Rows


class DumpWriter(Protocol):
    """Land tables and rows in one schema, which exists and is empty.

    A context manager: leaving it gives back whatever it opened; after an error it leaves the schema half full, and the
    caller drops it. It fills the report it was opened with: `tables`, and in each `rows_in_dump` as rows are added,
    the other figures when it finishes.
    """

    def __enter__(self) -> DumpWriter: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def create(self, table: Table) -> None:
        """Create the table, with no rows yet."""

    def add(self, target: Target, rows: Rows) -> None:
        """Take rows; they are in the tables after `finish`.

        Args:
            target: the table and columns.
            rows: the rows, converted.

        Raises:
            Defect: these or earlier rows were refused.
        """

    def rest(self) -> None:
        """Wait for what is under way: a big value is not converted beside another one that lands.

        Raises:
            Defect: earlier rows were refused.
        """

    def finish(self, offsets: Mapping[Table, dt.timedelta]) -> None:
        """Wait until everything is in, put TIMESTAMPs into UTC, and complete the report.

        Args:
            offsets: the tables whose TIMESTAMPs are in another time zone, with their distance from UTC.

        Raises:
            Defect: rows were refused.
        """
