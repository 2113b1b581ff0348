"""The history before the first dump: one CSV a day with the status of every tenant, as the daily export writes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

HEADER = "tenant_id,status,contract_type,full_name,snapshot_date\r\n"
_BATCH_ROWS = 1_000_000

# A field is quoted only when it must be; NULL is empty.
MACROS = """
CREATE MACRO csv_field(x) AS CASE
  WHEN regexp_matches(x, '[,"\\r\\n]') THEN '"' || replace(x, '"', '""') || '"' ELSE coalesce(x, '') END;
"""


def texts(db: duckdb.DuckDBPyConnection, days: list[date]) -> Iterator[tuple[date, str]]:
    """The snapshot files of some days, several days a query.

    Args:
        db: a built company, with the macros of this module.
        days: the days, in order.

    Yields:
        Each day with its file's text.
    """
    if not days:
        return
    tenants = db.execute("SELECT count(*) FROM tenants").fetchone()
    step = max(1, _BATCH_ROWS // max(1, tenants[0] if tenants else 1))
    for start in range(0, len(days), step):
        batch = days[start : start + step]
        rows = db.execute(
            """
            SELECT day, string_agg(concat(id, ',', status, ',', contract_type, ',', csv_field(full_name), ',', day,
              chr(13), chr(10)), '' ORDER BY id)
            FROM tenant_days WHERE day BETWEEN $first AND $last AND day = ANY($batch) GROUP BY day ORDER BY day
            """,
            {"first": batch[0], "last": batch[-1], "batch": batch},
        ).fetchall()
        for day, lines in rows:
            yield day, HEADER + lines
