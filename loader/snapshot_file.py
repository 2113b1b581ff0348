"""One snapshot file: read strictly, by DuckDB on every engine, so that the same file is refused for the same reason."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb

from loader.errors import DumpRejectedError

HEADER = ("tenant_id", "status", "contract_type", "full_name", "snapshot_date")
# Numbers are read as DOUBLE because a BIGINT would round: 1.5 to 2.
_TYPES = dict(zip(HEADER, ("DOUBLE", "DOUBLE", "DOUBLE", "VARCHAR", "DATE"), strict=True))
_EXACT = 2**53  # a DOUBLE holds every whole number up to this


def insert(cursor: duckdb.DuckDBPyConnection, table: str, path: Path, day: dt.date, key: str) -> int:
    """Puts a file's rows into a DuckDB table and checks them there.

    Args:
        cursor: where the table is; the caller rolls back on an error.
        table: a table of HEADER's columns, all but full_name NOT NULL.
        path: the file.
        day: business day that every row must have.
        key: the file's name, for messages.

    Returns:
        Rows inserted.

    Raises:
        DumpRejectedError: the file is not what it must be; the message holds no value of a row.
    """
    columns = _columns(path, key)
    spec = ", ".join(f"'{name}': '{_TYPES[name]}'" for name in columns)
    try:
        (rows,) = cursor.execute(
            f"""INSERT INTO {table} SELECT {", ".join(map(_value, HEADER))} FROM read_csv(
                ?, columns={{{spec}}}, header=true, auto_detect=false, delim=',', quote='"', escape='"',
                dateformat='%Y-%m-%d', strict_mode=true)""",
            [str(path)],
        ).fetchone()
    except duckdb.ConstraintException:
        problem = "a row lacks tenant_id, status, contract_type or snapshot_date"
        raise DumpRejectedError(f"snapshot {key}: {problem}; the file was not loaded") from None
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        # DuckDB's message quotes the line, and a line holds a name.
        where = re.search(r"(?i)line:? (\d+)", str(error))
        place = f", line {where[1]}" if where else ""
        raise DumpRejectedError(
            f"snapshot {key}{place}: not a row of {', '.join(columns)}; the file was not loaded"
        ) from None
    of_day, tenants = cursor.execute(
        f"SELECT COUNT(*), COUNT(DISTINCT tenant_id) FROM {table} WHERE snapshot_date = ?", [day]
    ).fetchone()
    problem = (
        "it has no rows"
        if rows == 0
        else f"{rows - of_day} of its rows are of another day than {day}"
        if of_day != rows
        else f"{rows - tenants} rows repeat a tenant"
        if tenants < rows
        else None
    )
    if problem:
        raise DumpRejectedError(f"snapshot {key}: {problem}; the file was not loaded")
    return rows


def _value(name: str) -> str:
    if _TYPES[name] != "DOUBLE":
        return name
    whole = f"{name} = trunc({name}) AND abs({name}) < {_EXACT}"
    return f"CAST(CASE WHEN {whole} THEN {name} WHEN {name} IS NOT NULL THEN error('') END AS BIGINT)"


def _columns(path: Path, key: str) -> list[str]:
    with path.open("rb") as file:
        columns = file.readline().rstrip(b"\r\n").decode("utf-8", "replace").split(",")
    if sorted(columns) != sorted(HEADER):
        raise DumpRejectedError(
            f"snapshot {key}: the first line must name {', '.join(HEADER)}; the file was not loaded"
        )
    return columns
