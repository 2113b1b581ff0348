"""A row twice in a by-time table, wherever it is: found after each run, where an audit sees the days just computed alone."""

from __future__ import annotations

from contextlib import closing
from itertools import combinations_with_replacement
from pathlib import Path

import duckdb
import pymysql
import pytest
from sqlglot import exp
from sqlmesh.core.snapshot import Snapshot

from loader import commands
from loader.errors import LoaderError
from loader.transform import duplicates
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.run import run
from loader.warehouse.mysql.session import connect
from tests.conftest import settings_for
from tests.support.places import Place


def by_time(place: Place) -> dict[str, tuple[str, list[str]]]:
    """The by-time models: name -> its table and its grain."""
    with sqlmesh_context(place.settings()) as (context, _):
        snapshots = prod_snapshots(context).items()
        return {name: by_time_of(snapshot) for name, snapshot in snapshots if snapshot.is_incremental_by_time_range}


def by_time_of(snapshot: Snapshot) -> tuple[str, list[str]]:
    """A by-time model's table and its grain."""
    return snapshot.table_name(), [column.name for column in snapshot.model.grains[0].find_all(exp.Column)]


def test_duplicate_row_on_old_day_fails_run_until_restated(warehouse: Path, query) -> None:
    settings = settings_for(warehouse)
    place = Place({"WAREHOUSE_GATEWAY": "duckdb", "WAREHOUSE_DUCKDB": str(warehouse)})
    table, _ = by_time(place)["silver.occupancy_property_facts"]
    old = "snapshot_date = '2025-06-10'"
    query(
        warehouse,
        f"INSERT INTO {table} BY NAME SELECT * REPLACE (9 AS occupied_rooms) FROM {table} WHERE {old}",
        writes=True,
    )
    query(warehouse, f"INSERT INTO {table} BY NAME SELECT * FROM {table} WHERE {old} LIMIT 1", writes=True)
    with pytest.raises(LoaderError, match="rows stand twice") as told:
        run(settings)
    assert "  silver.occupancy_property_facts: 2 rows too many" in str(told.value)
    command = "sqlmesh plan --restate-model silver.occupancy_property_facts --start 2025-06-10 --end 2025-06-10"
    assert commands.commands(str(told.value)) == [command]
    assert str(told.value).count("rows too many") == 1
    query(warehouse, f"DELETE FROM {table} WHERE {old}", writes=True)
    run(settings)


def test_duplicate_row_is_found_in_every_by_time_table(warehouse: Path) -> None:
    place = Place({"WAREHOUSE_GATEWAY": "duckdb", "WAREHOUSE_DUCKDB": str(warehouse)})
    with sqlmesh_context(place.settings()) as (context, _):
        snapshots = prod_snapshots(context)
        duplicates.assert_rows_once(context, snapshots)
        for name, (table, _) in by_time(place).items():
            context.engine_adapter.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {table} LIMIT 1")
            (rows,) = context.engine_adapter.fetchone(f"SELECT COUNT(*) FROM {table}")
            if rows:
                with pytest.raises(LoaderError, match=f"{name}: 1 rows too many"):
                    duplicates.assert_rows_once(context, {name: snapshots[name]})


def test_day_found_right_is_counted_again_when_grains_change(warehouse: Path) -> None:
    place = Place({"WAREHOUSE_GATEWAY": "duckdb", "WAREHOUSE_DUCKDB": str(warehouse)})
    name, day = "silver.tenant_room_snapshot_daily", "snapshot_date = '2025-06-10'"
    with sqlmesh_context(place.settings()) as (context, _):
        adapter, snapshots = context.engine_adapter, prod_snapshots(context)
        duplicates.assert_rows_once(context, snapshots)
        table, columns = by_time_of(snapshots[name])
        (days,) = adapter.fetchone(f"SELECT COUNT(DISTINCT snapshot_date) FROM {table}")
        marks = f"SELECT COUNT(*) FROM {duplicates.MARKS} WHERE grain = '{name} ({', '.join(columns)})'"
        assert adapter.fetchone(marks) == (days,)
        (first, tenant, room), (second, *_) = adapter.fetchall(
            f"SELECT moving_id, tenant_id, room_id FROM {table} WHERE {day} ORDER BY moving_id LIMIT 2"
        )
        # As many rows as before, two of them the same.
        adapter.execute(
            f"UPDATE {table} SET tenant_id = {tenant}, room_id = {room} WHERE {day} AND moving_id = {second}"
        )
        for _ in range(2):  # what is wrong leaves no mark
            with pytest.raises(LoaderError, match=f"{name}: 1 rows too many"):
                duplicates.assert_rows_once(context, snapshots)
        adapter.execute(f"DELETE FROM {table} WHERE {day} AND moving_id = {first}")
        duplicates.assert_rows_once(context, snapshots)
        # No day at all: no mark could hold it.
        undated = f"INSERT INTO {table} BY NAME SELECT * REPLACE (NULL AS snapshot_date) FROM {table} WHERE {day} AND moving_id = {second}"
        for _ in range(2):
            adapter.execute(undated)
        with pytest.raises(LoaderError, match=f"{name}: 1 rows too many"):
            duplicates.assert_rows_once(context, snapshots)


def test_days_with_different_rows_never_share_a_mark() -> None:
    pairs = [(tenant, room) for tenant in (11, 12, 13) for room in (101, 102, 103)]
    days = [rows for size in range(1, 6) for rows in combinations_with_replacement(pairs, size)]
    values = ", ".join(f"({day}, {tenant}, {room})" for day, rows in enumerate(days) for tenant, room in rows)
    with duckdb.connect() as connection:
        marks = connection.execute(
            f"""SELECT COUNT(DISTINCT (row_count, mark)) FROM (
                SELECT COUNT(*) AS row_count, {duplicates.mark_of(["DATE '2025-06-10'", "tenant", "room"])} AS mark
                FROM (VALUES {values}) AS rows (day, tenant, room) GROUP BY day)"""
        )
        assert marks.fetchone() == (len(days),)


@pytest.mark.server
@pytest.mark.engine
def test_the_server_refuses_a_row_that_is_there(aurora: Place) -> None:
    found = by_time(aurora)
    # A contract can move to another day: it stands on both until the old one is computed again.
    moving = {"gold.new_contracts", "gold.moveouts", "gold.moveout_notices"}
    found = {name: one for name, one in found.items() if name not in moving}
    filled = {name: one for name, one in found.items() if aurora.query(f"SELECT 1 FROM {one[0]} LIMIT 1")}
    assert len(filled) > 5
    with closing(connect(**aurora.settings().mysql.arguments)) as connection, connection.cursor() as cursor:
        for table, _ in filled.values():
            with pytest.raises(pymysql.err.IntegrityError, match="Duplicate entry"):
                cursor.execute(f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1")


@pytest.mark.server
@pytest.mark.engine
def test_a_table_that_lost_its_primary_key_is_counted(aurora: Place) -> None:
    table, _ = by_time(aurora)["silver.business_calendar"]
    with sqlmesh_context(aurora.settings()) as (context, _):
        snapshots = prod_snapshots(context)
        duplicates.assert_rows_once(context, snapshots)
        adapter = context.engine_adapter
        adapter.execute(f"ALTER TABLE {table} DROP PRIMARY KEY")
        adapter.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE calendar_date = '2025-06-09'")
        with pytest.raises(LoaderError, match=r"silver\.business_calendar: 1 rows too many"):
            duplicates.assert_rows_once(context, snapshots)
