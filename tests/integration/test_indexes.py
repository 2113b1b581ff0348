"""On MySQL every table that SQLMesh makes is indexed by its grains and its time column, uniquely by a grain that holds the day, and a
second run makes no more of them."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlglot import exp

from demo.rows import company
from loader.errors import LoaderError
from loader.landing.access import open_warehouse
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.run import run
from tests.conftest import FIRST_DAY
from tests.support import places
from tests.support.landing import land_dump, land_rooms, land_snapshot
from tests.support.places import Place

pytestmark = pytest.mark.server


def indexes(place: Place, unique: bool = False) -> dict[str, list[list[str]]]:
    """The columns of each index of SQLMesh's tables: `schema.table` -> its indexes, or those that are unique."""
    found: dict[str, dict[str, list[str]]] = {}
    for schema, table, name, column in place.query(
        f"""SELECT table_schema, table_name, index_name, column_name FROM information_schema.statistics
            WHERE table_schema LIKE 'sqlmesh%' AND non_unique <= {0 if unique else 1}
            ORDER BY table_schema, table_name, index_name, seq_in_index"""
    ):
        found.setdefault(f"{schema}.{table}", {}).setdefault(name, []).append(column)
    return {table: list(by_name.values()) for table, by_name in found.items()}


def test_every_mysql_table_is_indexed_by_grains_and_time(aurora: Place) -> None:
    with sqlmesh_context(aurora.settings()) as (context, _):
        tables = {
            snapshot.table_name(): snapshot.model
            for snapshot in prod_snapshots(context).values()
            if snapshot.model.kind.is_materialized and not snapshot.is_view
        }
    found, unique = indexes(aurora), indexes(aurora, unique=True)
    assert len(tables) > 10
    daily = set()
    for table, model in tables.items():
        wanted = [[column.name for column in grain.find_all(exp.Column)] for grain in model.grains]
        if model.time_column:
            wanted.append([model.time_column.column.name])
        for columns in wanted:
            assert any(index[: len(columns)] == columns for index in found[table]), (model.name, columns)
        if model.time_column and model.time_column.column.name in wanted[0]:
            daily.add(model.name)
            assert unique[table] == wanted[:1], model.name
    assert len(daily) == len(unique) > 5 and "gold.new_contracts" not in daily


def test_computing_again_makes_no_second_index(aurora: Place) -> None:
    before = indexes(aurora)
    places.plan(restate_models=["gold.new_contracts", "silver.int_contracts"])
    assert indexes(aurora) == before


@pytest.mark.engine
def test_null_in_a_daily_grain_names_model_and_column(aurora: Place) -> None:
    """The unique index refuses it at the INSERT, before an audit would find it."""
    settings, day = aurora.settings(), FIRST_DAY + dt.timedelta(days=1)
    land_dump(settings, day, company())
    land_snapshot(settings, day, {1: 9})
    land_rooms(settings, day)
    with open_warehouse(settings) as warehouse:
        warehouse.execute("ALTER TABLE landing.room_assignment_snapshots MODIFY room_id BIGINT")
        warehouse.execute(f"UPDATE landing.room_assignment_snapshots SET room_id = NULL WHERE snapshot_date = '{day}'")
    with (
        places.unaudited(),
        pytest.raises(LoaderError) as failed,
    ):  # the audit of the view before it would find it first
        run(settings)
    (line,) = [line for line in str(failed.value).splitlines() if "tenant_room_snapshot_daily:" in line]
    assert line.strip() == (
        "silver.tenant_room_snapshot_daily: room_id of the grain is NULL in a row of its query, so no row was written; "
        "mend the query, or the data that it reads"
    )
