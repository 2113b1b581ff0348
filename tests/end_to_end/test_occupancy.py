"""Occupancy follows the daily files of rooms and properties, also such as come late, alone, or again with other content."""

from __future__ import annotations

import datetime as dt

import pytest

from demo.objects import put_dump, put_snapshot, snapshot_file
from demo.rows import company, tenant
from loader.landing.load import load
from loader.transform.run import assert_fresh, run

pytestmark = pytest.mark.twin

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)
LAST = dt.date(2025, 6, 12)


def rooms(day: dt.date, **statuses: int) -> str:
    """A file of room assignments: r<number>=status of the tenant with that number, who holds the room with that number."""
    held = [(name[1:], status) for name, status in statuses.items()]
    since = dt.date(2025, 2, 1)
    rows = [
        (n, n, 1, n, 1, f"10{n}", status, 1, 0, 1, since, since, None, None, None, 50000, "", day) for n, status in held
    ]
    return snapshot_file("room_assignment", rows)


def properties(day: dt.date, room_count: int) -> str:
    """A file of one property."""
    return snapshot_file(
        "property", [(1, "J0000001", "ベータ荘", "東京都", "新宿区", 35.69, 139.7, room_count, 3, day)]
    )


def test_occupancy_follows_late_or_replaced_daily_files(bucket, place) -> None:
    """Applications and what no move explains are compared with the day before, so they change on days whose own files did not."""
    before, after = (dt.date(2025, 6, number) for number in (8, 9))
    settings = place.settings(bucket)
    facts = """SELECT snapshot_date, application_rooms, period_end_rooms, unexplained_rooms, total_physical_rooms
               FROM gold.occupancy_daily_metrics WHERE day_kind = 'fact' ORDER BY 1"""

    assert place.query(facts) == [(DAY, None, 2, None, 3)]
    put_snapshot(bucket, before, rooms(before, r1=9, r2=5), "room_assignment")
    put_snapshot(bucket, after, rooms(after, r1=9, r2=5, r3=9), "room_assignment")
    for day in (before, after):
        put_snapshot(bucket, day, properties(day, 3), "property")
    put_dump(bucket, NEXT, company())
    load(settings)
    assert_fresh(run(settings))
    unchanged = [(DAY, 0, 2, 0, 3), (NEXT, 0, 1, -1, 3)]
    assert place.query(facts) == [(before, None, 1, None, 3), (after, 0, 2, 1, 3), *unchanged]
    # The day's rooms in one file, the next day's properties in the other.
    put_snapshot(bucket, before, rooms(before, r1=9, r2=9, r3=9), "room_assignment")
    put_snapshot(bucket, after, properties(after, 5), "property")
    put_dump(bucket, LAST, company(tenants=[tenant(1, age=31)]))
    load(settings)
    assert_fresh(run(settings))
    assert place.query(facts) == [(before, None, 3, None, 3), (after, 1, 2, -1, 5), *unchanged, (LAST, 0, 1, 0, 3)]
    held = f"SELECT room_id, management_status FROM silver.tenant_room_snapshot_daily WHERE snapshot_date = '{before}' ORDER BY 1"
    assert place.query(held) == [(1, 9), (2, 9), (3, 9)]
    shown = "SELECT snapshot_date, occupied_rooms, total_rooms FROM gold.occupancy_property_daily ORDER BY 1"
    assert place.query(shown) == [(before, 3, 3), (after, 2, 5), (DAY, 2, 3), (NEXT, 1, 3), (LAST, 1, 3)]
    ahead = "SELECT DISTINCT as_of_date, period_end_rooms FROM silver.occupancy_projection"
    assert place.query(ahead) == [(LAST, 1)]
