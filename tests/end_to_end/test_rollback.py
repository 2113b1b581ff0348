"""`rollback` on both gateways: one step back, on record, and everything computed from the withdrawn dump undone by the next run."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from demo.dump import dump_sql, rows_section
from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader import dates
from loader.errors import DumpRejectedError, LoaderError
from loader.landing import generations
from loader.landing.access import open_warehouse, read_warehouse
from loader.landing.load import load
from loader.settings import PROJECT
from loader.transform.run import assert_fresh, run
from tests.conftest import FIRST_DAY, settings_for
from tests.support.places import Place, contents

GOOD = company(tenants=[tenant(1), tenant(2, status=14)], movings=[moving(1), moving(2, room_id=2)])
BAD = company(
    tenants=[tenant(1, nationality="ネパール", status=17), tenant(3)],
    movings=[moving(1, rent=1, is_moveout=1, moveout_date=dt.date(2025, 6, 11)), moving(3, room_id=3)],
)
EXTRA = b"CREATE TABLE `Extra` (`id` int);\n" + rows_section("Extra", "INSERT INTO `Extra` VALUES (7);\n").encode()


def day(offset: int) -> dt.date:
    return FIRST_DAY + dt.timedelta(days=offset)


def roll_back(place: Place) -> None:
    with open_warehouse(place.settings()) as warehouse:
        generations.roll_back(warehouse)


def states(place: Place) -> list[tuple]:
    return place.query("SELECT business_date, state FROM landing.generations ORDER BY load_id")


def test_rollback_goes_back_three_kept_generations_one_by_one(embedded: Place, bucket: Path) -> None:
    for offset in range(5):
        put_dump(bucket, day(offset), company(tenants=[tenant(1, status=offset)]))
        load(embedded.settings(bucket))
    assert states(embedded) == [
        (day(1), "kept"), (day(2), "kept"), (day(3), "kept"), (day(4), "live"),
    ]  # fmt: skip
    for offset in (3, 2, 1):
        roll_back(embedded)
        assert embedded.query("SELECT status FROM landing.tenants") == [(offset,)]
        assert embedded.query(
            "SELECT MAX(business_date), COUNT(*) FROM landing.load_ledger WHERE dataset = 'dump'"
        ) == [(day(offset), offset + 1)]
        assert embedded.query("SELECT MAX(snapshot_date) FROM landing.tenant_daily_snapshots") == [(day(offset),)]
    with pytest.raises(LoaderError, match="nothing to roll back to; nothing was changed"):
        roll_back(embedded)
    assert states(embedded)[0] == (day(1), "live")


def test_rollback_removes_a_table_only_the_newer_dump_had(empty_place: Place, bucket: Path) -> None:
    extra = EXTRA + b"-- Dump completed"
    put_dump(bucket, day(0), company())
    load(empty_place.settings(bucket))
    put_dump(bucket, day(1), dump_sql(company()).replace(b"-- Dump completed", extra))
    load(empty_place.settings(bucket))
    assert empty_place.query("SELECT * FROM landing.Extra") == [(7,)]
    roll_back(empty_place)
    found = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'landing' AND table_name = 'Extra'"
    assert empty_place.query(found) == [(0,)]


@pytest.mark.twin
def test_rollback_and_run_leave_no_trace_of_the_dump(place: Place, bucket: Path) -> None:
    put_dump(bucket, day(1), GOOD)
    load(place.settings(bucket))
    assert_fresh(run(place.settings()))
    good = contents(place)

    put_dump(bucket, day(2), BAD)
    load(place.settings(bucket))
    assert_fresh(run(place.settings()))
    assert contents(place).keys() == good.keys()
    assert contents(place)["gold.new_contracts"] != good["gold.new_contracts"]

    roll_back(place)
    assert_fresh(run(place.settings()))
    assert contents(place) == good


@pytest.mark.twin
def test_corrected_dump_replaces_what_the_bad_dump_computed(place: Place, bucket: Path) -> None:
    """Without a run between: the day is computed already, from the bad dump."""
    put_dump(bucket, day(1), BAD)
    load(place.settings(bucket))
    assert_fresh(run(place.settings()))
    roll_back(place)
    with pytest.raises(DumpRejectedError, match="(?s)was rolled back and is still the same file.*--again"):
        load(place.settings(bucket), day(1))
    put_dump(bucket, day(1), GOOD)
    assert load(place.settings(bucket)) == day(1)
    assert_fresh(run(place.settings()))
    assert place.query("SELECT contract_id, monthly_rent FROM gold.new_contracts ORDER BY contract_id") == [
        (1, 50000),
        (2, 50000),
    ]
    assert place.query("SELECT COUNT(*) FROM gold.moveouts") == [(0,)]
    # The day's snapshot is that of the corrected dump, in the bucket too.
    assert place.query(f"SELECT tenant_id FROM landing.tenant_daily_snapshots WHERE snapshot_date = '{day(1)}'") == [
        (1,),
        (2,),
    ]
    assert b"\r\n2,14," in (bucket / f"snapshots/tenant_status/{day(1):%Y%m%d}.csv").read_bytes()


def test_rolled_back_dump_loads_again_if_a_person_insists(embedded: Place, bucket: Path) -> None:
    for offset in (0, 1):
        put_dump(bucket, day(offset), company(tenants=[tenant(1, status=offset)]))
        load(embedded.settings(bucket))
    roll_back(embedded)
    assert load(embedded.settings(bucket)) == day(0)  # the newest that is not withdrawn: loaded already
    assert load(embedded.settings(bucket), day(1), again=True) == day(1)
    assert embedded.query("SELECT status FROM landing.tenants") == [(1,)]
    assert embedded.query("SELECT * FROM landing.withdrawn_files") == []
    assert embedded.query("SELECT COUNT(*) FROM landing.tenant_daily_snapshots") == [(2,)]


def test_later_load_skips_the_withdrawn_days_daily_file(embedded: Place, bucket: Path) -> None:
    """It was made from the withdrawn dump, and lies in the bucket still."""
    for offset in (0, 1):
        put_dump(bucket, day(offset), company(tenants=[tenant(1, status=offset)]))
        load(embedded.settings(bucket))
    roll_back(embedded)
    put_dump(bucket, day(2), company(tenants=[tenant(1, status=2)]))
    load(embedded.settings(bucket))
    assert embedded.query("SELECT snapshot_date FROM landing.tenant_daily_snapshots ORDER BY 1") == [
        (day(0),),
        (day(2),),
    ]


DIES_BEHIND_THE_SWAP = """
import os, sys
from loader.warehouse.duckdb.connection import DuckDBWarehouse
from loader.warehouse.mysql.connection import MySQLWarehouse
for kind in (DuckDBWarehouse, MySQLWarehouse):
    def publish(self, *schemas, swap=kind.publish):
        swap(self, *schemas)
        os._exit(9)
    kind.publish = publish
