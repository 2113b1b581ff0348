"""The reference file of coordinates: landed whole where it is new, refused whole where it is bad."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path

import pytest

from demo.objects import put, put_coordinates
from loader.errors import DumpRejectedError
from loader.landing import calendar, ledger
from loader.landing.coordinates import KEY, Coordinates
from loader.landing.load_context import LoadContext
from loader.quality.data_contract import DataContract
from loader.sources.storage import open_bucket
from loader.warehouse.base import Warehouse

DAY = dt.date(2025, 6, 10)
RULES = {"change_percent": [-50, 100]}
DATA_CONTRACT = DataContract.model_validate(
    {"source": {"allowed": []}, "continuity_days": 1, "tables": {}, "daily_files": {"coordinates": RULES}}
)
TWO = [(1, "35.69", "139.7"), (2, "35.12345678", "140.00000001")]


def land(own: Warehouse, bucket: Path, day: dt.date = DAY, accepted: str = "") -> int | None:
    return Coordinates(LoadContext(own, open_bucket(str(bucket)), DATA_CONTRACT, {accepted})).land(day)


def shown(own: Warehouse) -> list[tuple]:
    return own.query("SELECT apartment_id, latitude, longitude FROM landing.property_geo_latlon_backup ORDER BY 1")


def refused(own: Warehouse) -> list[tuple]:
    return own.query("SELECT dataset, business_date, object_key, reason FROM landing.rejections")


def test_coordinates_file_replaces_the_old_one_and_ledger_entry(own: Warehouse, bucket: Path) -> None:
    put_coordinates(bucket, TWO)
    file = Coordinates(LoadContext(own, open_bucket(str(bucket)), DATA_CONTRACT))
    assert (file.would_land(DAY), shown(own)) == (2, [])
    assert land(own, bucket) == 2
    assert file.would_land(DAY) is None
    assert shown(own) == [
        (1, Decimal("35.69"), Decimal("139.7")),
        (2, Decimal("35.12345678"), Decimal("140.00000001")),
    ]
    put_coordinates(bucket, [(2, "35.5", "139.5")])
    assert land(own, bucket, DAY + dt.timedelta(days=1)) == 1
    assert shown(own) == [(2, Decimal("35.5"), Decimal("139.5"))]
    (entry,) = ledger.entries(own, "coordinates").values()
    assert (entry.load_id, entry.business_date, entry.row_count) == (2, dt.date(2025, 6, 11), 1)


def test_same_coordinates_land_once_missing_file_keeps_them(own: Warehouse, bucket: Path) -> None:
    assert land(own, bucket) is None
    path = put_coordinates(bucket, TWO)
    assert (land(own, bucket), land(own, bucket)) == (2, None)
    os.utime(path, ns=(1, 1))  # read again, and the listing's new name for it noted
    assert land(own, bucket) is None
    (entry,) = ledger.entries(own, "coordinates").values()
    assert entry.object_version.endswith("-1")
    path.unlink()
    assert land(own, bucket) is None
    assert len(shown(own)) == 2


HEADER = "apartment_id,asset_id_hj,apartment_name,full_address,prefecture,municipality,latitude,longitude,source_updated_at\r\n"
ROW = '3,J0000003,"a ""b"", c","x\r\ny",東京都,,35.5,139.5,2025-06-09 10:00:00\r\n'


def test_coordinates_accept_any_column_order_and_multiline_text(own: Warehouse, bucket: Path) -> None:
    put(bucket / KEY, "\ufeff" + HEADER + ROW)
    assert land(own, bucket) == 1
    moment = own.query("SELECT source_updated_at FROM landing.property_geo_latlon_backup")
    assert moment == [(dt.datetime(2025, 6, 9, 10),)]
    header = ",".join(reversed(HEADER.strip().split(",")))
    put(bucket / KEY, f"{header}\n,139,35,,,,,,4\n")
    assert land(own, bucket) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", " has not the header apartment_id,asset_id_hj"),
        (HEADER, " has no rows"),
        (HEADER + ROW + ROW, ", line 5: its apartment_id is in the file twice"),
        (HEADER + ROW.replace("3,J", "x,J"), ", line 3: apartment_id is not a whole number above 0"),
        (HEADER + ROW.replace("35.5,", ","), ", line 3: latitude is not a number from -90 to 90"),
        (HEADER + ROW.replace("35.5,139.5", "139.5,35.5"), ", line 3: latitude is not a number from -90 to 90"),
        (HEADER + ROW.replace("139.5", "180.00000001"), ", line 3: longitude is not a number from -180 to 180"),
        (HEADER + ROW.replace("35.5,", "35.123456789,"), ", line 3: latitude is not"),
        (HEADER + ROW.replace("06-09", "02-30"), ", line 3: source_updated_at is not a moment like"),
        (HEADER + ROW.replace(",東京都", ""), ", line 3: 8 fields instead of 9"),
        (HEADER + ROW[:20], " is no UTF-8 CSV"),
        ("\x1f\x8b\x08", " is compressed with gzip"),
    ],
)
def test_bad_coordinates_file_is_rejected_whole_until_mended(
    own: Warehouse, bucket: Path, body: str, said: str
) -> None:
    put_coordinates(bucket, TWO)
    land(own, bucket)
    put(bucket / KEY, body) if body[:1] != "\x1f" else (bucket / KEY).write_bytes(body.encode("latin-1"))
    for _ in range(2):  # each morning says it
        with pytest.raises(DumpRejectedError, match="what was loaded of it before stands") as problem:
            land(own, bucket)
    assert f"coordinates {KEY}{said}" in str(problem.value)
    assert "J0000003" not in str(problem.value)
    assert refused(own) == [("coordinates", DAY, KEY, str(problem.value))]
    assert not calendar.rejected(own, DAY)  # nothing of the day was
    assert len(shown(own)) == 2
    put_coordinates(bucket, TWO)
    assert land(own, bucket) is None
    assert refused(own) == []


def test_coordinates_file_losing_rows_is_rejected_unless_accepted(own: Warehouse, bucket: Path) -> None:
    put_coordinates(bucket, [(number, 35, 139) for number in range(1, 6)])
    land(own, bucket)
    put_coordinates(bucket, TWO)
    with pytest.raises(
        DumpRejectedError, match=r"(?s)change:coordinates: 5 to 2, -60\.00 % .* --accept change:coordinates"
    ):
        land(own, bucket)
    assert land(own, bucket, accepted="change:coordinates") == 2
    assert own.query("SELECT outcome FROM landing.load_findings") == [("accepted",)]
    assert refused(own) == []


def test_a_rollback_leaves_them(own: Warehouse, bucket: Path) -> None:
    put_coordinates(bucket, TWO)
    land(own, bucket)
    with own.transaction():
        ledger.withdraw_from(own, DAY, DAY)
    assert land(own, bucket) is None
    assert own.query("SELECT * FROM landing.withdrawn_files") == []
