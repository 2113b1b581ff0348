"""What a file costs is bounded before it is read: memory stays small however large it is, and the answer names the limit."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.objects import manifest_key, put_coordinates, put_dump, put_snapshot
from demo.rows import company
from loader.errors import DumpRejectedError
from loader.landing import coordinates, enrichment_cache
from loader.landing.coordinates import Coordinates
from loader.landing.daily_exports import File, sha256_of
from loader.landing.daily_files import MAX_BYTES, DailyFileLoader
from loader.landing.enrichment_cache import BadCacheFile
from loader.landing.load_context import LoadContext
from loader.quality.data_contract import DataContract
from loader.sources import csv_file
from loader.sources.daily_file_kinds import TENANT_STATUS
from loader.sources.dump_selection import DumpSelector
from loader.sources.storage import BadFile, open_bucket
from loader.warehouse.base import Warehouse

DAY = dt.date(2025, 6, 10)
MIB = 1 << 20
DATA_CONTRACT = DataContract.model_validate(
    {"source": {"allowed": []}, "continuity_days": 1, "tables": {}, "daily_files": {}}
)


@contextmanager
def at_most(mib: int) -> Iterator[None]:
    """What is done within takes no more memory of Python's than that."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < mib * MIB, f"{peak / MIB:.1f} MiB"


def grow(path: Path, size: int) -> None:
    """Makes a file so large, without writing that much."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.truncate(path, size)


def test_huge_manifest_is_read_only_to_its_limit(bucket: Path) -> None:
    put_dump(bucket, DAY, company())
    grow(bucket / manifest_key(DAY), 64 * MIB)
    selector = DumpSelector(open_bucket(str(bucket)), DATA_CONTRACT.manifest, DAY)
    with at_most(4), pytest.raises(DumpRejectedError, match=f"{manifest_key(DAY)} has more than 1 MiB"):
        selector.of_day(DAY, selector.listed()[DAY])


def test_huge_csv_file_is_read_only_to_its_limit(own: Warehouse, bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MAX_BYTES", MIB)
    put_coordinates(bucket, [(1, "35.69", "139.7")])
    there = open_bucket(str(bucket))
    grow(bucket / coordinates.KEY, 64 * MIB)
    with at_most(4), pytest.raises(DumpRejectedError, match="has more than 1 MiB; what was loaded of it before stands"):
        Coordinates(LoadContext(own, there, DATA_CONTRACT)).land(DAY)
    grow(bucket / enrichment_cache.KEY, 64 * MIB)
    with at_most(4), pytest.raises(BadCacheFile, match="has more than 1 MiB; nobody is asked"):
        enrichment_cache.sync(own, there)


@pytest.mark.parametrize("head", ["", "a,b\n"])
def test_overlong_csv_line_is_rejected_in_bounded_memory(head: str) -> None:
    columns = {"a": csv_file.ID, "b": csv_file.ID}
    with at_most(20), pytest.raises(BadFile, match=f", line {2 if head else 1}: more than 65,536 characters"):
        csv_file.read(head.encode() + b"," * (8 * MIB), columns, "a")


def test_oversized_daily_file_is_rejected_unread_and_recorded(own: Warehouse, bucket: Path) -> None:
    grow(put_snapshot(bucket, DAY, ""), MAX_BYTES + 1)
    landed = DailyFileLoader(LoadContext(own, open_bucket(str(bucket)), DATA_CONTRACT), DAY)
    with at_most(4):
        landed.land([File(TENANT_STATUS, DAY, TENANT_STATUS.key_of(DAY), "1")])
    ((at, rejection),) = landed.rejected
    assert at == DAY
    assert "20250610.csv: 268,435,457 bytes, and no daily file has more than 256 MiB" in str(rejection)
    assert own.query("SELECT reason FROM landing.rejections") == [(str(rejection),)]


def test_a_digest_is_made_block_by_block(tmp_path: Path) -> None:
    grow(file := tmp_path / "zeros", 16 * MIB)
    with at_most(3), file.open("rb") as body:
        found = sha256_of(body)
    assert found == hashlib.sha256(bytes(16 * MIB)).hexdigest()
