"""Snapshot files: read strictly, known by their content, replaced in one step, never lost by a listing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from demo.objects import put_dump, put_snapshot, snapshot_file
from demo.rows import company, tenant
from loader.errors import DumpRejectedError
from loader.landing.load import load
from loader.transform.run import assert_fresh, run
from tests.support.places import Place, everything

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)


def days_of(place: Place) -> list[dt.date]:
    return [
        day for (day,) in place.query("SELECT DISTINCT snapshot_date FROM landing.tenant_daily_snapshots ORDER BY 1")
    ]


HEADER = snapshot_file("tenant_status", [])


def test_bad_daily_file_is_rejected_whole_without_personal_names(bucket, empty_place) -> None:
    """What makes one bad: tests/unit/test_daily_files.py."""
    put_dump(bucket, DAY, company())
    put_snapshot(bucket, dt.date(2025, 5, 31), HEADER + "1,9,1,,2025-05-31\r\n")
    put_snapshot(bucket, dt.date(2025, 6, 1), HEADER + "1,9,1,試験 太郎,2025-06-02\r\n")
    put_snapshot(bucket, dt.date(2025, 6, 2), HEADER + "1,9,1,,2025-06-02\r\n")
    with pytest.raises(DumpRejectedError, match="1 of its rows are of another day than 2025-06-01") as rejection:
        load(empty_place.settings(bucket))
    assert "20250601.csv" in str(rejection.value)
    assert "太郎" not in str(rejection.value)
    # The good files before and after it are in, nothing of the bad one is.
    assert days_of(empty_place) == [dt.date(2025, 5, 31), dt.date(2025, 6, 2), DAY]
    ((reason,),) = empty_place.query("SELECT reason FROM landing.rejections WHERE dataset = 'tenant_status'")
    assert reason == str(rejection.value)


def test_names_of_every_kind_survive_export_and_landing(bucket, empty_place) -> None:
    names = [
        "NULL",
        "--",
        "*",
        'a"b',
        "a,b",
        "line\nbreak",
        "cr\r\nlf",
        " 前後 ",
        "",
        "か",
        "が",
        "😀",
        "'",
        '=HYPERLINK("http://x")',
        "+1",
        "@x",
    ]
    rows = [tenant(number, full_name=name) for number, name in enumerate(names, 1)] + [tenant(99)]
    put_dump(bucket, DAY, company(tenants=[tenant(1)]))
    settings = empty_place.settings(bucket)
    load(settings)
    put_dump(bucket, NEXT, company(tenants=rows))
    load(settings)
    landed = empty_place.query(
        f"SELECT full_name FROM landing.tenant_daily_snapshots WHERE snapshot_date = '{NEXT}' ORDER BY tenant_id",
    )
    # The file format has one spelling for NULL and for the empty text: an empty field.
    assert [name for (name,) in landed] == [name or None for name in names] + [None]


def one(day: dt.date, **statuses: int) -> str:
    """A snapshot file: t<tenant>=status."""
    return HEADER + "".join(f"{name[1:]},{status},1,,{day}\r\n" for name, status in statuses.items())


def test_changed_daily_file_replaces_its_day_in_one_step(bucket, empty_place) -> None:
    put_dump(bucket, DAY, company())
    settings = empty_place.settings(bucket)
    earlier = dt.date(2025, 6, 1)
    put_snapshot(bucket, earlier, one(earlier, t1=9, t2=9, t3=5))
    load(settings)
    put_snapshot(bucket, earlier, one(earlier, t1=9, t2=14))
    load(settings)
    rows = f"SELECT tenant_id, status FROM landing.tenant_daily_snapshots WHERE snapshot_date = '{earlier}' ORDER BY 1"
    assert empty_place.query(rows) == [(1, 9), (2, 14)]
    assert empty_place.query(
        f"SELECT row_count FROM landing.load_ledger WHERE dataset = 'tenant_status' AND business_date = '{earlier}'"
    ) == [(2,)]
    # One that is no snapshot any more leaves what was landed, and is named.
    put_snapshot(bucket, earlier, one(earlier, t1=9, t2=14) + "x\r\n")
    before = everything(empty_place)
    with pytest.raises(DumpRejectedError, match="20250601.csv, line 4"):
        load(settings)
    assert everything(empty_place) == before


def test_shorter_bucket_listing_unloads_nothing_and_is_reported(bucket, embedded, capsys) -> None:
    put_dump(bucket, DAY, company())
    for number in (7, 8, 9):
        put_snapshot(bucket, dt.date(2025, 6, number), one(dt.date(2025, 6, number), t1=9))
    settings = embedded.settings(bucket)
    load(settings)
    before = everything(embedded)
    for path in (bucket / "snapshots/tenant_status").iterdir():
        path.unlink()
        load(settings)
        assert everything(embedded) == before
    assert '"gone_from_bucket": 4' in capsys.readouterr().out


def test_future_daily_file_is_rejected_one_awaiting_dump_waits(bucket, embedded, capsys) -> None:
    put_dump(bucket, DAY, company())
    put_snapshot(bucket, NEXT, one(NEXT, t1=9))
    settings = embedded.settings(bucket)
    load(settings)
    assert days_of(embedded) == [DAY]
    far = dt.date(2999, 1, 1)
    put_snapshot(bucket, far, one(far, t1=9))
    with pytest.raises(DumpRejectedError, match=r"29990101.csv: 2999-01-01 lies in the future"):
        load(settings)
    assert days_of(embedded) == [DAY]


def bounded(tmp_path: Path, settings, rules: str):
    contract = tmp_path / "bounded.yaml"
    contract.write_text(
        "source: {allowed: [gghouse-db.internal/basis]}\ncontinuity_days: 14\ntables: {}\n"
        + f"daily_files: {{tenant_status: {rules}}}\n"
    )
    return type(settings)(settings.gateway, settings.duckdb_file, settings.bucket, settings.mysql, contract)


def test_number_of_rows_is_compared_with_last_good_file(bucket, embedded, tmp_path) -> None:
    settings = bounded(tmp_path, embedded.settings(bucket), "{at_least: 1, change_percent: [-40, 60]}")
    put_dump(bucket, DAY, company(tenants=[tenant(1), tenant(2), tenant(3)]))
    days = [dt.date(2025, 6, number) for number in (7, 8, 9)]
    put_snapshot(bucket, days[0], one(days[0], t1=9, t2=9, t3=9))
    put_snapshot(bucket, days[1], one(days[1], t1=9))  # two thirds less
    put_snapshot(bucket, days[2], one(days[2], t1=9, t2=9))  # a third less than the last good one
    with pytest.raises(
        DumpRejectedError, match=r"20250608.csv: change:tenant_status: 3 to 1, -66.67 % .allowed: -40 % to \+60 %"
    ):
        load(settings)
    assert days_of(embedded) == [days[0], days[2], DAY]
    # On its own, the day after: against what is landed; and taken when a person says so, which is recorded.
    with pytest.raises(DumpRejectedError, match="--accept change:tenant_status"):
        load(settings)
    load(settings, accepted=frozenset(["change:tenant_status"]))
    assert days_of(embedded) == [*days, DAY]
    assert embedded.query(
        "SELECT rule_name, outcome FROM landing.load_findings WHERE rule_name LIKE '%tenant_status'"
    ) == [("change:tenant_status", "accepted")]


def test_daily_file_is_compared_with_previous_day_not_first(bucket, embedded, tmp_path) -> None:
    settings = bounded(tmp_path, embedded.settings(bucket), "{change_percent: [-40, 60]}")
    days = [dt.date(2025, 6, number) for number in (7, 8, 9)]
    for day, status in zip(
        days, ({"t1": 9, "t2": 9}, {"t1": 9, "t2": 9, "t3": 9}, dict.fromkeys(["t1", "t2", "t3", "t4"], 9)), strict=True
    ):
        put_snapshot(bucket, day, one(day, **status))
    put_dump(bucket, DAY, company(tenants=[tenant(number) for number in range(1, 7)]))
    load(settings)
    assert days_of(embedded) == [*days, DAY]


@pytest.mark.twin
def test_replaced_daily_file_updates_its_day_and_the_next(bucket, place) -> None:
    """The day after is compared with the replaced file, so its changes change too, though its own file did not."""
    before = dt.date(2025, 6, 9)
    put_snapshot(bucket, before, one(before, t1=14, t3=9))  # landed and computed: tenant 1 in status 9
    put_dump(bucket, NEXT, company(tenants=[tenant(1, status=14), tenant(2)]))
    settings = place.settings(bucket)
    load(settings)
    assert_fresh(run(settings))
    changes = "SELECT change_date, tenant_id, change_type, status FROM silver.tenant_status_changes ORDER BY 1, 2"
    assert place.query(changes) == [
        (before, 1, "seeded", 14),
        (before, 3, "seeded", 9),
        (DAY, 1, "changed", 9),
        (DAY, 2, "appeared", 5),
        (DAY, 3, "vanished", None),
        (NEXT, 1, "changed", 14),
        (NEXT, 2, "changed", 9),
    ]
