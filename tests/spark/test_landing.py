"""Loads on Spark: the same rows as on DuckDB, whatever is rolled back, and wherever a load is killed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.landing import generations
from loader.landing.access import open_warehouse, read_warehouse
from loader.settings import Settings
from loader.sources.daily_file_kinds import DATASETS
from loader.warehouse.own_tables import MARKER
from loader.warehouse.spark.iceberg import Iceberg
from loader.warehouse.spark.postgres import Postgres
from tests.conftest import FIRST_DAY
from tests.spark.commands import Killed, typed
from tests.support.places import FILE, Place, duckdb_place
from tests.support.spark import SparkPlace

DAYS = [FIRST_DAY + dt.timedelta(days=number) for number in range(2)]
DUMPED = ("apartments", "inquiries", "m_nationalities", "movings", "rooms", "tenants")
LEDGER = "SELECT dataset, business_date, object_key, row_count, size_bytes, sha256 FROM landing.load_ledger"
NEVER = 10**6  # writes
READS = ("SELECT", "BEGIN", "ROLLBACK")
Rows = dict[str, list[tuple]]


@pytest.fixture
def spark(new_place: Callable[[str], SparkPlace], request: pytest.FixtureRequest) -> Iterator[SparkPlace]:
    """The session's warehouse, without any landing."""
    place = new_place(request.node.name)
    with place.place.chosen():
        yield place


@pytest.fixture
def bucket(bucket: Path) -> Path:
    """Two mornings' dumps."""
    movings = [moving(1), moving(2, room_id=2)]
    put_dump(bucket, DAYS[0], company(tenants=[tenant(1), tenant(2, status=14)], movings=movings))
    put_dump(bucket, DAYS[1], company(tenants=[tenant(1), tenant(2, status=9), tenant(3)], movings=movings[:1]))
    return bucket


def load(bucket: Path, day: dt.date, *more: str) -> None:
    typed("load", "--bucket", bucket, "--date", day, *more)


def rows_of(query: Callable[[str], list[tuple]]) -> Rows:
    """What models read: the dump's tables, the daily files, and the ledger without its clock."""
    tables = (*DUMPED, *(dataset.table for dataset in DATASETS))
    found = {name: query(f"SELECT * FROM landing.{name}") for name in tables} | {"load_ledger": query(LEDGER)}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def reference(folder: Path, bucket: Path) -> tuple[Place, Rows, Rows]:
    """A DuckDB warehouse after two mornings: it, and what models read after each."""
    place = duckdb_place(folder / FILE)
    found = []
    with place.chosen():
        for day in DAYS:
            load(bucket, day)
            found.append(rows_of(place.query))
    return place, *found


@contextmanager
def killed_at(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Within, the process dies before the write with a number, from 1; gives the writes so far."""
    done: list[str] = []

    def counted(what: str) -> None:
        if len(done) + 1 >= number:
            raise Killed(f"before write {number}: {what}")
        done.append(what)

    def before(of: type, name: str) -> None:
        written = getattr(of, name)

        def write(self: object, sql: str, *more: object) -> object:
            if not sql.lstrip().startswith(READS):
                counted(sql)
            return written(self, sql, *more)

        patch.setattr(of, name, write)

    with monkeypatch.context() as patch:
        before(Iceberg, "execute")
        for name in ("_run", "copy_in", "execute_many"):
            before(Postgres, name)
        yield done


def assert_nothing_wrong_is_done(spark: SparkPlace, first: Rows, second: Rows) -> None:
    """Whatever the ledger of models has is there, whole and right; where the marker is, so is its dump."""
    if not spark.spark.catalog.tableExists("landing.load_ledger"):
        return
    done = {(dataset, day) for dataset, day, *_ in spark.query(LEDGER)}
    for dataset in DATASETS:
        landed = spark.query(f"SELECT * FROM landing.{dataset.table}")
        for day in DAYS:
            if (dataset.name, day) in done:
                assert sorted([row for row in landed if row[-1] == day], key=repr) == [
                    row for row in second[dataset.table] if row[-1] == day
                ]
    day = None  # no dump is shown whole while the marker is away
    if spark.spark.catalog.tableExists(f"landing.{MARKER}"):
        ((day,),) = spark.query(f"SELECT business_date FROM landing.{MARKER}")
        shown = {name: sorted(spark.query(f"SELECT * FROM landing.{name}"), key=repr) for name in DUMPED}
        assert shown == {name: (first, second)[DAYS.index(day)][name] for name in DUMPED}
    assert ("dump", DAYS[1]) not in done or day == DAYS[1]


def assert_dies(number: int, monkeypatch: pytest.MonkeyPatch, command: Callable[[], object]) -> None:
    with killed_at(number, monkeypatch), pytest.raises(Killed):
        command()


def live_day() -> dt.date:
    """The day of the live dump, once a command that writes has mended what the one before left."""
    with open_warehouse(Settings.resolve()) as warehouse:
        return generations.live(warehouse).day


def test_mornings_a_rollback_and_kills_leave_what_duckdb_has(
    spark: SparkPlace, bucket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed command leaves open days at most, and the next one closes them."""
    other, first, second = reference(tmp_path, bucket)
    load(bucket, DAYS[0])
    assert rows_of(spark.query) == first
    with killed_at(NEVER, monkeypatch) as load_writes:
        load(bucket, DAYS[1])
    assert rows_of(spark.query) == second
    with read_warehouse(Settings.resolve()) as warehouse:
        changed = (
            "SELECT table_name, rows_added, rows_changed FROM landing.load_changes WHERE rows_added + rows_changed > 0"
        )
        assert warehouse.query(changed) == [("tenants", 1, 1)]
    with killed_at(NEVER, monkeypatch) as rollback_writes:
        typed("rollback")
    with other.chosen():
        typed("rollback")
    rolled_back = rows_of(other.query)
    assert rows_of(spark.query) == rolled_back != second

    chosen = random.Random(1)
    settling = next(number for number, sql in enumerate(load_writes) if "copied_to_iceberg" in sql)
    number = chosen.randint(settling, len(load_writes))
    assert_dies(number, monkeypatch, lambda: load(bucket, DAYS[1], "--again"))
    assert_nothing_wrong_is_done(spark, first, second)
    load(bucket, DAYS[1], *([] if live_day() == DAYS[1] else ["--again"]))
    assert rows_of(spark.query) == second
    homes = [name for (name,) in spark.query("SHOW DATABASES LIKE 'landing_*'")]
    assert homes == [f"landing_{day:%Y%m%d}" for day in DAYS]
    assert sorted(file.name for file in (spark.folder / "parquet").iterdir()) == ["landing", *homes]

    assert_dies(chosen.randint(1, len(rollback_writes)), monkeypatch, lambda: typed("rollback"))
    assert_nothing_wrong_is_done(spark, first, second)
    day = live_day()
    assert rows_of(spark.query) == (rolled_back if day == DAYS[0] else second)
