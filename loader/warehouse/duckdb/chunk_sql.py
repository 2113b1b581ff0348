"""A chunk file and DuckDB: the statement that lands it, and what is wrong with it when DuckDB refuses it."""

from collections import Counter
from collections.abc import Collection

import duckdb

from loader.mysqldump.ddl.create_table import DATE_KINDS, Column
from loader.mysqldump.errors import Defect
from loader.mysqldump.rows import dates
from loader.mysqldump.rows.chunks import Chunk, not_utf8
from loader.warehouse.duckdb.sql import quote, string
from loader.warehouse.dump_writer import Reasons, bad_rows, no_date, unfit

_DUCKDB_LINE = 2 << 20  # bytes, the reader's own default for the longest line


def _read_csv(chunk: Chunk, types: list[str]) -> str:
    """The reader call, with the columns c0, c1, ... of the given types."""
    columns = ", ".join(f"'c{at}': '{kind}'" for at, kind in enumerate(types))
    # One buffer for the whole file: over a buffer's end the reader loses its way in strings that hold newlines, and its own choice,
    # 16 times the longest line, is more than the memory it may have.
    return (
        f"read_csv({string(str(chunk.path))}, columns = {{{columns}}}, auto_detect = false, header = false,"
        " delim = ',', quote = '''', escape = '''', new_line = '\\n', nullstr = 'NULL', allow_quoted_nulls = false,"
        f" comment = '', strict_mode = true, max_line_size = {max(_DUCKDB_LINE, chunk.longest)},"
        f" buffer_size = {max(16 * _DUCKDB_LINE, chunk.size + 1)})"
    )


def _read_type(column: Column) -> str:
    """The type the CSV reader gives a column; the rest is converted in the SELECT."""
    return column.type if column.kind in ("integer", "decimal", "float", "text") else "VARCHAR"


def _expression(column: Column, text: str) -> str:
    """What lands in a column, from the SQL expression of its text in the CSV."""
    if column.kind in DATE_KINDS:
        return dates.landed(text, column.kind)
    if column.kind == "binary":
        return f"unhex({text})"
    if column.kind == "decimal" and column.type == "VARCHAR":  # too wide for DuckDB, so no reader checks its digits
        return f"CASE WHEN {_no_decimal(text)} THEN error('') ELSE {text} END"
    if column.kind == "float":  # the reader makes infinity of 1e400
        return f"CASE WHEN isinf({text}) THEN error('') ELSE {text} END"
    return text


def _no_decimal(text: str) -> str:
    return f"NOT regexp_full_match({text}, '-?(\\d+\\.?\\d*|\\.\\d+)')"


def _default(column: Column) -> str:
    """A DEFAULT literal as the text that `_expression` takes."""
    text = column.default.encode().hex() if column.kind == "binary" else column.default
    return _expression(column, f"CAST({string(text)} AS {_read_type(column)})")


def insert_sql(chunk: Chunk, table: str) -> str:
    target = chunk.target
    values = [_expression(column, f"c{at}") for at, column in enumerate(target.columns)]
    values += [_default(column) for column in target.absent]
    names = ", ".join(quote(column.name) for column in (*target.columns, *target.absent))
    source = _read_csv(chunk, [_read_type(column) for column in target.columns])
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {source}"


def count_reasons(cursor: duckdb.DuckDBPyConnection, chunk: Chunk, columns: Collection[str]) -> Reasons:
    """Count the dates of some columns in a chunk's file that became NULL, by column name and reason."""
    reasons: Reasons = Counter()
    named = [at for at in chunk.date_places if chunk.target.columns[at].name in columns]
    if not named:
        return reasons
    source = _read_csv(chunk, ["VARCHAR"] * len(chunk.target.columns))
    of_kind = {kind: [str(at) for at in named if chunk.target.columns[at].kind == kind] for kind in DATE_KINDS}
    whys = (
        f"WHEN place IN ({', '.join(places)}) THEN {dates.reason('text', kind)}"
        for kind, places in of_kind.items()
        if places
    )
    # All columns under one another: one expression for all, for DuckDB takes seconds and gigabytes for a thousand.
    texts = ", ".join(f"c{at}" for at in named)
    found = cursor.execute(
        f"""SELECT place, why, count(*), min(number) FROM (
              SELECT number, place, CASE {" ".join(whys)} END AS why FROM (
                SELECT number, unnest({named}) AS place, unnest([{texts}]) AS text
                FROM (SELECT *, row_number() OVER () AS number FROM {source})))
            WHERE why IS NOT NULL GROUP BY ALL ORDER BY place"""
    ).fetchall()
    for at, why, count, number in found:
        column = chunk.target.columns[at]
        if why == "no_date":
            raise no_date(chunk, column, number - 1)
        reasons[column.name, why] += count
    return reasons


def first_bad_row(cursor: duckdb.DuckDBPyConnection, chunk: Chunk) -> Defect:
    """Why DuckDB refused a chunk, found in the file without telling a value."""
    if row := not_utf8(chunk):
        return Defect("text that is not UTF-8", table=chunk.target.table.name, row=row)
    try:
        for at, column in enumerate(chunk.target.columns):
            if column.kind in ("integer", "decimal", "float") and (first := _first_unfit(cursor, chunk, at)):
                return unfit(chunk, column, first - 1)
    except (duckdb.ConversionException, duckdb.InvalidInputException):
        pass  # not even text can be read
    return bad_rows(chunk)


def _first_unfit(cursor: duckdb.DuckDBPyConnection, chunk: Chunk, at: int) -> int | None:
    """Number within the chunk of the first row whose number at place `at` the column's type cannot hold."""
    kind = chunk.target.columns[at].type
    misfit = _no_decimal("text") if kind == "VARCHAR" else f"TRY(CAST(text AS {kind})) IS NULL"
    if kind in ("FLOAT", "DOUBLE"):
        misfit = f"({misfit} OR isinf(TRY(CAST(text AS {kind}))))"
    source = _read_csv(chunk, ["VARCHAR"] * len(chunk.target.columns))
    return cursor.execute(
        f"SELECT min(number) FROM (SELECT c{at} AS text, row_number() OVER () AS number FROM {source})"
        f" WHERE text IS NOT NULL AND {misfit}"
    ).fetchone()[0]
