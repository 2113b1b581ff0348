"""Disks that fill up, really: the warehouse's, that of temporary files, the bucket's. Nothing is lost or half done, and it is said."""

from __future__ import annotations

import datetime as dt
import errno
import random
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import duckdb
import pytest

from demo.dump import dump_sql
from demo.objects import put_dump
from demo.rows import company, tenant
from loader.errors import LoaderError
from loader.mysqldump.ddl.create_table import parse_create_table
from loader.mysqldump.rows.chunks import ChunkFiles
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import Rows
from loader.resource_errors import explain_machine_errors
from loader.settings import PROJECT
from loader.sources.daily_file_kinds import DATASETS
from tests.endurance.conftest import Length
from tests.support.places import FILE, Place, duckdb_place, everything
from tests.support.small_disk import SmallDisk

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)
SECRET = "山田太郎"
TENANTS = 20_000
ROOMY = 1 << 30
MB = 1 << 20


def big_dump(tenants: int) -> bytes:
    """A dump of many tenants, whose names no compression makes small, in many INSERTs as mysqldump writes them."""
    draw = random.Random(1)
    names = (SECRET + "".join(chr(draw.randrange(0x4E00, 0x9FA0)) for _ in range(40)) for _ in range(tenants))
    body = dump_sql(company(tenants=[tenant(number, full_name=name) for number, name in enumerate(names, 1)]))
    return re.sub(rb"\),\((?=\d+000,)", b");\nINSERT INTO `tenants` VALUES (", body)


@pytest.fixture(scope="module")
def dump() -> bytes:
    return big_dump(TENANTS)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with SmallDisk(folder, ROOMY) as small:
        yield small


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """A bucket with a dump of a few rows."""
    folder = tmp_path / "bucket"
    folder.mkdir()
    put_dump(folder, DAY, company())
    return folder


def load(disk: SmallDisk, bucket: Path, place: Place, **variables: str) -> CompletedProcess[str]:
    command = [sys.executable, "-m", "loader", "load", "--bucket", str(bucket)]
    return disk.run(*command, variables=place.variables | variables, cwd=PROJECT)


def assert_said(done: CompletedProcess[str], path: Path) -> None:
    """One plain line: which disk, what to do, what stands, and no value of a row."""
    assert done.returncode == 1, done
    assert done.stderr.startswith("error: "), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    for words in ("no space left", str(path).lower(), "type the same again", "nothing is half done"):
        assert words in done.stderr.lower(), done.stderr
    assert SECRET not in done.stderr + done.stdout


def on_disk(disk: SmallDisk, place: Place, tmp_path: Path) -> dict[str, list]:
    """Everything in a warehouse on the small disk, but for what a load that died there could not clear away. Read from a copy."""
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for file in disk.seen(Path(place.variables["WAREHOUSE_DUCKDB"]).parent).glob(f"{FILE}*"):
        if file.is_file():
            shutil.copy(file, copy)
    found = everything(duckdb_place(copy / FILE))
    generations = found['"landing"."generations"']
    dead = [row.split("'")[1] for row in generations if "'loading'" in row]
    found['"landing"."generations"'] = [row for row in generations if "'loading'" not in row]
    return {name: rows for name, rows in found.items() if not any(f'"{schema}".' in name for schema in dead)}


def datasets(found: dict[str, list]) -> tuple[int, ...]:
    """How many dumps are in the ledger of `everything`, and how many daily files of each kind, as they land."""
    landed = Counter(row.split(", ")[1] for row in found['"landing"."load_ledger"'])
    return tuple(landed[f"'{name}'"] for name in ("dump", *(dataset.name for dataset in DATASETS)))


def test_full_warehouse_disk_leaves_no_half_loaded_data(
    disk: SmallDisk, bucket: Path, dump: bytes, length: Length, tmp_path: Path
) -> None:
    place = duckdb_place(disk.folder / FILE)
    assert load(disk, bucket, place).returncode == 0
    before = on_disk(disk, place, tmp_path)
    put_dump(bucket, NEXT, dump)
    size, seen = shutil.disk_usage(disk.seen(disk.folder)).used, Counter()
    while True:
        disk.resize(size)
        done = load(disk, bucket, place)
        found = on_disk(disk, place, tmp_path)
        if done.returncode == 0:
            break
        assert_said(done, disk.folder / FILE)
        if found == before:
            seen["nothing"] += 1
        else:
            assert len(found['"landing"."tenants"']) == TENANTS
            assert datasets(found) in ((2, 1, 1, 1), (2, 2, 1, 1), (2, 2, 2, 1))
            seen["dump"] += 1
        size += length.of(MB, 3 * MB)
    assert seen["nothing"] > length.of(3, 0)
    assert seen["dump"]
    assert datasets(found) == (2, 2, 2, 2)
    disk.resize(ROOMY)
    assert load(disk, bucket, place).returncode == 0
    assert on_disk(disk, place, tmp_path) == found


