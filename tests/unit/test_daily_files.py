"""Daily files: which of the bucket's are to land, and what is no such file."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest

from demo.objects import put_snapshot
from loader.console import Step
from loader.errors import DumpRejectedError
from loader.landing import calendar, ledger
from loader.landing.daily_exports import Found, diff, digest, export, missing_kinds
from loader.landing.ledger import Entry
from loader.sources.daily_file_kinds import DATASETS, PROPERTY, ROOM_ASSIGNMENT, TENANT_STATUS
from loader.sources.storage import open_bucket
from loader.warehouse.base import Warehouse

TODAY = dt.date(2025, 6, 10)
HEADER = "tenant_id,status,contract_type,full_name,snapshot_date\r\n"


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


def put(bucket: Path, offset: int, body: str = HEADER) -> Path:
    return put_snapshot(bucket, day(offset), body)


def record(own: Warehouse, bucket: Path, offset: int, **changes: Any) -> None:
    """An entry of the file as it lies in the bucket."""
    key = TENANT_STATUS.key_of(day(offset))
    stored = {one.key: one.version for one in open_bucket(str(bucket)).stored("snapshots/")}
    entry = {"sha256": digest(open_bucket(str(bucket)), key), "object_version": stored[key]} | changes
    ledger.record(own, 1, Entry("tenant_status", day(offset), key, 1, 1, has_manifest=1, seconds=0.0, **entry))


def found(own: Warehouse, bucket: Path, live: int = 0) -> Found:
    return diff(own, open_bucket(str(bucket)), day(live), TODAY)


def to_land(own: Warehouse, bucket: Path) -> list[dt.date]:
    return [file.day for file in found(own, bucket).to_land]


def test_new_files_land_kind_by_kind_and_oldest_first(own: Warehouse, bucket: Path) -> None:
    put_snapshot(bucket, day(0), "x", "property")
    for offset in (0, -2):
        put(bucket, offset)
    assert [(file.dataset.name, file.day) for file in found(own, bucket).to_land] == [
        ("tenant_status", day(-2)),
        ("tenant_status", day(0)),
        ("property", day(0)),
    ]


def test_a_landed_file_lands_again_only_with_other_content(own: Warehouse, bucket: Path) -> None:
    path = put(bucket, 0)
    record(own, bucket, 0)
    assert to_land(own, bucket) == []
    assert found(own, bucket).same == []
    # Touched: read again; the load notes the listing's new name for it, so that it is not read each morning.
    os.utime(path, ns=(1, 1))
    (same,) = found(own, bucket).same
    assert (same.day, same.version[-2:], to_land(own, bucket)) == (day(0), "-1", [])
    ledger.set_version(own, same.dataset.name, same.day, same.version)
    assert found(own, bucket).same == []
    put(bucket, 0, HEADER + "1,9,1,,2025-06-10\r\n")
    assert to_land(own, bucket) == [day(0)]


def test_a_refusal_ends_when_the_bucket_has_what_landed(own: Warehouse, bucket: Path) -> None:
    put(bucket, 0)
    record(own, bucket, 0)
    calendar.reject(own, 2, "tenant_status", day(0), TENANT_STATUS.key_of(day(0)), "a bad file in its place")
    assert [same.day for same in found(own, bucket).same] == [day(0)]


def test_files_behind_the_live_dump_wait_for_theirs(own: Warehouse, bucket: Path) -> None:
    put(bucket, 0)
    put(bucket, -1)
    seen = found(own, bucket, live=-1)
    assert ([file.day for file in seen.to_land], seen.waiting) == ([day(-1)], 1)
    assert seen.figures() == {"waiting_for_their_dump": 1}


def test_daily_file_missing_from_listing_is_only_reported(own: Warehouse, bucket: Path) -> None:
    put(bucket, 0)
    record(own, bucket, 0)
    put(bucket, 0).unlink()
    seen = found(own, bucket)
    assert (seen.to_land, seen.missing, seen.figures()) == (
        [],
        ["snapshots/tenant_status/20250610.csv"],
        {"gone_from_bucket": 1},
    )
    assert Found().figures() == {}


@pytest.mark.parametrize(
    "name", ["20250631.csv", "2025061.csv", "20250610.csv.gz", "20250610.CSV", "old/20250610.csv", "x"]
)
def test_a_name_that_is_no_days_is_rejected(own: Warehouse, bucket: Path, name: str) -> None:
    path = bucket / "snapshots" / "tenant_status" / name
    path.parent.mkdir(parents=True)
    path.write_text(HEADER)
    ((at, error),) = found(own, bucket).rejected
    assert at is None
    assert f"{name}: the name is not YYYYMMDD.csv with a real date; rename or remove it" in str(error)


def test_a_file_of_a_day_to_come_is_rejected(own: Warehouse, bucket: Path) -> None:
    put(bucket, 1)
    ((at, error),) = found(own, bucket, live=5).rejected
    assert (at, "2025-06-11 lies in the future" in str(error)) == (day(1), True)


def test_rolled_back_daily_file_lands_only_with_other_bytes(own: Warehouse, bucket: Path) -> None:
    put(bucket, 0)
    record(own, bucket, 0)
    ledger.withdraw_from(own, day(0), suspect=day(0))
    assert to_land(own, bucket) == []
    put(bucket, 0, HEADER + "1,9,1,,2025-06-10\r\n")
    assert to_land(own, bucket) == [day(0)]
    put(bucket, 0)
    ledger.admit_again(own, "tenant_status", day(0))
    assert to_land(own, bucket) == [day(0)]


def test_a_day_lacks_the_kinds_that_have_not_landed(own: Warehouse, bucket: Path) -> None:
    assert missing_kinds(own, day(0)) == list(DATASETS)
    put(bucket, 0)
    record(own, bucket, 0)
    assert missing_kinds(own, day(0)) == [ROOM_ASSIGNMENT, PROPERTY]
    assert missing_kinds(own, day(1)) == list(DATASETS)


def test_export_writes_the_dumps_day_and_readmits_its_file(own: Warehouse, bucket: Path) -> None:
    own.create_schema("landing_1")
    own.execute("CREATE TABLE landing_1.tenants (id BIGINT, status BIGINT, contract_type BIGINT, full_name VARCHAR)")
    own.execute("INSERT INTO landing_1.tenants VALUES (2, 5, 1, NULL), (1, 9, 2, 'a \"b\", c')")
    own.execute("INSERT INTO landing.withdrawn_files VALUES (1, 'tenant_status', '2025-06-10', 'k', '0', '2025-06-10')")
    written: list[int] = []
    key = "snapshots/tenant_status/20250610.csv"
    for figures in ({"rows": {key: 2}}, {"rows": {}, "same_in_bucket": [key]}):  # the second time it is there
        progress = Step(written.append, lambda _: None)
        export(own, open_bucket(str(bucket)), day(0), [TENANT_STATUS], "landing_1", progress)
        assert progress.figures == figures
    assert written == [1, 1]
    body = (bucket / "snapshots" / "tenant_status" / "20250610.csv").read_bytes().decode()
    assert body == HEADER + '1,9,2,"a ""b"", c",2025-06-10\r\n2,5,1,,2025-06-10\r\n'
    assert ledger.withdrawn(own, "tenant_status") == set()


BAD = {
    "another header": ("tenant_id,status,full_name,snapshot_date\r\n1,9,試験,2025-06-10\r\n", "first line must name"),
    "nothing": ("", "first line must name"),
    "another day": (HEADER + "1,9,1,試験 太郎,2025-06-09\r\n", "1 of its rows are of another day than 2025-06-10"),
    "no status": (HEADER + "1,,1,試験 太郎,2025-06-10\r\n", "a row lacks tenant_id, status"),
    "text for a number": (HEADER + "1,9,1,試験 太郎,2025-06-10\r\nx,9,1,試験 太郎,2025-06-10\r\n", "not a row of"),
    "half a number": (HEADER + "1.5,9,1,試験 太郎,2025-06-10\r\n", "not a row of"),
    "a name that is too long": (HEADER + f"1,9,1,{'太郎' * 128},2025-06-10\r\n", "not a row of"),
    "a short row": (HEADER + "1,9,1\r\n", "not a row of"),
    "a long row": (HEADER + "1,9,1,試験 太郎,2025-06-10,7\r\n", "not a row of"),
    "a tenant twice": (
        HEADER + "1,9,1,試験 太郎,2025-06-10\r\n1,14,1,試験 太郎,2025-06-10\r\n",
        "1 rows repeat a tenant",
    ),
    "no rows": (HEADER, "it has no rows"),
    "a date that there is not": (HEADER + "1,9,1,試験 太郎,2025-02-30\r\n", "not a row of"),
    "an open quote": (HEADER + '1,9,1,"試験 太郎,2025-06-10\r\n', "the file was not loaded"),
}


@pytest.mark.parametrize("case", BAD)
def test_malformed_daily_file_is_rejected_by_name_without_values(own: Warehouse, bucket: Path, case: str) -> None:
    body, said = BAD[case]
    path = put(bucket, 0, body)
    with pytest.raises(DumpRejectedError, match=said) as refusal, own.transaction():
        own.insert_daily_file(TENANT_STATUS, path, day(0), "20250610.csv")
    assert "daily file 20250610.csv" in str(refusal.value)
    assert "太郎" not in str(refusal.value)
    assert own.query("SELECT COUNT(*) FROM landing.tenant_daily_snapshots") == [(0,)]


def test_daily_file_lands_with_any_column_order(own: Warehouse, bucket: Path) -> None:
    path = put(
        bucket,
        0,
        "snapshot_date,full_name,tenant_id,status,contract_type\r\n2025-06-10,,1,9,2\r\n2025-06-10,太郎,2,5,1\r\n",
    )
    assert own.insert_daily_file(TENANT_STATUS, path, day(0), "k") == 2
    assert own.query("SELECT * FROM landing.tenant_daily_snapshots ORDER BY 1") == [
        (1, 9, 2, None, day(0)),
        (2, 5, 1, "太郎", day(0)),
    ]
