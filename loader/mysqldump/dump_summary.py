"""What landing one dump found: the figures that the ledger keeps and `load` prints."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loader.mysqldump.ddl.create_table import Column


@dataclass(frozen=True)
class Remark:
    """What the dump itself says, or leaves open, so that nobody can know it; the gate decides what comes of it.

    Attributes:
        rule: name of the rule that judges it.
        table: the table, None for the whole dump.
        what: what is known, in words; never a value of a row.
        column: the column, None for the whole table.
    """

    rule: str
    table: str | None
    what: str
    column: str | None = None


@dataclass
class TableSummary:
    """One table of a dump.

    Attributes:
        rows_in_dump: rows counted by the parser in the dump's INSERT statements.
        rows_landed: rows counted by the database in the landed table.
        nulled: (column, reason) -> number of values that became NULL; reasons are "zero_date" and "impossible_date".
        columns: as the dump's CREATE TABLE has them.
    """

    rows_in_dump: int = 0
    rows_landed: int = 0
    nulled: dict[tuple[str, str], int] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()


@dataclass
class DumpSummary:
    """One dump: its tables by name as the dump spells them, and the bytes read.

    Attributes:
        tables: table name -> its summary.
        size_bytes: bytes read from the bucket (compressed if the dump is).
        sha256: lower-case hex digest of those bytes.
        headed: whether it has mysqldump's opening comment; a --compact dump has neither that nor the closing one.
        complete: whether the dump ended with mysqldump's own `-- Dump completed` line.
        times: when it was made, by its own words: naive in its producer's time, else in Japan's; None for a time that there is not.
        remarks: what the dump leaves open.
    """

    tables: dict[str, TableSummary] = field(default_factory=dict)
    size_bytes: int = 0
    sha256: str = ""
    headed: bool = False
    complete: bool = False
    times: list[dt.datetime | None] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def rows_landed(self) -> int:
        """Rows landed over all tables."""
        return sum(table.rows_landed for table in self.tables.values())
