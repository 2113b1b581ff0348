"""Occupancy follows the daily files of rooms and properties, also such as come late, alone, or again with other content."""

from __future__ import annotations

import datetime as dt

import pytest

from demo.objects import put_dump, put_snapshot, snapshot_file
from demo.rows import company
from loader.load import load
from loader.run import assert_fresh, run
from tests.support.places import plan

pytestmark = pytest.mark.twin

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)


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


def test_occupancy_follows_room_files_exported_again_on_their_days_and_on_the_next(bucket, empty_place) -> None:
    """Applications and what no move explains are compared with the day before, so they change on days whose own files did not."""
    before, after = (dt.date(2025, 6, number) for number in (8, 9))
    put_snapshot(bucket, before, rooms(before, r1=9, r2=5), "room_assignment")
    put_snapshot(bucket, after, rooms(after, r1=9, r2=5, r3=9), "room_assignment")
    for day in (before, after):
        put_snapshot(bucket, day, properties(day, 3), "property")
    put_dump(bucket, DAY, company())
    settings = empty_place.settings(bucket)
    load(settings)
    plan()
    facts = """SELECT snapshot_date, applications, period_end_rooms, unexplained_rooms, occupancy_rate
               FROM gold.occupancy_daily_metrics WHERE day_kind = 'fact' ORDER BY 1"""

    def found() -> list[tuple]:
        return [(*row[:-1], round(float(row[-1] * 16108))) for row in empty_place.query(facts)]

    assert found() == [(before, None, 1, None, 1), (after, 0, 2, 1, 2), (DAY, 0, 1, -1, 1)]
    # The day's rooms in one file, the next day's properties in the other.
    put_snapshot(bucket, before, rooms(before, r1=9, r2=9, r3=9), "room_assignment")
    put_snapshot(bucket, after, properties(after, 5), "property")
    put_dump(bucket, NEXT, company())
    load(settings)
    assert_fresh(run(settings))
    assert found() == [(before, None, 3, None, 3), (after, 1, 2, -1, 2), (DAY, 0, 1, -1, 1), (NEXT, 0, 1, 0, 1)]
    held = f"SELECT room_id, management_status FROM silver.tenant_room_snapshot_daily WHERE snapshot_date = '{before}' ORDER BY 1"
    assert empty_place.query(held) == [(1, 9), (2, 9), (3, 9)]
    shown = "SELECT snapshot_date, occupied_rooms, total_rooms FROM gold.occupancy_property_daily ORDER BY 1"
    assert empty_place.query(shown) == [(before, 3, 3), (after, 2, 5), (DAY, 1, 3), (NEXT, 1, 3)]
    ahead = "SELECT DISTINCT as_of_date, period_end_rooms FROM silver.occupancy_projection"
    assert empty_place.query(ahead) == [(NEXT, 1)]


def test_a_day_with_one_of_its_two_room_files_is_a_gap_until_the_other_comes(bucket, empty_place) -> None:
    before = dt.date(2025, 6, 9)
    put_snapshot(bucket, before, rooms(before, r1=9, r2=9), "room_assignment")
    put_dump(bucket, DAY, company())
    settings = empty_place.settings(bucket)
    load(settings)
    plan()
    facts = "SELECT snapshot_date, day_kind, period_end_rooms, unexplained_rooms FROM silver.occupancy_facts ORDER BY 1"
    assert empty_place.query(facts) == [(DAY, "fact", 1, None)]
    put_snapshot(bucket, before, properties(before, 3), "property")
    load(settings)
    assert_fresh(run(settings))
    assert empty_place.query(facts) == [(before, "fact", 2, None), (DAY, "fact", 1, -1)]


def test_a_room_whose_property_the_day_does_not_have_holds_no_morning_up(bucket, empty_place) -> None:
    """A property's row goes, its rooms and contracts stay: the room counted for the company and for no property, and an audit failed."""
    before = dt.date(2025, 6, 9)
    of_none = rooms(before, r1=9, r2=9, r4=9).replace("\r\n4,4,1,4,1,", "\r\n4,4,99,4,99,")
    assert ",99,4,99," in of_none
    put_snapshot(bucket, before, of_none, "room_assignment")
    put_snapshot(bucket, before, properties(before, 3), "property")
    put_dump(bucket, DAY, company())
    load(empty_place.settings(bucket))
    plan()
    facts = "SELECT period_end_rooms FROM silver.occupancy_facts WHERE snapshot_date = '2025-06-09'"
    assert empty_place.query(facts) == [(2,)]
    known = "SELECT room_id, is_known_room FROM silver.tenant_room_snapshot_daily WHERE snapshot_date = '2025-06-09' ORDER BY 1"
    assert empty_place.query(known) == [(1, 1), (2, 1), (4, 0)]
