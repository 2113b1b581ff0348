"""The load ledger: what has landed. A row is written in the same transaction as the data it speaks of, as its last statement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb

from loader.dump_report import DumpReport

DUMP = "dump"
SNAPSHOT = "snapshot"


@dataclass(frozen=True)
class Entry:
    """One landed dump or snapshot.

    Attributes:
        dataset: DUMP or SNAPSHOT.
        business_date: its day (JST).
        object_key: where it came from in the bucket.
        row_count: rows landed.
        size_bytes: bytes of the file, as stored.
        sha256: lower-case hex digest of those bytes.
        seconds: wall seconds that landing it took.
    """

    dataset: str
    business_date: dt.date
    object_key: str
    row_count: int
    size_bytes: int
    sha256: str
    seconds: float


def next_load_id(connection: duckdb.DuckDBPyConnection) -> int:
    """A number no load has used, a dead one included."""
    (newest,) = connection.execute(
        "SELECT MAX(load_id) FROM (SELECT load_id FROM landing.load_ledger UNION ALL SELECT load_id FROM landing.generations)"
    ).fetchone()
    return (newest or 0) + 1


def newest(connection: duckdb.DuckDBPyConnection, dataset: str) -> dt.date | None:
    """The newest landed day of a dataset, None where nothing has landed."""
    (day,) = connection.execute(
        "SELECT MAX(business_date) FROM landing.load_ledger WHERE dataset = ?", [dataset]
    ).fetchone()
    return day


def days(connection: duckdb.DuckDBPyConnection, dataset: str) -> set[dt.date]:
    """All landed days of a dataset."""
    rows = connection.execute("SELECT business_date FROM landing.load_ledger WHERE dataset = ?", [dataset])
    return {day for (day,) in rows.fetchall()}


def record(connection: duckdb.DuckDBPyConnection, load_id: int, entry: Entry) -> None:
    """Writes an entry, within the transaction that landed its rows."""
    finished_at = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None, microsecond=0)
    connection.execute(
        "INSERT INTO landing.load_ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            load_id,
            entry.dataset,
            entry.business_date,
            entry.object_key,
            entry.row_count,
            entry.size_bytes,
            entry.sha256,
            entry.seconds,
            finished_at,
        ],
    )


def record_report(connection: duckdb.DuckDBPyConnection, load_id: int, report: DumpReport) -> None:
    """Keeps the load report: rows by table, nulled values by column and reason."""
    tables = [(load_id, name, table.rows_in_dump, table.rows_landed) for name, table in report.tables.items()]
    nulled = [
        (load_id, name, column, reason, count)
        for name, table in report.tables.items()
        for (column, reason), count in table.nulled.items()
    ]
    if tables:
        connection.executemany("INSERT INTO landing.load_tables VALUES (?, ?, ?, ?)", tables)
    if nulled:
        connection.executemany("INSERT INTO landing.load_nulled VALUES (?, ?, ?, ?, ?)", nulled)
