"""The pipeline's own tables on Postgres, where the spark gateway keeps them: the same rows as on DuckDB, and one writer. No Spark."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from loader.cli import cli
from loader.errors import BusyError, DumpRejectedError, LoaderError
from loader.landing import calendar, enrichment_cache, ledger
from loader.settings import PROJECT, state_database
from loader.sources.daily_file_kinds import ROOM_ASSIGNMENT, TENANT_STATUS
from loader.warehouse.base import Warehouse
from loader.warehouse.duckdb.connection import open_file
from loader.warehouse.own_tables import OWN_TABLES
from loader.warehouse.spark.connection import SparkWarehouse, open_to_read, open_to_write
from loader.warehouse.spark.postgres import Postgres
from tests.conftest import FIRST_DAY
from tests.support.crash import wait_until
from tests.support.places import Servers

pytestmark = pytest.mark.server
NEXT_DAY = FIRST_DAY + dt.timedelta(days=1)
HOLDER = """
from loader.settings import state_database
from loader.warehouse.spark.connection import open_to_write
with open_to_write({place!r}, state_database()):
    print("held", flush=True)
    input()
"""
STATUS = 'tenant_id,status,contract_type,full_name,snapshot_date\r\n1,9,1,"\\N",{day}\r\n2,9,1,"a ""b"",\r\n",{day}\r\n3,9,1,,{day}\r\n'
ROOMS = (
    ",".join(ROOM_ASSIGNMENT.columns) + "\r\n1,1,1,1,1,101,9,1,0,1,2025-01-01,,,,,51000.5,2025-01-02 03:04:05,{day}\r\n"
)


@pytest.fixture
def warehouse(servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SparkWarehouse]:
    name = f"own_{tmp_path.name}"
    monkeypatch.setenv("WAREHOUSE_STATE_URL", servers.state.create(name))
    with open_to_write(str(tmp_path / "spark"), state_database()) as opened:
        yield opened
    servers.state.drop(name)


def entry(dataset: str, day: dt.date, key: str = "") -> ledger.Entry:
    return ledger.Entry(dataset, day, key, 3, 10, f"{day:%Y%m%d}".rjust(64, "0"), "v", 1, 0.25)


def write_history(warehouse: Warehouse, tmp_path: Path) -> None:
    """One of everything that loads, rollbacks, waivers and answers write."""
    for dataset, text in ((TENANT_STATUS, STATUS), (ROOM_ASSIGNMENT, ROOMS)):
        for day in (FIRST_DAY, NEXT_DAY):
            file = tmp_path / f"{dataset.name}.csv"
            file.write_bytes(text.format(day=day).encode())
            with warehouse.second() as own, own.transaction():
                rows = own.insert_daily_file(dataset, file, day, file.name)
                assert rows == text.count("{day}")
                ledger.record(own, ledger.next_load_id(own), entry(dataset.name, day))
    with warehouse.transaction():
        for day in (FIRST_DAY, NEXT_DAY):
            ledger.record(warehouse, ledger.next_load_id(warehouse), entry(ledger.DUMP, day, "100 % 'of' it?"))
        calendar.reject(warehouse, 9, ledger.DUMP, NEXT_DAY, "key", "what's wrong: 5 %")
        enrichment_cache.put(warehouse, [enrichment_cache.Cached(1, None, "日本", None, None, "m")])
    lost = NEXT_DAY + dt.timedelta(days=2)
    calendar.waive(warehouse, lost, lost, calendar.Waiver("me", "why", lost))
    with warehouse.transaction():
        ledger.withdraw_from(warehouse, NEXT_DAY, NEXT_DAY)
        ledger.record(warehouse, ledger.next_load_id(warehouse), entry(ledger.DUMP, NEXT_DAY))


def own_rows(warehouse: Warehouse) -> dict[str, list[str]]:
    # Who wrote, and when, differs.
    clocks = {"load_ledger": -1, "rejections": -1, "waivers": -1, "withdrawn_files": -1}
    names = [name for name in OWN_TABLES if name != "writer"]
    return {
        name: sorted(repr(row[: clocks.get(name)]) for row in warehouse.query(f"SELECT * FROM landing.{name}"))
        for name in names
    }


def test_own_tables_hold_on_postgres_what_they_hold_on_duckdb(warehouse: SparkWarehouse, tmp_path: Path) -> None:
    with open_file(tmp_path / "other.duckdb") as other:
        write_history(other, tmp_path)
        expected = own_rows(other)
        days = list(calendar.days(other, FIRST_DAY, NEXT_DAY))
    write_history(warehouse, tmp_path)
    assert own_rows(warehouse) == expected
    assert len(expected["tenant_daily_snapshots"]) == 3 and expected["waivers"] and expected["withdrawn_files"]
    assert list(calendar.days(warehouse, FIRST_DAY, NEXT_DAY)) == days


def test_a_rejected_daily_file_leaves_nothing_in_postgres(warehouse: SparkWarehouse, tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(STATUS.format(day=NEXT_DAY).encode())
    with pytest.raises(DumpRejectedError, match="of another day"), warehouse.transaction():
        warehouse.insert_daily_file(TENANT_STATUS, file, FIRST_DAY, "file.csv")
    assert warehouse.query("SELECT * FROM landing.tenant_daily_snapshots") == []


def test_postgres_lock_refuses_a_second_writer_until_its_holder_dies(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_STATE_URL", servers.state.create("own_lock"))
    place, code = str(tmp_path / "spark"), HOLDER.format(place=str(tmp_path / "spark"))
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"

        def taken() -> str:
            try:
                with open_to_write(place, state_database()):
                    return ""
            except BusyError as busy:
                return str(busy)

        assert f"process {process.pid} on " in taken()
        monkeypatch.setenv("WAREHOUSE_GATEWAY", "spark")
        monkeypatch.setenv("WAREHOUSE_SPARK_WAREHOUSE", place)
        for words in (["load", "--bucket", str(tmp_path)], ["run"], ["daily", "--bucket", str(tmp_path)], ["rollback"]):
            answer = CliRunner().invoke(cli, words)
            assert answer.exit_code == 75, (words, answer.output)
            assert "nothing was changed" in answer.stderr, (words, answer.stderr)
        with open_to_read(place, state_database()) as reader:
            assert reader.query("SELECT * FROM landing.load_ledger") == []
            with pytest.raises(LoaderError, match="only reads"):
                reader.execute("DELETE FROM landing.load_ledger")
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until(lambda: not taken(), "the lock is free", 60)


def test_a_writer_that_lost_the_lock_writes_nothing_more(warehouse: SparkWarehouse) -> None:
    with Postgres(state_database()).closing() as other:
        with pytest.raises(LoaderError, match="holds the lock is lost"), warehouse.transaction():
            ledger.record(warehouse, 1, entry(ledger.DUMP, FIRST_DAY))
            other.query("SELECT pg_terminate_backend(connection_id::INT) FROM landing.writer")
        with pytest.raises(LoaderError, match="holds the lock is lost"):
            warehouse.execute("DELETE FROM landing.writer")
        assert (other.query("SELECT * FROM landing.load_ledger"), len(other.query("SELECT * FROM landing.writer"))) == (
            [],
            1,
        )
