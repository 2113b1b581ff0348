"""One daily file: written as standard CSV, and read strictly, by DuckDB on every engine, so that the same file is refused for the same
reason."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from loader.errors import DumpRejectedError
from loader.file_kinds import BOM, BROKEN, CODED, HEAD_BYTES, OTHER, PACKED, kind_of
from loader.sources import csv_file
from loader.sources.daily_file_kinds import DAY, PLACES, SQL_TYPES, TEXT_LENGTH, Dataset
from loader.warehouse.duckdb.sql import string

# Whole numbers are read as DOUBLE because a BIGINT would round: 1.5 to 2. Others as text, for what they must look like: DuckDB takes
# "epoch" for a date, and a number with any digits behind those that it keeps.
_EXACT = 2**53  # a DOUBLE holds every whole number up to this
_FORMS = {
    "decimal": rf"-?[0-9]{{1,12}}(\.[0-9]{{1,{PLACES}}})?",
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "timestamp": "[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3])(:[0-5][0-9]){2}",
}

_WAYS = {
    PACKED: "put it there unpacked, as CSV UTF-8",
    CODED: "save it as CSV UTF-8",
    BROKEN: "look at how it was made and sent, and get it again",
    OTHER: "save it as CSV UTF-8",
}


def text_of(dataset: Dataset, rows: Sequence[tuple], day: dt.date) -> str:
    """A file's text, from rows without the day."""
    kinds = list(dataset.columns.values())[:-1]
    columns = [_written(kind, values) for kind, values in zip(kinds, zip(*rows, strict=True), strict=bool(rows))]
    return csv_file.text_of(dataset.columns, zip(*columns, itertools.repeat(str(day), len(rows)), strict=True))


def _written(kind: str, values: Sequence[Any]) -> list[Any]:
    """A column's values, as CSV writes them: kind by kind, for a function a value takes longer than all the rest."""
    if kind == "text":
        return [None if value is None else str(value)[:TEXT_LENGTH] for value in values]
    if kind == "integer":
        return [f"{value:f}" if isinstance(value, Decimal) else value for value in values]
    if kind == "decimal":
        return [None if value is None else _decimal(value) for value in values]
    if kind == "date":
        return [value.date() if isinstance(value, dt.datetime) else value for value in values]
    return [value.replace(microsecond=0) if isinstance(value, dt.datetime) else value for value in values]


def _decimal(value: Any) -> str:
    number = Decimal(str(value))  # str() alone would write 0E-8
    return f"{number:.{PLACES}f}" if number.as_tuple().exponent < -PLACES else f"{number:f}"


@contextmanager
def checked(dataset: Dataset, path: Path, day: dt.date, key: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, int]]:
    """As `insert`, into table `file` of a database of its own: the database, and how many rows. For engines that take the rows from there."""
    with duckdb.connect() as reader:
        reader.execute("SET threads = 1")
        reader.execute(f"CREATE TABLE file ({dataset.ddl})")
        yield reader, insert(reader, dataset, "file", path, day, key)


def write_csv(reader: duckdb.DuckDBPyConnection, dataset: Dataset, file: Path, null: str) -> None:
    """Writes the rows of table `file` in the columns' order, texts in quotes, for a server to load."""
    texts = ", ".join(name for name, kind in dataset.columns.items() if kind == "text")
    reader.execute(
        f"COPY (SELECT {', '.join(dataset.columns)} FROM file ORDER BY {dataset.key}) TO '{file}' (FORMAT csv, HEADER false, DELIMITER ',', "
        f"QUOTE '\"', ESCAPE '\"', NULLSTR '{null}', FORCE_QUOTE ({texts}), TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S')"
    )


def insert(cursor: duckdb.DuckDBPyConnection, dataset: Dataset, table: str, path: Path, day: dt.date, key: str) -> int:
    """As Warehouse.insert_daily_file, into a DuckDB table. Its messages hold no value of a row."""
    columns = _columns(dataset, path, key)
    read_as = {name: "DOUBLE" if dataset.columns[name] == "integer" else "VARCHAR" for name in columns} | {DAY: "DATE"}
    spec = ", ".join(f"'{name}': '{read_as[name]}'" for name in columns)
    values = ", ".join(_value(name, kind) for name, kind in dataset.columns.items())
    try:
        (rows,) = cursor.execute(
            f"""INSERT INTO {table} SELECT {values} FROM read_csv(
                {string(str(path))}, columns={{{spec}}}, header=true, auto_detect=false, delim=',', quote='"', escape='"',
                dateformat='%Y-%m-%d', strict_mode=true)"""
        ).fetchone()
    except duckdb.ConstraintException:
        names = f"{', '.join((dataset.key, *dataset.filled))} or {DAY}"
        raise DumpRejectedError(f"daily file {key}: a row lacks {names}; the file was not loaded") from None
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        # DuckDB's message quotes the line, and a line can hold a name.
        where = re.search(r"(?i)line:? (\d+)", str(error))
        place = f", line {where[1]}" if where else ""
        raise DumpRejectedError(
            f"daily file {key}{place}: not a row of {', '.join(columns)}; the file was not loaded"
        ) from None
    of_day, different = cursor.execute(
        f"SELECT COUNT(*), COUNT(DISTINCT {dataset.key}) FROM {table} WHERE {DAY} = DATE '{day}'"
    ).fetchone()
    problem = (
        "it has no rows"
        if rows == 0
        else f"{rows - of_day} of its rows are of another day than {day}"
        if of_day != rows
        else f"{rows - different} rows repeat a {dataset.key.removesuffix('_id')}"
        if different < rows
        else None
    )
    if problem:
        raise DumpRejectedError(f"daily file {key}: {problem}; the file was not loaded")
    return rows


def _value(name: str, kind: str) -> str:
    if name == DAY:
        return name  # compared with the day, so nothing odd can pass
    if kind == "integer":
        return _sound(name, f"{name} = trunc({name}) AND abs({name}) < {_EXACT}", SQL_TYPES[kind])
    if kind == "text":
        return _sound(name, f"length({name}) <= {TEXT_LENGTH}", "VARCHAR")
    return _sound(name, f"regexp_full_match({name}, '{_FORMS[kind]}')", SQL_TYPES[kind])


def _sound(name: str, condition: str, sql_type: str) -> str:
    return f"CAST(CASE WHEN {condition} THEN {name} WHEN {name} IS NOT NULL THEN error('') END AS {sql_type})"


def _columns(dataset: Dataset, path: Path, key: str) -> list[str]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if kind := kind_of(head):
        raise DumpRejectedError(
            f"daily file {key}: it is {kind.what}, not a CSV file in UTF-8: {_WAYS[kind.family]}; the file was not loaded"
        )
    # Excel writes a BOM; DuckDB passes over it as well.
    columns = head.removeprefix(BOM).split(b"\n", 1)[0].rstrip(b"\r").decode("utf-8", "replace").split(",")
    if sorted(columns) != sorted(dataset.columns):
        raise DumpRejectedError(
            f"daily file {key}: the first line must name {', '.join(dataset.columns)}; the file was not loaded"
        )
    return columns