@pytest.mark.at_length  # make test: the disk that fills up in any other step of a load, above
def test_full_disk_during_direct_row_writes_changes_nothing(disk: SmallDisk, bucket: Path, tmp_path: Path) -> None:
    place = duckdb_place(disk.folder / FILE)
    assert load(disk, bucket, place).returncode == 0
    before = on_disk(disk, place, tmp_path)
    put_dump(bucket, NEXT, big_dump(140_000))  # more than a row group
    disk.resize(shutil.disk_usage(disk.seen(disk.folder)).used + 3 * MB)
    assert_said(load(disk, bucket, place), disk.folder / FILE)
    assert on_disk(disk, place, tmp_path) == before
    disk.resize(ROOMY)
    assert load(disk, bucket, place).returncode == 0
    found = on_disk(disk, place, tmp_path)
    assert len(found['"landing"."tenants"']) == 140_000
    assert datasets(found) == (2, 2, 2, 2)


@pytest.mark.parametrize(
    "empty_place",
    [pytest.param("duckdb", marks=pytest.mark.at_length), pytest.param("aurora", marks=pytest.mark.server)],
    indirect=True,
)
def test_the_disk_of_temporary_files_fills_up(
    disk: SmallDisk, bucket: Path, dump: bytes, empty_place: Place, length: Length
) -> None:
    def again(size: int) -> CompletedProcess[str]:
        disk.resize(size)
        return load(disk, bucket, empty_place, TMPDIR=str(disk.folder))

    assert again(ROOMY).returncode == 0
    before = everything(empty_place)
    put_dump(bucket, NEXT, dump)
    for size in length.of((MB // 4, MB, 2 * MB), (MB,)):
        assert_said(again(size), disk.folder)
        assert everything(empty_place) == before
        assert list(disk.seen(disk.folder).iterdir()) == []
    assert again(ROOMY).returncode == 0
    assert empty_place.query("SELECT COUNT(*) FROM landing.tenants") == [(TENANTS,)]
    assert empty_place.query("SELECT COUNT(*) FROM landing.load_ledger") == [(8,)]


def test_chunk_file_is_whole_or_an_error_names_it(disk: SmallDisk) -> None:
    """A write that fills the disk takes a part and says nothing: the rows that it left out would be missed."""
    table = parse_create_table(b"CREATE TABLE `t` (`a` text)")
    disk.resize(MB)
    files = ChunkFiles(disk.seen(disk.folder), 4 * MB)
    csv = b"'x'\n" * (MB // 2)
    with pytest.raises(OSError, match="chunk-0.csv") as raised:
        files.add(Target(table, table.columns), Rows(csv, MB // 2, Counter(), 4), 1)
    assert raised.value.errno == errno.ENOSPC


def test_an_error_that_names_no_file_is_said_too(disk: SmallDisk) -> None:
    disk.resize(8 * MB)
    with (
        pytest.raises(LoaderError, match="on a disk, perhaps that of temporary files"),
        explain_machine_errors(),
    ):
        disk.seen(disk.folder / "log").write_bytes(b"x" * 9 * MB)
    disk.seen(disk.folder / "log").unlink()
    with duckdb.connect() as connection:
        connection.execute(
            f"SET memory_limit = '40MB'; SET threads = 1; SET temp_directory = '{disk.seen(disk.folder)}/spilled'"
        )
        sorting = (
            "CREATE TEMP TABLE t AS SELECT md5(i::VARCHAR) AS a, md5(a) AS b FROM range(3_000_000) AS r (i) ORDER BY a"
        )
        with (
            pytest.raises(LoaderError, match="DuckDB's own temporary files.*nothing is half done"),
            explain_machine_errors(),
        ):
            connection.execute(sorting)
    with pytest.raises(ZeroDivisionError), explain_machine_errors():
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "empty_place", ["duckdb", pytest.param("aurora", marks=[pytest.mark.server, pytest.mark.at_length])], indirect=True
)
def test_full_bucket_disk_fails_daily_file_but_keeps_dump(
    disk: SmallDisk, dump: bytes, empty_place: Place, length: Length
) -> None:
    bucket = disk.folder / "bucket"
    seen = disk.seen(bucket)
    seen.mkdir()
    put_dump(seen, DAY, company())
    assert load(disk, bucket, empty_place).returncode == 0
    put_dump(seen, NEXT, dump)
    disk.resize(shutil.disk_usage(seen).used + MB)
    snapshots = seen / "snapshots/tenant_status"
    for _ in range(length.of(2, 1)):
        assert_said(load(disk, bucket, empty_place), bucket / f"snapshots/tenant_status/{NEXT:%Y%m%d}.csv")
        assert empty_place.query("SELECT COUNT(*) FROM landing.tenants") == [(TENANTS,)]
        assert empty_place.query("SELECT dataset, COUNT(*) FROM landing.load_ledger GROUP BY dataset ORDER BY 1") == [
            ("dump", 2), ("property", 1), ("room_assignment", 1), ("tenant_status", 1),
        ]  # fmt: skip
        assert [path.name for path in snapshots.glob("[!.]*")] == [f"{DAY:%Y%m%d}.csv"]
    disk.resize(ROOMY)
    assert load(disk, bucket, empty_place).returncode == 0
    assert empty_place.query("SELECT COUNT(*) FROM landing.load_ledger") == [(8,)]
    assert len((snapshots / f"{NEXT:%Y%m%d}.csv").read_text().splitlines()) == TENANTS + 1
