"""`load`: which dump, all or nothing, once; and what each refusal says and leaves."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

import pytest

from demo.dump import dump_sql, rows_section
from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.errors import DumpRejectedError
from loader.landing.access import open_warehouse
from loader.landing.load import load
from loader.settings import PROJECT
from tests.support.places import Place, everything

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)
EXTRA = b"CREATE TABLE `Extra` (`id` int);\n" + rows_section("Extra", "INSERT INTO `Extra` VALUES (1);\n").encode()


def ledger_of(place: Place) -> list[tuple]:
    return place.query(
        "SELECT dataset, business_date, row_count FROM landing.load_ledger ORDER BY business_date, dataset"
    )


def test_dump_lands_with_daily_files_and_reload_changes_nothing(bucket, empty_place) -> None:
    put_dump(bucket, DAY, company(tenants=[tenant(1, full_name="O'Neill, 試験"), tenant(2)]))
    settings = empty_place.settings(bucket)
    assert load(settings) == DAY
    assert ledger_of(empty_place) == [
        ("dump", DAY, 9), ("property", DAY, 1), ("room_assignment", DAY, 1), ("tenant_status", DAY, 2),
    ]  # fmt: skip
    files = {
        path.parent.name: path.read_bytes().decode() for path in (bucket / "snapshots").rglob("*") if path.is_file()
    }
    assert files == {
        "tenant_status": (
            "tenant_id,status,contract_type,full_name,snapshot_date\r\n"
            '1,9,1,"O\'Neill, 試験",2025-06-10\r\n'
            "2,9,1,,2025-06-10\r\n"
        ),
        "room_assignment": (
            "moving_id,tenant_id,apartment_id,room_id,room_apartment_id,room_number,tenant_status,is_current_contract,is_moveout,"
            "moving_agreement_type,movein_date,original_movein_date,moveout_date_integrated,moveout_plans_date,moveout_date,rent,"
            "updated_at,snapshot_date\r\n"
            "1,1,1,1,1,101,9,1,0,1,2025-02-01,,,,,50000,2025-01-20 15:00:00,2025-06-10\r\n"
        ),
        "property": (
            "apartment_id,unique_number,apartment_name,prefecture,municipality,latitude,longitude,room_count,room_rows,"
            "snapshot_date\r\n"
            "1,J0000001,ベータ荘,東京都,新宿区,35.690000,139.700000,3,3,2025-06-10\r\n"
        ),
    }
    before = everything(empty_place)
    assert load(settings) == load(settings, DAY) == DAY
    assert everything(empty_place) == before


def test_next_dump_replaces_every_table_and_keeps_history(bucket, empty_place) -> None:
    put_dump(bucket, DAY, company(inquiries=[{"id": 1, "created_at": DAY}]))
    settings = empty_place.settings(bucket)
    load(settings)
    put_dump(bucket, NEXT, company(tenants=[tenant(1, status=14)], movings=[moving(2, tenant_id=1, room_id=2)]))
    load(settings)
    assert empty_place.query("SELECT id, status FROM landing.tenants") == [(1, 14)]
    assert empty_place.query("SELECT id FROM landing.movings") == [(2,)]
    assert empty_place.query("SELECT COUNT(*) FROM landing.inquiries") == [(0,)]
    assert empty_place.query("SELECT snapshot_date, status FROM landing.tenant_daily_snapshots ORDER BY 1") == [
        (DAY, 9),
        (NEXT, 14),
    ]
    rooms = "SELECT snapshot_date, moving_id, room_id FROM landing.room_assignment_snapshots ORDER BY 1"
    assert empty_place.query(rooms) == [(DAY, 1, 1), (NEXT, 2, 2)]
    assert empty_place.query("SELECT snapshot_date FROM landing.property_snapshots ORDER BY 1") == [(DAY,), (NEXT,)]
    assert empty_place.query("SELECT schema_name, state FROM landing.generations ORDER BY load_id") == [
        ("landing_20250610", "kept"),
        ("landing_20250611", "live"),
    ]
    assert empty_place.query("SELECT id, status FROM landing_20250610.tenants") == [(1, 9)]


def test_table_missing_from_a_later_dump_is_removed(bucket, empty_place) -> None:
    extra = dump_sql(company()).replace(
        b"-- Dump completed",
        EXTRA + b"-- Dump completed",
    )
    put_dump(bucket, DAY, extra)
    settings = empty_place.settings(bucket)
    load(settings)
    assert empty_place.query("SELECT * FROM landing.Extra") == [(1,)]
    put_dump(bucket, NEXT, company())
    load(settings)
    found = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'landing' AND table_name = 'Extra'"
    assert empty_place.query(found) == [(0,)]


def test_the_newest_valid_dump_is_chosen_by_its_date(bucket, embedded, capsys) -> None:
    put_dump(bucket, NEXT, company())
    put_dump(bucket, DAY, company())  # written later, and still the older one
    put_dump(bucket, dt.date(2025, 6, 12), company(), valid_for_etl=False, reason="source_mismatch")
    (put_dump(bucket, dt.date(2025, 6, 13), company()).parent.parent / "dumps-manifest/gghouse_20250613.json").unlink()
    assert load(embedded.settings(bucket)) == NEXT
    # What was passed over is said and kept, for whoever wonders why the newest is not there.
    out = capsys.readouterr().out
    assert '{"warning": "not taken: dumps-manifest/gghouse_20250612.json says that the dump is not valid' in out
    assert embedded.query("SELECT business_date FROM landing.rejections ORDER BY 1") == [
        (dt.date(2025, 6, 12),),
        (dt.date(2025, 6, 13),),
    ]


def test_dump_not_matching_its_manifest_changes_nothing(bucket, empty_place) -> None:
    put_dump(bucket, DAY, company())
    settings = empty_place.settings(bucket)
    load(settings)
    before = everything(empty_place)
    put_dump(bucket, NEXT, company(tenants=[]), dump_sha256="0" * 64)
    with pytest.raises(DumpRejectedError, match="not those of its manifest"):
        load(settings, NEXT)
    assert everything(empty_place) == before


def test_dump_missing_a_table_models_read_is_rejected(bucket, embedded) -> None:
    tables = company()
    del tables["rooms"]
    put_dump(bucket, DAY, tables)
    with pytest.raises(DumpRejectedError, match="the dump has no table rooms, which staging.rooms reads"):
        load(embedded.settings(bucket))


def test_dump_with_a_non_literal_insert_changes_nothing(bucket, embedded) -> None:
    settings = embedded.settings(bucket)
    put_dump(bucket, DAY, company())
    load(settings)
    before = everything(embedded)
    for statement in (
        b"DELETE FROM `tenants`",
        b"INSERT INTO `tenants` SELECT * FROM `tenants`",
        b"INSERT INTO `rooms` (`id`) VALUES (1+1)",
    ):
        put_dump(bucket, NEXT, dump_sql(company()).replace(b"-- Dump completed", statement + b";\n-- Dump completed"))
        with pytest.raises(DumpRejectedError, match="nothing was changed"):
            load(settings)
        assert everything(embedded) == before


def test_a_dump_that_is_cut_changes_nothing(bucket, empty_place) -> None:
    """Cut after the producer measured it (its manifest speaks of the whole), and cut before (its manifest describes the cut dump).

    At any byte: tests/endurance/test_dump_cut.py.
    """
    settings = empty_place.settings(bucket)
    put_dump(bucket, DAY, company())
    load(settings)
    before = everything(empty_place)
    whole = dump_sql(company())
    put_dump(bucket, NEXT, whole).write_bytes(whole[:-1])
    with pytest.raises(DumpRejectedError):
        load(settings, NEXT)
    for length in (0, len(whole) // 2, whole.rindex(b"UNLOCK"), len(whole) - 2):
        put_dump(bucket, NEXT, whole[:length])
        with pytest.raises(DumpRejectedError):
            load(settings, NEXT)
    assert everything(empty_place) == before
    put_dump(bucket, NEXT, whole)
    assert load(settings) == NEXT


def test_killed_load_keeps_old_dump_next_load_cleans_up(bucket, empty_place) -> None:
    put_dump(bucket, DAY, company())
    settings = empty_place.settings(bucket)
    load(settings)
    put_dump(bucket, NEXT, company(tenants=[tenant(1, status=14)]))
    # Dies as kill -9 would, right before the swap.
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os; from loader.landing import generations; generations.publish = lambda *a: os._exit(9);"
            "from loader.__main__ import cli; cli()",
            "load",
            "--bucket",
            str(bucket),
        ],
        cwd=PROJECT,
        check=False,
    )
    assert killed.returncode == 9
    assert empty_place.query("SELECT id, status FROM landing.tenants") == [(1, 9)]
    assert empty_place.query("SELECT state FROM landing.generations ORDER BY load_id") == [("live",), ("loading",)]
    assert load(settings) == NEXT
    assert empty_place.query("SELECT id, status FROM landing.tenants") == [(1, 14)]
    assert empty_place.query("SELECT state FROM landing.generations ORDER BY load_id") == [("kept",), ("live",)]


def test_next_load_completes_one_killed_before_its_daily_files(bucket, embedded, monkeypatch) -> None:
    put_dump(bucket, DAY, company())
    settings = embedded.settings(bucket)
    with monkeypatch.context() as patch:
        patch.setattr("loader.landing.daily_exports.export", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            load(settings)
    assert ledger_of(embedded) == [("dump", DAY, 8)]
    load(settings)
    assert ledger_of(embedded) == [
        ("dump", DAY, 8), ("property", DAY, 1), ("room_assignment", DAY, 1), ("tenant_status", DAY, 1),
    ]  # fmt: skip


def test_the_load_report_is_kept(bucket, empty_place) -> None:
    body = (
        dump_sql(company(movings=[moving(1), moving(2)]))
        .replace(b"'2025-02-01'", b"'0000-00-00'", 1)
        .replace(b"'2025-02-01'", b"'2025-02-30'", 1)
    )
    put_dump(bucket, DAY, body)
    load(empty_place.settings(bucket))
    assert empty_place.query(
        "SELECT table_name, column_name, reason, value_count FROM landing.load_nulled ORDER BY reason"
    ) == [
        ("movings", "movein_date", "impossible_date", 1),
        ("movings", "movein_date", "zero_date", 1),
    ]
    assert empty_place.query(
        "SELECT rows_in_dump, rows_landed FROM landing.load_tables WHERE table_name = 'movings'"
    ) == [(2, 2)]


def test_load_logs_one_json_line_per_step_without_names(bucket, embedded, capsys) -> None:
    put_dump(bucket, DAY, company(tenants=[tenant(1, full_name="試験太郎")]))
    load(embedded.settings(bucket))
    out = capsys.readouterr().out
    *steps, last = [json.loads(line) for line in out.splitlines()]
    assert last == {"next": "sqlmesh plan"}
    assert [(line["step"], line["outcome"]) for line in steps] == [
        ("load dump 2025-06-10", "done"),
        ("export daily files 2025-06-10", "done"),
        ("load daily files", "done"),
    ]
    assert steps[0]["report"]["tenants"] == {"rows_in_dump": 1, "rows_landed": 1, "nulled": {}}
    assert "試験太郎" not in out


def test_schema_made_by_hand_is_never_reused_or_dropped(bucket, empty_place) -> None:
    put_dump(bucket, DAY, company())
    settings = empty_place.settings(bucket)
    with open_warehouse(settings) as warehouse:
        warehouse.create_schema("landing_20250610")
        warehouse.execute("CREATE TABLE landing_20250610.mine (id BIGINT)")
    load(settings)
    put_dump(bucket, NEXT, company())
    load(settings)
    assert empty_place.query("SELECT COUNT(*) FROM landing_20250610.mine") == [(0,)]
    assert empty_place.query("SELECT schema_name FROM landing.generations ORDER BY load_id") == [
        ("landing_20250610_1",),
        ("landing_20250611",),
    ]
