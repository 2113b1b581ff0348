"""A day is processed once its data has landed, never before: for every model."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from loader.errors import LoaderError, NoDumpError
from loader.project import prod_snapshots, sqlmesh_context
from loader.run import assert_fresh, fresh_to, run
from tests.conftest import FIRST_DAY, plan, settings_for
from tests.landing import company, land_dump, land_snapshot, moving, tenant

NEXT_DAY = FIRST_DAY + dt.timedelta(days=1)
OF_SNAPSHOTS = {
    "staging.tenant_daily_snapshots",
    "silver.tenant_status_changes",
    "silver.tenant_status_history",
    "silver.activity_events",
    "gold.daily_activity_summary",
}


def reached(file: Path) -> dict[str, dt.date | None]:
    with sqlmesh_context(settings_for(file)) as (context, _):
        return fresh_to(prod_snapshots(context))


def sqlmesh_run(file: Path, day: dt.date) -> None:
    """What a person's `sqlmesh run` does, past the loader's own checks."""
    with sqlmesh_context(settings_for(file)) as (context, _):
        context.run(end=day, execution_time=day + dt.timedelta(days=1), skip_janitor=True)


def test_a_plan_goes_no_further_than_what_has_landed(planned: Path) -> None:
    assert set(reached(planned).values()) == {FIRST_DAY}


@pytest.mark.slow
def test_a_run_before_the_day_has_landed_marks_nothing_done_and_the_load_makes_up_for_it(
    warehouse: Path, query
) -> None:
    sqlmesh_run(warehouse, NEXT_DAY)
    assert set(reached(warehouse).values()) == {FIRST_DAY}

    land_dump(
        warehouse, NEXT_DAY, company(movings=[moving(1), moving(2, movein_decided_date=dt.datetime(2025, 6, 11))])
    )
    land_snapshot(warehouse, NEXT_DAY, {1: 14, 2: 5})
    assert_fresh(run(settings_for(warehouse)))
    assert set(reached(warehouse).values()) == {NEXT_DAY}
    assert query(warehouse, f"SELECT status FROM silver.tenant_status_changes WHERE change_date = '{NEXT_DAY}'") == [
        (14,)
    ]


@pytest.mark.slow
def test_a_plan_before_the_day_has_landed_marks_nothing_done(empty_warehouse: Path, query) -> None:
    land_dump(empty_warehouse, FIRST_DAY, company())
    plan(empty_warehouse)
    assert {name for name, last in reached(empty_warehouse).items() if last is None} == OF_SNAPSHOTS

    land_snapshot(empty_warehouse, FIRST_DAY, {1: 9})
    assert_fresh(run(settings_for(empty_warehouse)))
    assert set(reached(empty_warehouse).values()) == {FIRST_DAY}
    assert query(empty_warehouse, "SELECT COUNT(*) FROM silver.tenant_status_history") == [(1,)]


def test_a_dump_without_its_snapshot_runs_one_branch_and_is_not_called_fresh(warehouse: Path) -> None:
    land_dump(warehouse, NEXT_DAY, company())
    result = run(settings_for(warehouse))
    assert set(result.stale()) == OF_SNAPSHOTS
    with pytest.raises(LoaderError, match=r"gold\.daily_activity_summary: 2025-06-10"):
        assert_fresh(result)


def test_a_skipped_day_is_a_gap_and_holds_nothing_back(warehouse: Path, query) -> None:
    later = FIRST_DAY + dt.timedelta(days=3)
    land_dump(warehouse, later, company(tenants=[tenant(1)]))
    land_snapshot(warehouse, later, {1: 9, 2: 9})
    assert_fresh(run(settings_for(warehouse)))
    assert query(
        warehouse,
        "SELECT snapshot_state, days_since_previous_snapshot FROM silver.business_calendar "
        "WHERE calendar_date > '2025-06-10' ORDER BY calendar_date",
    ) == [("gap", None), ("gap", None), ("snapshot", 3)]
    assert query(
        warehouse,
        "SELECT DISTINCT applications_count, net_occupancy_delta, contracts_signed_count "
        "FROM gold.daily_activity_summary WHERE activity_date = '2025-06-11'",
    ) == [(None, None, 0)]


def test_a_run_for_a_day_that_was_never_loaded_says_so(warehouse: Path) -> None:
    with pytest.raises(NoDumpError, match="no dump of 2025-06-11 has been loaded"):
        run(settings_for(warehouse), NEXT_DAY)


def test_planning_a_database_that_was_never_loaded_says_what_to_do(empty_warehouse: Path) -> None:
    with pytest.raises(Exception, match="python -m loader load"):
        plan(empty_warehouse)
