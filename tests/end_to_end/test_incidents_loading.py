"""Incidents of loading that no other test file shows, each as it happened: an empty lookup table, a lost row, a broken backfill ..."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner

from demo.objects import put_dump, put_snapshot
from demo.rows import company, tenant
from loader import dates, errors
from loader.cli import EXIT_CODES, cli
from loader.errors import DumpRejectedError, LoaderError
from loader.landing.access import open_warehouse
from loader.landing.load import load
from loader.settings import DATA_CONTRACT
from loader.sources.storage import FolderBucket
from tests.support.places import Place, everything

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)
HEADER = "tenant_id,status,contract_type,full_name,snapshot_date\r\n"


def test_data_contract_rejects_an_empty_lookup_table(
    bucket: Path, embedded: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I11: m_nationalities came empty once, and every nationality went with it."""
    monkeypatch.setenv("WAREHOUSE_DATA_CONTRACT", str(DATA_CONTRACT))
    put_dump(bucket, DAY, company(m_nationalities=[]))
    with pytest.raises(DumpRejectedError, match=r"rows:m_nationalities: 0 .allowed: 100 or more"):
        load(embedded.settings(bucket))
    assert embedded.query("SELECT COUNT(*) FROM landing.load_ledger") == [(0,)]
    # 200 of them are enough, whatever else this little company lacks.
    put_dump(bucket, DAY, company(m_nationalities=[{"id": n, "nationality_name": str(n)} for n in range(1, 201)]))
    with pytest.raises(DumpRejectedError) as other:
        load(embedded.settings(bucket))
    assert "m_nationalities" not in str(other.value)


def test_pipelines_own_tables_survive_the_next_dump(bucket: Path, empty_place: Place) -> None:
    """I19, I20: the enrichment's column in the source's own table was gone with every reload, and broke it. Here it has its own tables."""
    put_dump(bucket, DAY, company())
    settings = empty_place.settings(bucket)
    load(settings)
    with open_warehouse(settings) as warehouse:
        warehouse.execute(
            "INSERT INTO landing.llm_enrichment_cache (tenant_id, llm_nationality) VALUES (1, 'ネパール')"
        )
        warehouse.execute("INSERT INTO landing.property_geo_latlon_backup VALUES (1, 35.5, 139.5, NULL)")
    put_dump(bucket, NEXT, company(tenants=[tenant(1, status=14)]))
    load(settings)
    assert empty_place.query("SELECT status FROM landing.tenants") == [(14,)]
    assert empty_place.query("SELECT tenant_id, llm_nationality FROM landing.llm_enrichment_cache") == [(1, "ネパール")]
    assert empty_place.query("SELECT COUNT(*) FROM landing.property_geo_latlon_backup") == [(1,)]


def test_schema_not_on_record_is_never_dropped(bucket: Path, empty_place: Place) -> None:
    """I38, R10: clean-ups by the look of a name took what they should not, and missed what they should."""
    foreign = ("landing_20200101", "landing_20250612_backup")
    settings = empty_place.settings(bucket)
    put_dump(bucket, DAY, company())
    load(settings)
    with open_warehouse(settings) as warehouse:
        for schema in foreign:
            warehouse.execute(f"CREATE SCHEMA {schema}")
            warehouse.execute(f"CREATE TABLE {schema}.tenants (id BIGINT)")
    for offset in range(1, 7):
        put_dump(bucket, DAY + dt.timedelta(days=offset), company())
        load(settings)
    schemas = {name for (name,) in empty_place.query("SELECT schema_name FROM information_schema.schemata")}
    kept = [f"landing_{DAY + dt.timedelta(days=offset):%Y%m%d}" for offset in (3, 4, 5, 6)]
    assert {name for name in schemas if name.startswith("landing_")} == {*foreign, *kept}


