"""What comes in behind the morning's run, without a new dump, is in with the next run."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from demo.objects import put_coordinates, put_dump, put_snapshot, snapshot_file
from demo.rows import Rows, company, moving, tenant
from loader import dates
from loader.daily import daily
from loader.errors import DumpRejectedError, LoaderError, NoDumpError
from loader.landing.load import land, load
from loader.landing.load_steps import LoadRequest
from loader.settings import Settings
from loader.transform.run import assert_fresh, run
from tests.conftest import FIRST_DAY, settings_for
from tests.support import places
from tests.support.places import FILE, Place

DAY = FIRST_DAY


def test_enrichment_written_after_the_run_reaches_the_next_run(warehouse: Path, query) -> None:
    query(
        warehouse,
        "INSERT INTO landing.llm_enrichment_cache (tenant_id, llm_nationality) VALUES (1, 'ネパール')",
        writes=True,
    )
    query(warehouse, "UPDATE landing_20250610.tenants SET nationality = NULL", writes=True)
    run(settings_for(warehouse))
    shown = "SELECT nationality FROM silver.{} WHERE tenant_id = 1"
    assert query(warehouse, shown.format("stg_tenants")) == [("ネパール",)]
    assert query(warehouse, shown.format("int_contracts")) == [("ネパール",)]


@pytest.fixture(scope="module")
def first_morning(planned_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The planned warehouse after its first run. To be copied."""
    place = places.copied(planned_place, tmp_path_factory.mktemp("first_morning"))
    with place.chosen(), places.unaudited():
        run(place.settings())
    return place


@pytest.fixture
def settings(first_morning: Place, bucket: Path, tmp_path: Path) -> Settings:
    """On a copy of the warehouse, and the bucket with its dump."""
    put_dump(bucket, DAY, dump())
    places.copied(first_morning, tmp_path)
    return settings_for(tmp_path / FILE, bucket)


def dump(**changes: Rows) -> dict[str, Rows]:
    """The planned warehouse's company."""
    same = {"tenants": [tenant(1), tenant(2, status=14)], "movings": [moving(1), moving(2, room_id=2)]}
    return company(**same, **changes)


def test_next_morning_computes_dump_landed_before_a_killed_run(
    settings: Settings, bucket: Path, query, monkeypatch
) -> None:
    monkeypatch.setattr(dates, "business_today", lambda: DAY + dt.timedelta(days=2))
    put_dump(bucket, DAY + dt.timedelta(days=1), dump())
    land(settings, LoadRequest(DAY + dt.timedelta(days=1), 0, catch_up=True))  # and the machine goes down
    with pytest.raises(NoDumpError):
        daily(settings, LoadRequest(DAY + dt.timedelta(days=2), 0, catch_up=True))
    newest = "SELECT MAX(activity_date) FROM gold.daily_activity_summary"
    assert query(settings.duckdb_file, newest) == [(DAY + dt.timedelta(days=1),)]


def test_next_morning_computes_late_file_landed_before_killed_run(
    settings: Settings, bucket: Path, query, monkeypatch
) -> None:
    monkeypatch.setattr(dates, "business_today", lambda: DAY + dt.timedelta(days=1))
    late = dt.date(2025, 6, 1)
    put_snapshot(bucket, late, snapshot_file("tenant_status", [(1, 5, 1, None, late)]))
    load(settings, DAY)  # and the machine goes down
    with pytest.raises(NoDumpError):
        daily(settings, LoadRequest(DAY + dt.timedelta(days=1), 0, catch_up=True))
    changes = "SELECT DISTINCT change_date FROM silver.tenant_status_changes ORDER BY 1"
    assert query(settings.duckdb_file, changes) == [(late,), (DAY - dt.timedelta(days=1),), (DAY,)]


SHOWN = """
    SELECT s.latitude, s.longitude, c.latitude, n.latitude, COUNT(DISTINCT o.snapshot_date),
        MIN(o.latitude), MAX(o.latitude), MIN(o.longitude), MAX(o.longitude)
    FROM silver.stg_apartments AS s
    LEFT JOIN silver.int_contracts AS c USING (apartment_id)
    LEFT JOIN gold.new_contracts AS n USING (contract_id)
    LEFT JOIN gold.occupancy_property_daily AS o ON o.apartment_id = s.apartment_id
    GROUP BY ALL"""


def test_coordinates_file_fills_all_days_bad_one_blocks_nothing(
    settings: Settings, bucket: Path, query, monkeypatch
) -> None:
    nowhere = dump(apartments=[company()["apartments"][0] | {"latitude": None, "longitude": None}])
    clocked = {}
    monkeypatch.setattr(dates, "business_today", lambda: clocked["today"])

    def morning(day: dt.date) -> None:
        clocked["today"] = day
        put_dump(bucket, day, nowhere)
        daily(settings, LoadRequest(day, 0, catch_up=True))

    def placed(latitude: str, longitude: str, days: int) -> list[tuple]:
        at, along = Decimal(latitude), Decimal(longitude)
        return [(at, along, at, at, days, at, at, along, along)]

    first, second = (DAY + dt.timedelta(days=number) for number in (1, 2))
    put_coordinates(bucket, [(1, "35.5", "139.5"), (9, "35.6", "139.6")])
    morning(first)
    assert query(settings.duckdb_file, SHOWN) == placed(
        "35.5", "139.5", 2
    )  # also on the day with a pair of the source's own
    put_coordinates(bucket, [(1, "139.5", "35.5")])
    with pytest.raises(DumpRejectedError, match="latitude is not a number from -90 to 90"):
        morning(second)
    assert query(settings.duckdb_file, SHOWN) == placed("35.5", "139.5", 3)
    put_coordinates(bucket, [(1, "35.7", "139.7")])
    daily(settings, LoadRequest(second, 0, catch_up=True))
    assert query(settings.duckdb_file, SHOWN) == placed("35.7", "139.7", 3)


def test_first_plan_on_the_loaded_day_gives_fresh_run(empty_warehouse: Path, bucket: Path, query) -> None:
    """SQLMesh's days end nine hours after Japan's, so a plan of that morning ends with the day before, of which nothing has landed."""
    settings = settings_for(empty_warehouse, bucket)
    today = dates.business_today()
    put_dump(bucket, today, company())
    load(settings, today)
    with pytest.raises(LoaderError, match="prod has no models yet"):
        run(settings)
    places.plan()
    assert query(empty_warehouse, "SELECT COUNT(*) FROM silver.tenant_status_history") == [(0,)]
    assert_fresh(run(settings))
    assert query(empty_warehouse, "SELECT MIN(snapshot_date) FROM gold.occupancy_daily_metrics") == [(today,)]
    assert query(empty_warehouse, "SELECT COUNT(*) FROM silver.occupancy_projection") == [(90,)]
