"""Rows appear once: repeats of a grain over whole tables, where an audit sees the days just computed only.

On MySQL a grain that holds the day is the primary key (macros/indexes.py) and there is nothing to count. DuckDB's indexes can't take a day
that is deleted and written in one transaction, so there each day leaves a mark: how many rows it had, and what their grains hash to, when
it was last found free of repeats. A day whose mark still holds has the same grains; only the others are counted. A grain
without the day is a small mart's, and counted whole.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlglot import exp

from loader import commands
from loader.errors import LoaderError

if TYPE_CHECKING:
    from sqlmesh import Context
    from sqlmesh.core.engine_adapter import EngineAdapter
    from sqlmesh.core.snapshot import Snapshot

MARKS = "landing.grain_marks"


def assert_rows_once(context: Context, snapshots: dict[str, Snapshot]) -> None:
    """Fails where rows of a by-time table repeat its grain. FULL tables are audited whole whenever they are made."""
    repeated = {}
    for name, snapshot in snapshots.items():
        if not snapshot.is_incremental_by_time_range or not snapshot.intervals:
            continue
        day = snapshot.model.time_column.column.name
        for grain in snapshot.model.grains:
            columns = [column.name for column in grain.find_all(exp.Column)]
            if extra := _extra_rows(context.engine_adapter, name, exp.to_table(snapshot.table_name()), columns, day):
                repeated[name] = (
                    extra,
                    *_days(context.engine_adapter, exp.to_table(snapshot.table_name()), columns, day),
                )
    if repeated:
        lines = [f"  {name}: {extra:,} rows too many" for name, (extra, *_) in repeated.items()]
        restatements = [
            f"    {commands.sqlmesh('plan', '--restate-model', name, '--start', str(first), '--end', str(last))}"
            for name, (_, first, last) in repeated.items()
        ]
        raise LoaderError(
            "\n".join(
                (
                    "rows stand twice, though no row of a day does that was computed just now: something else has written",
                    *lines,
                    "  Make the days anew",
                    *restatements,
                )
            )
        )


def _days(adapter: EngineAdapter, table: exp.Table, columns: list[str], day: str) -> tuple[dt.date, dt.date]:
    """The first and the last day with a row that stands twice."""
    ((first, last),) = adapter.fetchall(
        f"""SELECT MIN(first_day), MAX(last_day) FROM (
            SELECT MIN({day}) AS first_day, MAX({day}) AS last_day FROM {table.sql(adapter.dialect)}
            GROUP BY {", ".join(columns)} HAVING COUNT(*) > 1
        ) AS repeated"""
    )
    return first, last


def _extra_rows(adapter: EngineAdapter, name: str, table: exp.Table, columns: list[str], day: str) -> int:
    if adapter.dialect == "mysql" and _is_unique(adapter, table, set(columns)):
        return 0  # the server refuses a second row
    if adapter.dialect == "duckdb" and day in columns:
        return _extra_rows_since_marked(adapter, f"{name} ({', '.join(columns)})", table, columns, day)
    return _counted(adapter, table, columns)


def _counted(adapter: EngineAdapter, table: exp.Table, columns: list[str], where: str = "TRUE") -> int:
    # Text, for a first run has thousands of days in `where`: a tree of them takes seconds to build and to write.
    ((extra,),) = adapter.fetchall(
        f"""SELECT SUM(copies - 1) FROM (
            SELECT COUNT(*) AS copies FROM {table.sql(adapter.dialect)} WHERE {where} GROUP BY {", ".join(columns)} HAVING COUNT(*) > 1
        ) AS repeated"""
    )
    return int(extra or 0)


def _extra_rows_since_marked(adapter: EngineAdapter, grain: str, table: exp.Table, columns: list[str], day: str) -> int:
    marked = f"""SELECT '{grain}' AS grain, {day} AS marked_day, COUNT(*) AS row_count, {mark_of(columns)} AS mark
        FROM {table.sql("duckdb")}"""
    unmarked = adapter.fetchall(
        f"SELECT marked_day FROM ({marked} GROUP BY {day}) ANTI JOIN {MARKS} USING (grain, marked_day, row_count, mark)"
    )
    if (None,) in unmarked:
        return _counted(adapter, table, columns)
    if not unmarked:
        return 0
    days = ", ".join(f"DATE '{found}'" for (found,) in unmarked)
    if extra := _counted(adapter, table, columns, f"{day} IN ({days})"):
        return extra
    with adapter.transaction():
        adapter.execute(f"DELETE FROM {MARKS} WHERE grain = '{grain}' AND marked_day IN ({days})")
        adapter.execute(f"INSERT INTO {MARKS} {marked} WHERE {day} IN ({days}) GROUP BY {day}")
    return 0


def mark_of(columns: list[str]) -> str:
    """What rows' grains hash to, in any order, as DuckDB's SQL: others, and the same ones twice, hash to something else.

    Hashed twice and added: DuckDB's hash of several columns takes the last one in by XOR, and XOR of rows would take it out again.
    """
    return f"CAST(SUM(HASH(HASH({', '.join(columns)}))) AS VARCHAR)"


def _is_unique(adapter: EngineAdapter, table: exp.Table, columns: set[str]) -> bool:
    found: dict[str, set[str]] = {}
    for index, column in adapter.fetchall(
        f"""SELECT index_name, column_name FROM information_schema.statistics
            WHERE table_schema = '{table.db}' AND table_name = '{table.name}' AND non_unique = 0"""
    ):
        found.setdefault(index, set()).add(column)
    return columns in found.values()
