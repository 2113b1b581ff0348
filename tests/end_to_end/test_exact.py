"""By-time tables equal a build from nothing, whatever was corrected, deleted or came late."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from demo.rows import company, moving, tenant
from loader.transform.run import run
from tests.conftest import FIRST_DAY, settings_for
from tests.support.landing import land_dump, land_rooms, land_snapshot
from tests.support.rebuild import differences, rebuilt


def day(offset: int) -> dt.date:
    return FIRST_DAY + dt.timedelta(days=offset)


def test_corrections_deletions_and_late_files_equal_a_rebuild(warehouse: Path, tmp_path: Path, query) -> None:
    settings = settings_for(warehouse)
    # A signing date moves back by years, a contract is cancelled, another comes in for a gap day.
    land_dump(
        warehouse,
        day(2),
        company(
            tenants=[tenant(1, nationality="Myanmar"), tenant(2, status=14), tenant(3, status=5)],
            movings=[
                moving(1, movein_decided_date=dt.datetime(2019, 5, 5)),
                moving(2, room_id=2, cancel_flag=1),
                moving(3, room_id=3, movein_decided_date=dt.datetime(2025, 6, 11), moveout_receipt_date=day(1)),
            ],
        ),
    )
    land_snapshot(warehouse, day(2), {1: 9, 2: 14, 3: 5})
    land_rooms(warehouse, day(2))
    assert run(settings).restated.keys() >= {"gold.new_contracts", "gold.daily_activity_summary"}
    # Files for the gap arrive after the days around it, a tenant vanishes, a contract is deleted.
    land_snapshot(warehouse, day(1), {1: 9, 2: 5})
    land_rooms(warehouse, day(1))
    land_dump(
        warehouse,
        day(3),
        company(
            tenants=[tenant(2, status=17), tenant(3, status=9)],
            movings=[
                moving(2, room_id=2, is_moveout=1, moveout_plans_date=day(3)),
                moving(3, room_id=3, movein_decided_date=dt.datetime(2025, 6, 11), moveout_receipt_date=day(1)),
            ],
        ),
    )
    land_snapshot(warehouse, day(3), {2: 17, 3: 9})
    land_rooms(warehouse, day(3))
    run(settings)

    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert differences(warehouse, rebuilt(warehouse, fresh)) == {}
    vanished = "SELECT tenant_id, end_reason FROM silver.tenant_status_history WHERE tenant_id = 1"
    assert query(warehouse, vanished) == [(1, "vanished")]
    facts = "SELECT snapshot_date, period_end_rooms FROM silver.occupancy_facts ORDER BY 1"
    assert query(warehouse, facts) == [(day(0), 2), (day(1), 1), (day(2), 1), (day(3), 1)]


def test_a_planted_drift_is_found_and_mended(warehouse: Path, query) -> None:
    (view,) = query(
        warehouse, "SELECT sql FROM duckdb_views() WHERE schema_name = 'gold' AND view_name = 'new_contracts'"
    )[0]
    table = view.rpartition("FROM ")[2].rstrip(";\n ")
    query(warehouse, f"UPDATE {table} SET monthly_rent = 1 WHERE contract_id = 1", writes=True)
    assert run(settings_for(warehouse)).restated == {"gold.new_contracts": 1}
    assert query(warehouse, "SELECT monthly_rent FROM gold.new_contracts WHERE contract_id = 1") == [(50000,)]
    assert run(settings_for(warehouse)).restated == {}


def test_notices_complete_come_late_and_leave_after_24_months(warehouse: Path, query) -> None:
    settings = settings_for(warehouse)
    notices = "SELECT contract_id, moveout_status FROM gold.moveout_notices ORDER BY contract_id"
    given = [
        moving(1, moveout_receipt_date=dt.date(2023, 6, 20)),
        moving(2, room_id=2, moveout_receipt_date=FIRST_DAY, moveout_plans_date=day(30)),
    ]
    tenants = [tenant(1), tenant(2), tenant(3)]
    land_dump(warehouse, day(1), company(movings=given, tenants=tenants))
    run(settings)
    assert query(warehouse, notices) == [(1, "Pending"), (2, "Pending")]

    # Contract 2 moves out; contract 3's notice was received before, and typed in only now.
    done = [given[0], given[1] | {"is_moveout": 1}, moving(3, room_id=3, moveout_receipt_date=FIRST_DAY)]
    land_dump(warehouse, day(11), company(movings=done, tenants=tenants))
    run(settings)
    assert query(warehouse, notices) == [(2, "Completed"), (3, "Pending")]
