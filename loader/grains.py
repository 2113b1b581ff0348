"""Rows appear once: repeats of a grain over whole tables, where an audit sees the days just computed only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from loader.errors import LoaderError

if TYPE_CHECKING:
    from sqlmesh import Context
    from sqlmesh.core.engine_adapter import EngineAdapter
    from sqlmesh.core.snapshot import Snapshot


def assert_rows_once(context: Context, snapshots: dict[str, Snapshot]) -> None:
    """Fails where rows of a by-time table repeat its grain. FULL tables are audited whole whenever they are made.

    Args:
        snapshots: the versions that prod runs.

    Raises:
        LoaderError: naming the tables, how many rows are too many, and how to make them anew.
    """
    repeated = {}
    for name, snapshot in snapshots.items():
        if not snapshot.is_incremental_by_time_range or not snapshot.intervals:
            continue
        for grain in snapshot.model.grains:
            columns = [exp.column(column.name) for column in grain.find_all(exp.Column)]
            if extra := _extra_rows(context, exp.to_table(snapshot.table_name()), columns):
                repeated[name] = extra
    if repeated:
        lines = [f"  {name}: {extra:,} rows too many" for name, extra in repeated.items()]
        first = next(iter(repeated))
        raise LoaderError(
            "rows stand twice, though no row of a day does that was computed just now: something else has written. Make the days anew: "
            f"sqlmesh plan --restate-model {first} --start DAY --end DAY\n" + "\n".join(lines)
        )


def _extra_rows(context: Context, table: exp.Table, columns: list[exp.Column]) -> int:
    adapter = context.engine_adapter
    if adapter.dialect == "mysql" and _is_unique(adapter, table, {column.name for column in columns}):
        return 0  # the server refuses a second row
    copies = exp.alias_(exp.Count(this=exp.Star()), "copies")
    groups = (
        exp.select(copies)
        .from_(table)
        .group_by(*columns)
        .having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)))
    )
    total = exp.select(exp.func("SUM", exp.column("copies") - 1)).from_(groups.subquery("repeated"))
    ((extra,),) = adapter.fetchall(total)
    return int(extra or 0)


def _is_unique(adapter: EngineAdapter, table: exp.Table, columns: set[str]) -> bool:
    found: dict[str, set[str]] = {}
    for index, column in adapter.fetchall(
        f"""SELECT index_name, column_name FROM information_schema.statistics
            WHERE table_schema = '{table.db}' AND table_name = '{table.name}' AND non_unique = 0"""
    ):
        found.setdefault(index, set()).add(column)
    return columns in found.values()
