"""TIMESTAMPs of another time zone put into UTC, in SQL that DuckDB, MariaDB and MySQL read alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from loader.mysqldump.ddl.create_table import Table
from loader.mysqldump.errors import Defect

_FIRST = dt.datetime.fromisoformat("0001-01-01 00:00:00")
_LAST = dt.datetime.fromisoformat("9999-12-31 23:59:59.999999")


def to_utc_sql(table: str, columns: Sequence[str], offset: dt.timedelta) -> str:
    """The UPDATE that puts columns into UTC.

    Args:
        table: the landed table's quoted name.
        columns: the columns' quoted names.
        offset: their distance from UTC.
    """
    minutes = offset // dt.timedelta(minutes=1)
    sets = ", ".join(f"{column} = {column} - INTERVAL ({minutes}) MINUTE" for column in columns)
    return f"UPDATE {table} SET {sets}"


def out_of_range_sql(table: str, columns: Sequence[str], offset: dt.timedelta) -> str:
    """The query that counts rows with a time that would not be within the years 1 to 9999; arguments as of `to_utc_sql`."""
    sign, last = ("<", _FIRST) if offset > dt.timedelta() else (">", _LAST)
    return f"SELECT COUNT(*) FROM {table} WHERE " + " OR ".join(
        f"{column} {sign} '{last + offset}'" for column in columns
    )


def out_of_range(count: int, table: Table) -> Defect:
    """The refusal of rows that `out_of_range_sql` counted."""
    what = f"{count:,} rows have a TIMESTAMP that is not within the years 1 to 9999 in UTC, as no server has it"
    return Defect(what, table=table.name)
