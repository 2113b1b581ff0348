"""A day is processed once its data has landed, never before: for every model."""

from __future__ import annotations

import datetime as dt

import pytest

from demo.rows import company, moving, tenant
from loader.errors import LoaderError, NoDumpError
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.run import assert_fresh, fresh_to, run
from tests.conftest import FIRST_DAY
from tests.support.landing import land_dump, land_rooms, land_snapshot
from tests.support.places import Place, plan

pytestmark = pytest.mark.twin

NEXT_DAY = FIRST_DAY + dt.timedelta(days=1)
OF_SNAPSHOTS = {
    "staging.tenant_daily_snapshots",
    "silver.tenant_status_changes",
    "silver.tenant_status_history",
    "silver.tenant_applications",
    "gold.tenant_status_transitions",
    "silver.activity_events",
    "gold.daily_activity_summary",
}
OF_ROOMS = {
    "staging.room_assignment_snapshots",
    "staging.property_snapshots",
    "silver.tenant_room_snapshot_daily",
    "silver.occupancy_facts",
    "silver.occupancy_dated_moves",
    "silver.occupancy_projection",
    "gold.occupancy_daily_metrics",
    "silver.occupancy_property_facts",
    "silver.room_totals_daily",
    "gold.kpi_month_end_metrics",
    "gold.kpi_reference_trace",
    "gold.occupancy_kpi_meta",
    "gold.occupancy_property_daily",
    "gold.occupancy_property_map_latest",
    "gold.occupancy_tenant_type_daily",
}


def reached(place: Place) -> dict[str, dt.date | None]:
    with sqlmesh_context(place.settings()) as (context, _):
        return fresh_to(prod_snapshots(context))


def sqlmesh_run(place: Place, day: dt.date) -> None:
    """What a person's `sqlmesh run` does, past the loader's own checks."""
    with sqlmesh_context(place.settings()) as (context, _):
        context.run(end=day, execution_time=day + dt.timedelta(days=1), skip_janitor=True)


def test_a_plan_goes_no_further_than_what_has_landed(place: Place) -> None:
    assert set(reached(place).values()) == {FIRST_DAY}


def test_run_before_landing_marks_nothing_done_and_catches_up(place: Place) -> None:
    sqlmesh_run(place, NEXT_DAY)
    assert set(reached(place).values()) == {FIRST_DAY}

    land_dump(
        place.settings(),
        NEXT_DAY,
        company(movings=[moving(1), moving(2, movein_decided_date=dt.datetime(2025, 6, 11))]),
    )
    land_snapshot(place.settings(), NEXT_DAY, {1: 14, 2: 5})
    land_rooms(place.settings(), NEXT_DAY)
    assert_fresh(run(place.settings()))
    assert set(reached(place).values()) == {NEXT_DAY}
    assert place.query(f"SELECT status FROM silver.tenant_status_changes WHERE change_date = '{NEXT_DAY}'") == [(14,)]


def test_plan_before_landing_marks_nothing_done(empty_place: Place) -> None:
    land_dump(empty_place.settings(), FIRST_DAY, company())
    plan()
    assert {name for name, last in reached(empty_place).items() if last is None} == OF_SNAPSHOTS | OF_ROOMS

    land_snapshot(empty_place.settings(), FIRST_DAY, {1: 9})
    assert set(run(empty_place.settings()).stale()) == OF_ROOMS
    assert empty_place.query("SELECT COUNT(*) FROM silver.tenant_status_history") == [(1,)]

    land_rooms(empty_place.settings(), FIRST_DAY)
    assert_fresh(run(empty_place.settings()))
    assert set(reached(empty_place).values()) == {FIRST_DAY}
    assert empty_place.query("SELECT day_kind, period_end_rooms FROM silver.occupancy_facts") == [("fact", 1)]


def test_dump_without_daily_files_runs_partly_and_is_stale(place: Place) -> None:
    land_dump(place.settings(), NEXT_DAY, company())
    result = run(place.settings())
    assert set(result.stale()) == OF_SNAPSHOTS | OF_ROOMS
    with pytest.raises(LoaderError, match=r"gold\.daily_activity_summary: 2025-06-10"):
        assert_fresh(result)


def test_correction_reaches_past_days_without_todays_daily_files(place: Place) -> None:
    """Events wait for the snapshot and show the day before, but the contracts that they count are this morning's."""
    signed = dt.date(2019, 5, 5)
    corrected = moving(1, movein_decided_date=dt.datetime(2019, 5, 5))
    land_dump(place.settings(), NEXT_DAY, company(movings=[corrected, moving(2, room_id=2)]))
    result = run(place.settings())
    assert set(result.stale()) == OF_SNAPSHOTS | OF_ROOMS
    for table, column, number in (
        ("gold.daily_activity_summary", "activity_date", "SUM(contracts_signed_count)"),
        ("gold.new_contracts", "contract_date", "COUNT(*)"),
    ):
        assert place.query(f"SELECT {number} FROM {table} WHERE {column} = '{signed}'") == [(1,)]
    assert run(place.settings()).restated == {}  # and is done


def test_skipped_day_is_a_gap_and_blocks_nothing(place: Place) -> None:
    later = FIRST_DAY + dt.timedelta(days=3)
    land_dump(place.settings(), later, company(tenants=[tenant(1)]))
    land_snapshot(place.settings(), later, {1: 9, 2: 9})
    land_rooms(place.settings(), later)
    assert_fresh(run(place.settings()))
    assert place.query(
        "SELECT snapshot_state, days_since_previous_snapshot FROM silver.business_calendar "
        "WHERE calendar_date > '2025-06-10' ORDER BY calendar_date",
    ) == [("gap", None), ("gap", None), ("snapshot", 3)]
    assert place.query(
        "SELECT DISTINCT applications_count, net_occupancy_delta, contracts_signed_count "
        "FROM gold.daily_activity_summary WHERE activity_date = '2025-06-11'",
    ) == [(None, None, 0)]
    occupancy = (
        "SELECT snapshot_date, day_kind, period_end_rooms, unexplained_rooms FROM silver.occupancy_facts ORDER BY 1"
    )
    gaps = [(FIRST_DAY + dt.timedelta(days=offset), "gap", None, None) for offset in (1, 2)]
    assert place.query(occupancy) == [(FIRST_DAY, "fact", 2, None), *gaps, (later, "fact", 1, None)]


def test_run_for_an_unloaded_day_says_so(place: Place) -> None:
    with pytest.raises(NoDumpError, match="no dump of 2025-06-11 has been loaded"):
        run(place.settings(), NEXT_DAY)


def test_plan_on_an_unloaded_database_says_to_load(empty_place: Place) -> None:
    with pytest.raises(Exception, match="python -m loader load"):
        plan()