def test_a_backfill_that_broke_goes_on_where_it_broke(
    bucket: Path, embedded: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I46: the credentials ran out in the middle of 260 files."""
    put_dump(bucket, DAY, company())
    days = [DAY - dt.timedelta(days=n) for n in range(5, 0, -1)]
    for day in days:
        put_snapshot(bucket, day, HEADER + f"1,9,1,,{day}\r\n")
    read: list[str] = []
    opened = FolderBucket.open

    def failing_at(number: int) -> None:
        def open_(self: FolderBucket, key: str) -> BinaryIO:
            if key.startswith("snapshots/") and f"{DAY:%Y%m%d}" not in key:  # the dump's own are read to compare
                read.append(key)
                if len(read) == number:
                    raise LoaderError("the credentials have expired")
            return opened(self, key)

        monkeypatch.setattr(FolderBucket, "open", open_)

    failing_at(3)
    with pytest.raises(LoaderError, match="expired"):
        load(embedded.settings(bucket))
    landed = "SELECT business_date FROM landing.load_ledger WHERE dataset = 'tenant_status' ORDER BY 1"
    assert embedded.query(landed) == [(day,) for day in days[:2]]
    read.clear()
    failing_at(0)
    load(embedded.settings(bucket))
    assert embedded.query(landed) == [(day,) for day in [*days, DAY]]
    assert len(read) == 3  # what was in is not read again
    assert embedded.query("SELECT COUNT(*) FROM landing.tenant_daily_snapshots") == [(6,)]


def test_row_lost_between_dump_and_table_rejects_the_dump(
    bucket: Path, embedded: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I20, R4: what could not be loaded was skipped with a warning. Here a database that loses a row is a rejection."""
    from loader.warehouse.duckdb.writer import DuckDBDumpWriter

    settings = embedded.settings(bucket)
    put_dump(bucket, DAY, company())
    load(settings)
    before = everything(embedded)
    finalize = DuckDBDumpWriter._finalize_tables

    def losing(self: DuckDBDumpWriter) -> None:
        self._cursor.execute(f"DELETE FROM {self._name('rooms')} WHERE id = 3")
        finalize(self)

    monkeypatch.setattr(DuckDBDumpWriter, "_finalize_tables", losing)
    put_dump(bucket, NEXT, company())
    with pytest.raises(DumpRejectedError, match="table rooms: 3 rows in the dump, 2 landed.*nothing was changed"):
        load(settings)
    assert everything(embedded) == before


def test_daily_file_that_is_not_utf8_is_rejected(bucket: Path, embedded: Place) -> None:
    """R28: what could not be decoded was left out, and names came out as other names."""
    put_dump(bucket, DAY, company())
    put_snapshot(bucket, dt.date(2025, 6, 1), HEADER).write_bytes(
        (HEADER + "1,9,1,試験,2025-06-01\r\n").encode("shift_jis")
    )
    with pytest.raises(DumpRejectedError, match="20250601.csv"):
        load(embedded.settings(bucket))
    assert embedded.query("SELECT DISTINCT snapshot_date FROM landing.tenant_daily_snapshots") == [(DAY,)]


def test_lost_warehouse_regains_its_history_from_the_bucket(
    bucket: Path, embedded: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I12: the status history was in the database alone, and gone with it."""
    history = "SELECT * FROM landing.tenant_daily_snapshots ORDER BY snapshot_date, tenant_id"
    for offset, status in enumerate((5, 6, 9, 14)):
        rows = [tenant(1, status=status), tenant(2, full_name="O'Neill, 試験")][: 1 + offset % 2]
        put_dump(bucket, DAY + dt.timedelta(days=offset), company(tenants=rows))
        load(embedded.settings(bucket))
    lost = embedded.query(history)
    assert [row[1] for row in lost if row[0] == 1] == [5, 6, 9, 14]
    (tmp_path / "warehouse.duckdb").unlink()
    load(embedded.settings(bucket))
    assert embedded.query(history) == lost


@pytest.mark.parametrize("zone", ["AAA+12", "BBB-14"])
def test_business_day_is_japans_in_any_machine_time_zone(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """I30: the server's date was UTC's. At any moment one of these two zones has another date than Japan."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        before = dt.datetime.now(dt.timezone(dt.timedelta(hours=9))).date()
        assert dates.business_today() in (before, dt.datetime.now(dt.timezone(dt.timedelta(hours=9))).date())
    finally:
        monkeypatch.undo()
        time.tzset()


def test_every_failure_has_an_exit_code_in_the_help(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R8: a failed job ended as SUCCESS."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LoaderError)]
    assert len(kinds) == 5
    for kind in kinds:
        monkeypatch.setattr(
            "loader.landing.load.land", lambda *_, kind=kind: (_ for _ in ()).throw(kind("it went wrong"))
        )
        answer = CliRunner().invoke(cli, ["load", "--bucket", str(bucket)])
        assert (answer.exit_code, answer.stderr) == (kind.exit_code, "error: it went wrong\n")
        assert kind.exit_code != 0
        assert f"\n  {kind.exit_code} " in EXIT_CODES
    # A bug is no success either.
    monkeypatch.setattr("loader.landing.load.land", lambda *_: 1 / 0)
    assert CliRunner().invoke(cli, ["load", "--bucket", str(bucket)]).exit_code == 1
