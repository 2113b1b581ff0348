"""`export`: the daily files of past days, each from its own day's dump; nothing else of that dump is kept, and nothing is made twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from demo.dump import dump_sql
from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader import dates
from loader.cli import cli
from loader.landing.load import load
from loader.sources.daily_file_kinds import DATASETS
from loader.transform.run import assert_fresh, run
from tests.support.places import Place, everything

DAY = dt.date(2025, 6, 10)
KINDS = [dataset.name for dataset in DATASETS]


def day(offset: int) -> dt.date:
    return DAY + dt.timedelta(days=offset)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "business_today", lambda: DAY)


def export(bucket: Path, first: int, last: int | None = None, *more: str) -> Result:
    words = ["export", "--bucket", str(bucket), "--date", str(day(first)), *more]
    return CliRunner().invoke(cli, words + (["--to", str(day(last))] if last is not None else []))


def put(bucket: Path, offset: int, status: int = 9, **changes: object) -> None:
    put_dump(bucket, day(offset), company(tenants=[tenant(1, status=status)]), **changes)


def files(bucket: Path) -> dict[str, bytes]:
    """The daily files in the bucket: `kind/YYYYMMDD` -> bytes."""
    found = (path for path in (bucket / "snapshots").rglob("*") if path.is_file())
    return {f"{path.parent.name}/{path.stem}": path.read_bytes() for path in found}


def of_days(*offsets: int) -> set[str]:
    return {f"{kind}/{day(offset):%Y%m%d}" for kind in KINDS for offset in offsets}


ROOMS = (
    "moving_id,tenant_id,apartment_id,room_id,room_apartment_id,room_number,tenant_status,is_current_contract,is_moveout,"
    "moving_agreement_type,movein_date,original_movein_date,moveout_date_integrated,moveout_plans_date,moveout_date,rent,updated_at,"
    "snapshot_date\r\n"
)
SMALL_HOURS = dt.datetime(2025, 6, 9, 3, 4, 5, 678000)


def test_exported_daily_files_are_exact_on_both_engines(bucket: Path, empty_place: Place) -> None:
    """Into an empty warehouse, which stays one."""
    tables = company(
        tenants=[tenant(1, full_name="O'Neill, 試験"), tenant(2, status=14, moving_id=99)],
        movings=[
            moving(1, rent=55000.5, updated_at=SMALL_HOURS, original_movein_date=dt.date(2024, 2, 29)),
            moving(2, room_id=9, movein_date="0000-00-00", is_moveout=None, rent=0, updated_at=None),
            moving(3, cancel_flag=1),
            moving(4, is_moveout=1, moveout_date=day(-32)),
            moving(5, is_moveout=1, moveout_date=day(-31), cancel_flag=None),
            moving(6, tenant_id=2, room_id=2, moveout_date_integrated=day(1), moveout_plans_date=day(2), rent=-1.25),
        ],
    )
    beta = tables["apartments"][0] | {"apartment_name": "長" * 300, "latitude": 35.6900000149, "longitude": 0.0}
    tables["apartments"] = [beta, {"id": 2, "apartment_name": "", "prefecture": ""}]
    tables["rooms"][0]["room_number"] = 'a"b\nc'
    body = dump_sql(tables).replace(b"`apartment_name` varchar(191)", b"`apartment_name` text")
    body = body.replace(b"`latitude` decimal(8,6)", b"`latitude` decimal(12,10)")
    body = body.replace(b"`rent` int", b"`rent` decimal(12,2)").replace(
        b"`updated_at` datetime", b"`updated_at` datetime(6)"
    )
    put_dump(bucket, DAY, body)
    accepted = (
        "--accept",
        "longer:apartments.apartment_name",
        "--accept",
        "finer:movings.rent",
        "--accept",
        "finer:apartments.latitude",
    )
    done = export(bucket, 0, None, *accepted)
    assert done.exit_code == 0, done.output
    assert {name: body.decode() for name, body in files(bucket).items()} == {
        "tenant_status/20250610": (
            "tenant_id,status,contract_type,full_name,snapshot_date\r\n"
            '1,9,1,"O\'Neill, 試験",2025-06-10\r\n'
            "2,14,1,,2025-06-10\r\n"
        ),
        "room_assignment/20250610": ROOMS
        + '1,1,1,1,1,"a""b\nc",9,1,0,1,2025-02-01,2024-02-29,,,,55000.50,2025-06-09 03:04:05,2025-06-10\r\n'
        "2,2,1,9,,,14,0,,1,,,,,,0.00,,2025-06-10\r\n"
        '5,5,1,1,1,"a""b\nc",,0,1,1,2025-02-01,,,,2025-05-10,50000.00,2025-01-20 15:00:00,2025-06-10\r\n'
        "6,2,1,2,1,102,14,0,0,1,2025-02-01,,2025-06-11,2025-06-12,,-1.25,2025-01-20 15:00:00,2025-06-10\r\n",
        "property/20250610": (
            "apartment_id,unique_number,apartment_name,prefecture,municipality,latitude,longitude,room_count,room_rows,"
            "snapshot_date\r\n"
            f"1,J0000001,{'長' * 255},東京都,新宿区,35.69000001,0.000000,3,3,2025-06-10\r\n"
            "2,,,,,,,0,0,2025-06-10\r\n"
        ),
    }
    assert not any(rows for name, rows in everything(empty_place).items() if "landing" in name)
    schemas = empty_place.query("SELECT schema_name FROM information_schema.schemata")
    assert [name for (name,) in schemas if name.startswith("landing")] == ["landing"]


def test_export_leaves_warehouse_unchanged_next_load_lands_the_files(bucket: Path, empty_place: Place) -> None:
    for offset, status in ((-3, 5), (-2, 6), (-1, 7), (0, 9)):
        put(bucket, offset, status)
    load(empty_place.settings(bucket))
    before, written = everything(empty_place), files(bucket)
    done = export(bucket, -3, 0)
    assert done.exit_code == 0, done.output
    assert everything(empty_place) == before
    assert files(bucket).keys() == of_days(-3, -2, -1, 0)
    assert {name: body for name, body in files(bucket).items() if name in written} == written
    load(empty_place.settings(bucket))
    landed = "SELECT snapshot_date, tenant_status FROM landing.room_assignment_snapshots ORDER BY 1"
    assert empty_place.query(landed) == [(day(-3), 5), (day(-2), 6), (day(-1), 7), (day(0), 9)]
    ledger = "SELECT dataset, COUNT(*) FROM landing.load_ledger GROUP BY dataset ORDER BY 1"
    assert empty_place.query(ledger) == [("dump", 1), ("property", 4), ("room_assignment", 4), ("tenant_status", 4)]


def test_export_keeps_existing_files_unless_again_is_typed(bucket: Path, embedded: Place) -> None:
    put(bucket, -1, status=5)
    assert export(bucket, -1).exit_code == 0
    right = files(bucket)
    lacking, kept = (bucket / f"snapshots/{kind}/{day(-1):%Y%m%d}.csv" for kind in ("property", "tenant_status"))
    lacking.unlink()
    kept.write_bytes(b"of another time")
    assert export(bucket, -1).exit_code == 0
    assert files(bucket) == right | {f"tenant_status/{day(-1):%Y%m%d}": b"of another time"}
    # A day that has all of them needs no dump: a stretch that was cut off goes on where it was.
    dump = bucket / f"dumps/gghouse_{day(-1):%Y%m%d}.sql"
    body = dump.read_bytes()
    dump.unlink()
    assert export(bucket, -1).exit_code == 0
    dump.write_bytes(body)
    again = export(bucket, -1, None, "--again")
    assert again.exit_code == 0
    assert "snapshots/tenant_status/20250609.csv is written anew from the dump of 2025-06-09" in again.output
    assert "snapshots/property/20250609.csv is written anew" not in again.output  # it is the same, byte for byte
    assert files(bucket) == right


def test_export_names_a_day_without_dump_and_makes_others(bucket: Path, embedded: Place) -> None:
    put(bucket, -3)
    put(bucket, -1)
    done = export(bucket, -3, -1)
    assert done.exit_code == 3
    assert f"{bucket} holds no dump of 2025-06-08" in done.output
    assert files(bucket).keys() == of_days(-3, -1)


def test_export_names_rejected_dumps_makes_others_and_records_nothing(bucket: Path, embedded: Place) -> None:
    put(bucket, 0)
    load(embedded.settings(bucket))
    put(bucket, -4, valid_for_etl=False, reason="source_mismatch")
    put(bucket, -3)
    put_dump(bucket, day(-2), dump_sql(company())[:-60])
    put(bucket, -1)
    before = everything(embedded)
    records = ("rejections", "load_findings", "load_tables", "load_nulled", "load_changes")
    kept = {name: embedded.query(f"SELECT * FROM landing.{name}") for name in records}
    done = export(bucket, -4, -1)
    assert done.exit_code == 4
    assert "source_mismatch" in done.output
    assert "gghouse_20250608.sql" in done.output
    assert files(bucket).keys() == of_days(-3, -1, 0)
    assert everything(embedded) == before
    assert {name: embedded.query(f"SELECT * FROM landing.{name}") for name in records} == kept


def test_export_refuses_a_rolled_back_dump_without_again(bucket: Path, embedded: Place) -> None:
    for offset in (-1, 0):
        put(bucket, offset)
        load(embedded.settings(bucket))
    assert CliRunner().invoke(cli, ["rollback"]).exit_code == 0
    gone = bucket / f"snapshots/property/{day(0):%Y%m%d}.csv"
    gone.unlink()
    refused = export(bucket, 0)
    assert (refused.exit_code, "was rolled back and is still the same file" in refused.output) == (4, True)
    assert not gone.exists()
    assert export(bucket, 0, None, "--again").exit_code == 0
    assert files(bucket).keys() == of_days(-1, 0)


def test_export_of_the_live_day_reads_the_warehouse(bucket: Path, empty_place: Place) -> None:
    put(bucket, 0)
    load(empty_place.settings(bucket))
    written = files(bucket)
    for path in (bucket / "dumps").iterdir():
        path.unlink()
    for path in (bucket / "snapshots").rglob("*.csv"):
        path.unlink()
    assert export(bucket, 0).exit_code == 0
    assert files(bucket) == written


def test_what_makes_no_sense_is_a_usage_error(bucket: Path, empty_warehouse: Path) -> None:
    put(bucket, 0)
    for words, told in (
        ((0, -1), "--to 2025-06-09 is before --date 2025-06-10"),
        ((0, 1), "2025-06-11 lies in the future: today is 2025-06-10 in Japan"),
        ((0, 0, "--accept", "change:tenant"), "--accept change:tenant: there is no such rule"),
    ):
        done = export(bucket, *words)
        assert (done.exit_code, told in done.output) == (2, True), done.output
    assert files(bucket) == {}


@pytest.mark.twin
def test_models_have_the_days_whose_files_were_made(bucket: Path, place: Place) -> None:
    """Planned without them: the next run computes these days alone, and what is compared with them."""
    settings = place.settings(bucket)
    put_dump(bucket, day(-2), company(movings=[moving(1), moving(2, tenant_id=1, room_id=2)]))
    put(bucket, -1, status=14)
    assert export(bucket, -2, -1).exit_code == 0
    load(settings)
    assert_fresh(run(settings))
    facts = "SELECT snapshot_date, day_kind, period_end_rooms, unexplained_rooms FROM silver.occupancy_facts ORDER BY 1"
    assert place.query(facts) == [(day(-2), "fact", 2, None), (day(-1), "fact", 1, -1), (day(0), "fact", 2, 1)]
    held = "SELECT snapshot_date, room_id, management_status FROM silver.tenant_room_snapshot_daily ORDER BY 1, 2"
    assert place.query(held) == [
        (day(-2), 1, 9),
        (day(-2), 2, 9),
        (day(-1), 1, 14),
        (day(0), 1, 9),
        (day(0), 2, 14),
    ]
    properties = "SELECT snapshot_date, occupied_rooms, total_rooms FROM gold.occupancy_property_daily ORDER BY 1"
    assert place.query(properties) == [(day(-2), 2, 3), (day(-1), 1, 3), (day(0), 2, 3)]
