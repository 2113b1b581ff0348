"""The daily files that the history is made of: what each is called, holds, and is exported from. See docs/decisions/0005.

Each lies in the bucket as snapshots/NAME/YYYYMMDD.csv: UTF-8, comma, CRLF, NULL as nothing, one business day a file.
"""

import datetime as dt
from dataclasses import dataclass

DAY = "snapshot_date"  # the last column of each: the business day, the same in every row
TEXT_LENGTH = 255  # characters; an export cuts what is longer
PLACES = 8  # digits behind the point; an export rounds what is finer
# A contract stays in the files for so many days behind its move-out, so that the move-out is seen there after a gap too.
_DAYS_AFTER_MOVEOUT = 31

# Column types of the files, and what each is in a table: DuckDB and MySQL both know these words.
SQL_TYPES = {"integer": "BIGINT", "decimal": f"DECIMAL(20, {PLACES})", "text": f"VARCHAR({TEXT_LENGTH})"}
SQL_TYPES |= {"date": "DATE", "timestamp": "DATETIME"}


@dataclass(frozen=True, eq=False)
class Dataset:
    name: str  # as the ledger, the data contract and the bucket call it
    table: str  # the table in `landing` where the files of all days lie
    columns: dict[str, str]  # the header: name -> integer, decimal, text, date or timestamp (in whole seconds)
    key: str  # what no two rows of a file share; never empty, as is DAY
    filled: tuple[str, ...]  # further columns that are never empty
    # The rows to export, in the words of all engines; {schema} is where the dump's tables are, {since} a date.
    query: str

    @property
    def prefix(self) -> str:
        return f"snapshots/{self.name}/"

    def key_of(self, day: dt.date) -> str:
        return f"{self.prefix}{day:%Y%m%d}.csv"

    @property
    def ddl(self) -> str:
        """The columns of the table."""
        required = (self.key, DAY, *self.filled)
        return ", ".join(
            f"{name} {SQL_TYPES[kind]}{' NOT NULL' if name in required else ''}" for name, kind in self.columns.items()
        )

    def select(self, schema: str, day: dt.date) -> str:
        """The query for the rows of a business day's dump, without DAY; `schema`, quoted, is where its tables are."""
        return self.query.format(schema=schema, since=day - dt.timedelta(days=_DAYS_AFTER_MOVEOUT))


TENANT_STATUS = Dataset(
    "tenant_status",
    "tenant_daily_snapshots",
    {"tenant_id": "integer", "status": "integer", "contract_type": "integer", "full_name": "text", DAY: "date"},
    "tenant_id",
    ("status", "contract_type"),
    "SELECT id, status, contract_type, full_name FROM {schema}.tenants ORDER BY id",
)

# Which room each tenant held, at which rent: contracts that are not cancelled and not over for long, as the source has them that day.
# Whose contract counts, and which tenant is the room's primary one, is the models' business. No names.
ROOM_ASSIGNMENT = Dataset(
    "room_assignment",
    "room_assignment_snapshots",
    {
        "moving_id": "integer",
        "tenant_id": "integer",
        "apartment_id": "integer",
        "room_id": "integer",
        "room_apartment_id": "integer",
        "room_number": "text",
        "tenant_status": "integer",
        "is_current_contract": "integer",
        "is_moveout": "integer",
        "moving_agreement_type": "integer",
        "movein_date": "date",
        "original_movein_date": "date",
        "moveout_date_integrated": "date",
        "moveout_plans_date": "date",
        "moveout_date": "date",
        "rent": "decimal",
        "updated_at": "timestamp",
        DAY: "date",
    },
    "moving_id",
    ("tenant_id", "apartment_id", "room_id", "is_current_contract"),
    """SELECT m.id, m.tenant_id, m.apartment_id, m.room_id, r.apartment_id, r.room_number, t.status,
        CASE WHEN t.moving_id = m.id THEN 1 ELSE 0 END, m.is_moveout, m.moving_agreement_type, m.movein_date, m.original_movein_date,
        m.moveout_date_integrated, m.moveout_plans_date, m.moveout_date, m.rent, m.updated_at
    FROM {schema}.movings m
    LEFT JOIN {schema}.tenants t ON t.id = m.tenant_id
    LEFT JOIN {schema}.rooms r ON r.id = m.room_id
    WHERE COALESCE(m.cancel_flag, 0) = 0 AND (COALESCE(m.is_moveout, 0) = 0
        OR COALESCE(m.moveout_date_integrated, m.moveout_plans_date, m.moveout_date) >= CAST('{since}' AS DATE))
    ORDER BY m.id""",
)

# What there was to let: the properties as the source has them that day, with their rooms counted both ways.
PROPERTY = Dataset(
    "property",
    "property_snapshots",
    {
        "apartment_id": "integer",
        "unique_number": "text",
        "apartment_name": "text",
        "prefecture": "text",
        "municipality": "text",
        "latitude": "decimal",
        "longitude": "decimal",
        "room_count": "integer",
        "room_rows": "integer",
        DAY: "date",
    },
    "apartment_id",
    ("room_rows",),
    """SELECT a.id, a.unique_number, a.apartment_name, a.prefecture, a.municipality, a.latitude, a.longitude, a.room_count,
        COALESCE(r.room_rows, 0)
    FROM {schema}.apartments a
    LEFT JOIN (SELECT apartment_id, COUNT(*) AS room_rows FROM {schema}.rooms GROUP BY apartment_id) r ON r.apartment_id = a.id
    ORDER BY a.id""",
)

DATASETS = (TENANT_STATUS, ROOM_ASSIGNMENT, PROPERTY)
COORDINATES = "coordinates"  # the reference file of no day, see loader/landing/coordinates.py
