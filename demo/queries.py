"""The built company as SQL reads it: the rows of a day's dump and the lines of a day's file, millions of them in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import duckdb

from demo.dump import Section
from demo.schema import ESCAPES, Column, Table
from loader.sources.daily_file_kinds import PROPERTY, ROOM_ASSIGNMENT, Dataset
from loader.warehouse.duckdb import daily_file

_STATEMENT_BYTES = 1_000_000
_BULK_ROWS = 3_500  # of about 280 bytes: a megabyte
_BULK_BATCH = 40 * _BULK_ROWS
_FILE_ROWS = 1_000_000


_ESCAPED = "x::VARCHAR"
for sign, written in ESCAPES.items():
    _ESCAPED = f"replace({_ESCAPED}, chr({ord(sign)}), '{written.replace(chr(39), chr(39) * 2)}')"
_MACROS = f"""
CREATE OR REPLACE MACRO escaped(x) AS {_ESCAPED};
-- A field of a CSV is quoted only when it must be; NULL is empty.
CREATE OR REPLACE MACRO csv_field(x) AS CASE
  WHEN regexp_matches(x, '[,"\\r\\n]') THEN '"' || replace(x, '"', '""') || '"' ELSE coalesce(x, '') END;
"""


def install(db: duckdb.DuckDBPyConnection) -> None:
    """Create the macros of the queries here."""
    db.execute(_MACROS)


def statements(db: duckdb.DuckDBPyConnection, table: Table, day: date) -> Iterator[tuple[str, int, str]]:
    """The rows of one of the company's own tables in a day's dump: those of each INSERT, of a megabyte at most, with their last id and
    newest `updated_at`."""
    result = db.execute(f"""
        WITH written AS (
          SELECT id, {table.row} AS line, {table.expression("updated_at")} AS stamp
          FROM (SELECT *, DATE '{day}' AS d FROM {table.name}_at(DATE '{day}'))
        ), cut AS (
          SELECT *, sum(strlen(line) + 1) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) // {_STATEMENT_BYTES} AS chunk
          FROM written
        )
        SELECT string_agg(line, ',' ORDER BY id), max(id), max(stamp) FROM cut GROUP BY chunk ORDER BY chunk
    """)
    while row := result.fetchone():
        yield row


def bulk(db: duckdb.DuckDBPyConnection, table: Table, scale: float) -> Section:
    """One of the other tables, in a company of that scale."""
    last = max(1, round((table.rows or 0) * scale)) if table.rows else 0
    return Section(table, last, _bulk(db, table, last))


def _bulk(db: duckdb.DuckDBPyConnection, table: Table, count: int) -> Iterator[str]:
    """The rows of another table, which say the same every day; a batch at a time, for they are most of the dump."""
    for low in range(0, count, _BULK_BATCH):
        high = min(count, low + _BULK_BATCH)
        result = db.execute(f"""
            SELECT string_agg(line, ',' ORDER BY id) FROM (
              SELECT id, {table.row} AS line FROM (
                SELECT i AS id, rnd('{table.name}', i, 4294967296) AS h FROM range({low + 1}, {high + 1}) t(i)))
            GROUP BY (id - 1) // {_BULK_ROWS} ORDER BY (id - 1) // {_BULK_ROWS}
        """)
        while row := result.fetchone():
            yield row[0]


def coordinates(db: duckdb.DuckDBPyConnection, day: date, apartments: Table) -> str:
    """The lines of the reference file of coordinates, without its header: where properties lie, of which the source has wrong ones or none
    as well. A few were never found."""
    texts = ("unique_number", "apartment_name", "full_address", "prefecture", "municipality")
    fields = ", ',', ".join(f"csv_field({apartments.expression(name)})" for name in texts)
    degrees = ", ',', ".join(
        f"w_ward_{axis}(ward)::DECIMAL(9, 6) + {axis}_shift::DECIMAL(12, 0) * 0.000001" for axis in ("lat", "lon")
    )
    (lines,) = db.execute(f"""
        SELECT string_agg(concat(id, ',', {fields}, ',', {degrees}, ',', {apartments.expression("updated_at")}, chr(13), chr(10)), ''
          ORDER BY id)
        FROM (SELECT *, DATE '{day}' AS d FROM apartments_at(DATE '{day}')) WHERE geo >= 8
    """).fetchone() or ("",)
    return lines


def statuses(db: duckdb.DuckDBPyConnection, days: list[date]) -> Iterator[tuple[date, str]]:
    """The lines of each of these days' tenant_status file, without its header; several days a query, the days being in order."""
    (tenants,) = db.execute("SELECT count(*) FROM tenants").fetchone() or (0,)
    step = max(1, _FILE_ROWS // max(1, tenants))
    for start in range(0, len(days), step):
        batch = days[start : start + step]
        yield from db.execute(
            """
            SELECT day, string_agg(concat(id, ',', status, ',', contract_type, ',', csv_field(full_name), ',', day,
              chr(13), chr(10)), '' ORDER BY id)
            FROM tenant_days WHERE day BETWEEN $first AND $last AND day = ANY($batch) GROUP BY day ORDER BY day
            """,
            {"first": batch[0], "last": batch[-1], "batch": batch},
        ).fetchall()


def room_files(db: duckdb.DuckDBPyConnection, day: date, tables: list[Table]) -> Iterator[tuple[Dataset, str]]:
    """A day's files of rooms and properties, as the loader writes them from that day's dump."""
    files = (ROOM_ASSIGNMENT, PROPERTY)
    words = {word for dataset in files for word in re.findall(r"\w+", dataset.query)}
    db.execute("CREATE SCHEMA IF NOT EXISTS dumped")
    for table in tables:
        if any(f"{{schema}}.{table.name} " in dataset.query for dataset in files):
            columns = ", ".join(_landed(column, table) for column in table.columns if column.name in words)
            state = f"(SELECT *, DATE '{day}' AS d FROM {table.name}_at(DATE '{day}'))"
            db.execute(f"CREATE OR REPLACE TABLE dumped.{table.name} AS SELECT {columns} FROM {state}")
    for dataset in files:
        rows = db.execute(dataset.select("dumped", day)).fetchall()
        yield dataset, daily_file.text_of(dataset, rows, day)


def _landed(column: Column, table: Table) -> str:
    """A column as it lands: dates that are none are NULL, and a column that nobody uses holds its default."""
    kind = "VARCHAR" if column.type.startswith(("varchar", "text")) else column.type.split("(")[0].upper()
    kind = column.type if kind == "DECIMAL" else {"DATETIME": "TIMESTAMP"}.get(kind, kind).removesuffix(" UNSIGNED")
    return f"TRY_CAST({column.literal or table.expression(column.name)} AS {kind}) AS {column.name}"
