"""Indexes on the grain and the time column of every table: SQLMesh creates none."""

from __future__ import annotations

import typing as t

from sqlglot import exp
from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator


@macro(metadata_only=True)
def create_indexes(evaluator: MacroEvaluator, *columns: t.Any) -> None:
    """On MySQL, indexes a model's table by its grain, its time column and each given column, where such an index is missing.

    The grain of a by-time table is its primary key where it includes the day. Rows then lie in the order of the days: a month is read,
    audited and replaced without the rest. And while an audit sees only the days just computed, the server refuses a second row from any
    writer. A grain without the day is no key: a row that moves to another day is on both until the old day is computed again.
    Every model has this as its post-statement (config.yaml); a model with further columns to join on calls it again with them.
    Metadata only: a new index changes no data, so it rebuilds nothing.
    """
    if evaluator.runtime_stage not in ("creating", "evaluating") or evaluator.engine_adapter.dialect != "mysql":
        return
    snapshot = evaluator.snapshots.get(evaluator.this_model_fqn)
    if snapshot is None or not snapshot.model.kind.is_materialized or snapshot.is_view:
        return
    table, adapter = evaluator.locals["this_model"], evaluator.engine_adapter
    of_table = f"table_schema = '{table.db}' AND table_name = '{table.name}'"
    if not adapter.fetchall(f"SELECT 1 FROM information_schema.tables WHERE {of_table}"):
        return  # a FULL model's table is made with its first rows
    indexes: dict[str, tuple[str, ...]] = {}
    for name, column in adapter.fetchall(
        f"SELECT index_name, column_name FROM information_schema.statistics WHERE {of_table} ORDER BY index_name, seq_in_index"
    ):
        indexes[name] = (*indexes.get(name, ()), column)
    grains = [tuple(column.name for column in grain.find_all(exp.Column)) for grain in snapshot.model.grains]
    day = snapshot.model.time_column.column.name if snapshot.model.time_column else None
    needed = [(names, day in names) for names in grains]
    needed += [((column.name,), False) for column in columns] + ([((day,), False)] if day else [])
    for names, unique in needed:
        if not any(index[: len(names)] == names for index in indexes.values()):
            name = "PRIMARY" if unique else f"by_{'_'.join(names)}"[:64]
            kind = "PRIMARY KEY" if unique else f"INDEX `{name}`"
            listed = ", ".join(f"`{column}`" for column in names)
            indexes[name] = names
            adapter.execute(f"ALTER TABLE `{table.db}`.`{table.name}` ADD {kind} ({listed})")
