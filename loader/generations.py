"""Landed dumps: each in a schema of its own, shown by the views in `landing`. See docs/decisions/0001."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb

from loader import ledger
from loader.dump_report import DumpReport
from loader.warehouse import OWN_TABLES, quoted


@dataclass(frozen=True)
class Generation:
    """A schema that one dump lands in."""

    load_id: int
    schema: str
    day: dt.date


def live_day(connection: duckdb.DuckDBPyConnection) -> dt.date | None:
    """The business day of the dump that `landing` shows, None before the first."""
    row = connection.execute("SELECT business_date FROM landing.generations WHERE state = 'live'").fetchone()
    return row[0] if row else None


def begin(connection: duckdb.DuckDBPyConnection, day: dt.date) -> Generation:
    """An empty schema for a dump, on record before it exists so that a killed load can be cleaned up after."""
    load_id = ledger.next_load_id(connection)
    generation = Generation(load_id, f"landing_g{load_id}", day)
    connection.execute("INSERT INTO landing.generations VALUES (?, ?, ?, 'loading')", [load_id, generation.schema, day])
    connection.execute(f"CREATE SCHEMA {quoted(generation.schema)}")
    return generation


def publish(
    connection: duckdb.DuckDBPyConnection, generation: Generation, report: DumpReport, entry: ledger.Entry
) -> None:
    """Shows a landed generation in place of the live one and writes the ledger, in one transaction."""
    connection.execute("BEGIN")
    shown = connection.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'landing' AND NOT internal")
    for (name,) in shown.fetchall():
        if name not in report.tables:
            connection.execute(f"DROP VIEW landing.{quoted(name)}")
    for name in report.tables:
        connection.execute(
            f"CREATE OR REPLACE VIEW landing.{quoted(name)} AS SELECT * FROM {quoted(generation.schema)}.{quoted(name)}"
        )
    connection.execute("UPDATE landing.generations SET state = 'replaced' WHERE state = 'live'")
    connection.execute("UPDATE landing.generations SET state = 'live' WHERE load_id = ?", [generation.load_id])
    ledger.record_report(connection, generation.load_id, report)
    ledger.record(connection, generation.load_id, entry)
    connection.execute("COMMIT")


def drop_unused(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Drops the schemas that the record calls replaced, or loading: their load is dead, for only one can hold the file.

    Returns:
        Names of the schemas dropped.
    """
    unused = connection.execute(
        "SELECT load_id, schema_name FROM landing.generations WHERE state <> 'live' ORDER BY load_id"
    ).fetchall()
    for load_id, schema in unused:
        connection.execute(f"DROP SCHEMA IF EXISTS {quoted(schema)} CASCADE")
        connection.execute("DELETE FROM landing.generations WHERE load_id = ?", [load_id])
    return [schema for _, schema in unused]


RESERVED = frozenset(OWN_TABLES)
