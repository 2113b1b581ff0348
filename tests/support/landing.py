"""A few rows straight into landing, as a load leaves them, without the gate: for tests of what comes after the loader."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from pathlib import Path

from demo.dump import dump_sql
from demo.objects import dump_key
from demo.rows import Rows
from loader.landing import generations, ledger, load_report
from loader.landing.access import open_warehouse
from loader.mysqldump import reader
from loader.settings import Settings
from loader.sources.daily_file_kinds import PROPERTY, ROOM_ASSIGNMENT, TENANT_STATUS, Dataset
from loader.warehouse.base import Warehouse


def land_dump(where: Path | Settings, day: dt.date, tables: dict[str, Rows]) -> None:
    """Lands a dump of these tables in a DuckDB file or the warehouse of settings."""
    with open_warehouse(_settings(where)) as warehouse:
        generation = generations.begin(warehouse, day)
        with tempfile.TemporaryDirectory() as scratch:
            body, landing = io.BytesIO(dump_sql(tables, day)), warehouse.dump_writer(generation.schema)
            report = reader.land_dump(landing, body, dump_key(day), scratch=Path(scratch))
        entry = ledger.Entry(ledger.DUMP, day, dump_key(day), report.rows_landed, 1, report.sha256, "", 1, 0.1)
        with warehouse.transaction():
            load_report.record(warehouse, generation.load_id, report)
        generations.publish(warehouse, generation, entry)
        generations.drop_unused(warehouse)


def land_snapshot(where: Path | Settings, day: dt.date, statuses: dict[int, int], contract_type: int = 1) -> None:
    """Lands a snapshot: tenant -> status."""
    with open_warehouse(_settings(where)) as warehouse, warehouse.transaction():
        warehouse.execute_many(
            "INSERT INTO landing.tenant_daily_snapshots VALUES (?, ?, ?, NULL, ?)",
            [(number, status, contract_type, day) for number, status in statuses.items()],
        )
        _record(warehouse, TENANT_STATUS, day, len(statuses))


def land_rooms(where: Path | Settings, day: dt.date, schema: str = "landing") -> None:
    """Lands the files of rooms and properties that an export of the dump in a schema would write."""
    with open_warehouse(_settings(where)) as warehouse, warehouse.transaction():
        for dataset in (ROOM_ASSIGNMENT, PROPERTY):
            rows = warehouse.query(dataset.select(warehouse.quote(schema), day))
            places = ", ".join("?" * len(dataset.columns))
            if rows:
                warehouse.execute_many(
                    f"INSERT INTO landing.{dataset.table} VALUES ({places})", [(*row, day) for row in rows]
                )
            _record(warehouse, dataset, day, len(rows))


def _record(warehouse: Warehouse, dataset: Dataset, day: dt.date, rows: int) -> None:
    entry = ledger.Entry(dataset.name, day, "", rows, 1, f"{day:%Y%m%d}".rjust(64, "0"), "", 1, 0.1)
    ledger.record(warehouse, ledger.next_load_id(warehouse), entry)


def _settings(where: Path | Settings) -> Settings:
    return where if isinstance(where, Settings) else Settings("duckdb", where, None)