from loader.cli import cli
cli()
"""


@pytest.mark.parametrize("command", ["load", "rollback"])
def test_next_command_records_a_swap_that_was_cut_off(empty_place: Place, bucket: Path, command: str) -> None:
    put_dump(bucket, day(0), company(tenants=[tenant(1, status=0)]))
    load(empty_place.settings(bucket))
    put_dump(bucket, day(1), company(tenants=[tenant(1, status=1)]))
    if command == "rollback":
        load(empty_place.settings(bucket))
    words = ["load", "--bucket", str(bucket)] if command == "load" else ["rollback"]
    killed = subprocess.run([sys.executable, "-c", DIES_BEHIND_THE_SWAP, *words], cwd=PROJECT, check=False)
    assert killed.returncode == 9
    with open_warehouse(empty_place.settings()):
        pass  # any command that writes
    shown = 1 if command == "load" else 0
    assert empty_place.query("SELECT status FROM landing.tenants") == [(shown,)]
    newest = "SELECT MAX(business_date) FROM landing.load_ledger WHERE dataset = 'dump'"
    assert empty_place.query(newest) == [(day(shown),)]
    assert sorted(states(empty_place)) == [
        (day(0), "kept" if command == "load" else "live"),
        (day(1), "live" if command == "load" else "rolled_back"),
    ]


@pytest.mark.audited
def test_corrected_dump_rolls_back_despite_status_changes_that_day(
    warehouse: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(warehouse, bucket)
    monkeypatch.setattr(dates, "business_today", lambda: day(1))
    for status in (10, 14):
        tables = company(tenants=[tenant(1), tenant(2, status=status)], movings=[moving(1), moving(2, room_id=2)])
        put_dump(bucket, day(1), tables)
        load(settings, day(1))
    run(settings)
    with open_warehouse(settings) as opened:
        generations.roll_back(opened)
    run(settings)  # the day's files went with the corrected dump: what is computed of them goes too
    with read_warehouse(settings) as opened:
        (last,) = opened.query("SELECT MAX(change_date) FROM silver.tenant_status_changes")
        history = opened.query("SELECT status, is_current FROM silver.tenant_status_history WHERE tenant_id = 2")
    assert (last, history) == ((day(0),), [(5, 1)])
    load(settings, day(1), again=True)
    run(settings)
    with read_warehouse(settings) as opened:
        newest = opened.query("SELECT status FROM silver.tenant_status_history WHERE tenant_id = 2 AND is_current = 1")
    assert newest in ([(10,)], [(14,)])
