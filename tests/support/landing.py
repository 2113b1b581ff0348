"""A few rows straight into landing, as a load would leave them: for tests of what comes after the loader."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from loader import generations, ledger, load_report
from loader.datasets import PROPERTY, ROOM_ASSIGNMENT, TENANT_STATUS, Dataset
from loader.dump_report import DumpReport, TableReport
from loader.settings import Settings
from loader.warehouse import Warehouse, open_warehouse

# Only the columns that models read; types as the loader lands them.
TABLES = {
    "movings": """id BIGINT, tenant_id BIGINT, apartment_id BIGINT, room_id BIGINT, movein_date DATE,
        movein_decided_date TIMESTAMP, original_movein_date DATE, rent_start_date DATE, expiration_date DATE,
        moveout_receipt_date DATE, moveout_date DATE, moveout_plans_date DATE, moveout_date_integrated DATE,
        rent BIGINT, condo_fee BIGINT, administrative_fee BIGINT, moveout_fee BIGINT, moving_agreement_type BIGINT,
        move_renew_flag BIGINT, cancel_flag BIGINT, is_moveout BIGINT, created_at TIMESTAMP, updated_at TIMESTAMP""",
    "tenants": """id BIGINT, last_name VARCHAR, first_name VARCHAR, full_name VARCHAR, full_name_kana VARCHAR,
        gender_type BIGINT, birth_date DATE, age BIGINT, m_nationality_id BIGINT, nationality VARCHAR,
        personal_identity VARCHAR, affiliation VARCHAR, affiliation_type BIGINT, status BIGINT, contract_type BIGINT,
        media_id BIGINT, reason_moveout BIGINT, moving_id BIGINT, inquiry_id BIGINT, email_1 VARCHAR, email_2 VARCHAR,
        tel_1 VARCHAR, tel_2 VARCHAR, account_number VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP""",
    "apartments": """id BIGINT, unique_number VARCHAR, apartment_name VARCHAR, apartment_name_en VARCHAR,
        apartment_name_old VARCHAR, prefecture VARCHAR, municipality VARCHAR, address VARCHAR, full_address VARCHAR,
        zip_code VARCHAR, latitude DECIMAL(8, 6), longitude DECIMAL(9, 6), room_count BIGINT,
        vacancy_room_count BIGINT, apartment_type BIGINT, building_type VARCHAR, status BIGINT, created_at TIMESTAMP,
        updated_at TIMESTAMP""",
    "rooms": """id BIGINT, apartment_id BIGINT, room_number VARCHAR, rent BIGINT, condo_fee BIGINT, room_floor BIGINT,
        capacity BIGINT, gender_type BIGINT, bed_type BIGINT, status BIGINT, moving_id BIGINT, created_at TIMESTAMP,
        updated_at TIMESTAMP""",
    "inquiries": """id BIGINT, tenant_id BIGINT, inquiry_date DATE, created_at TIMESTAMP, updated_at TIMESTAMP""",
    "m_nationalities": """id BIGINT, nationality_name VARCHAR, nationality_group_id BIGINT""",
}

Rows = list[dict[str, Any]]


def company(**changes: Rows) -> dict[str, Rows]:
    """A company of one property with three rooms and no tenants; pass a table's rows to replace it."""
    base: dict[str, Rows] = {
        "apartments": [
            {
                "id": 1,
                "unique_number": "J0000001",
                "apartment_name": "ベータ荘",
                "prefecture": "東京都",
                "municipality": "新宿区",
                "latitude": 35.69,
                "longitude": 139.70,
                "room_count": 3,
            }
        ],
        "rooms": [{"id": n, "apartment_id": 1, "room_number": f"10{n}"} for n in (1, 2, 3)],
        "tenants": [tenant(1)],
        "movings": [moving(1)],
        "inquiries": [],
        "m_nationalities": [{"id": 1, "nationality_name": "日本"}, {"id": 200, "nationality_name": "レソト"}],
    }
    return {**base, **changes}


def tenant(number: int, **values: Any) -> dict[str, Any]:
    """A tenant in residence whose current contract has the same number."""
    return {
        "id": number,
        "last_name": "試験",
        "first_name": str(number),
        "nationality": "日本",
        "status": 9,
        "contract_type": 1,
        "moving_id": number,
        "age": 30,
        "created_at": dt.datetime(2025, 1, 10, 9),
    } | values


def moving(number: int, **values: Any) -> dict[str, Any]:
    """A valid, running contract of the tenant with the same number, for room 1 of property 1."""
    return {
        "id": number,
        "tenant_id": number,
        "apartment_id": 1,
        "room_id": 1,
        "movein_date": dt.date(2025, 2, 1),
        "movein_decided_date": dt.datetime(2025, 1, 20, 15),
        "rent": 50000,
        "moving_agreement_type": 1,
        "cancel_flag": 0,
        "is_moveout": 0,
        "created_at": dt.datetime(2025, 1, 20, 15),
        "updated_at": dt.datetime(2025, 1, 20, 15),
    } | values


def land_dump(where: Path | Settings, day: dt.date, tables: dict[str, Rows]) -> None:
    """Lands a dump of these tables in a DuckDB file or the warehouse of settings."""
    with open_warehouse(_settings(where)) as warehouse:
        generation = generations.begin(warehouse, day)
        report = DumpReport()
        for name, columns in TABLES.items():
            table = f"{generation.schema}.{name}"
            # Lengths and the word for a timestamp are MySQL's; DuckDB takes both.
            columns = columns.replace("VARCHAR", "VARCHAR(255)").replace("TIMESTAMP", "DATETIME")
            warehouse.execute(f"CREATE TABLE {table} ({columns})")
            for row in tables[name]:
                warehouse.execute(
                    f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values()
                )
            report.tables[name] = TableReport(len(tables[name]), len(tables[name]))
        entry = ledger.Entry(
            ledger.DUMP, day, f"dumps/gghouse_{day:%Y%m%d}.sql", report.rows_landed, 1, "0" * 64, "", 1, 0.1
        )
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
