"""The CREATE TABLE that a dumped table gets in DuckDB, and whether its rows repeat its primary key."""

import duckdb

from loader.mysqldump.ddl.create_table import Table
from loader.mysqldump.ddl.primary_key import KeyPart
from loader.warehouse.duckdb.sql import quote


def create_sql(table: Table, place: str) -> str:
    columns = ", ".join(f"{quote(column.name)} {column.type}" for column in table.columns)
    return f"CREATE TABLE {place} ({columns})"


def repeats(cursor: duckdb.DuckDBPyConnection, table: Table, place: str) -> int:
    """How many rows have the primary key of another row; a row whose key is not whole (a zero date, a generated column) has none."""
    if not table.key:
        return 0
    kinds = {column.name: column.kind for column in table.columns}
    values = [_value(part, kinds[part.name]) for part in table.key]
    key = f"({', '.join(values)})"
    rows = f"{place} WHERE " + " AND ".join(f"{quote(part.name)} IS NOT NULL" for part in table.key)
    # Rows in the order of their key, as InnoDB gives them, need no more than a look at the row before.
    before = f"SELECT {key} AS this, lag({key}) OVER () AS before FROM {rows}"
    if not cursor.execute(f"SELECT 1 FROM ({before}) WHERE this <= before LIMIT 1").fetchone():
        return 0
    # A hash of 64 bits tells all keys apart, but for a chance; only then, or where some are repeated, is it worth to be exact.
    digests = [
        f"md5_number({value})" if kinds[part.name] in ("text", "binary") else value
        for part, value in zip(table.key, values, strict=True)
    ]
    found = 0
    for different in (f"hash{key}", f"({', '.join(digests)})"):
        (found,) = cursor.execute(f"SELECT count(*) - count(DISTINCT {different}) FROM {rows}").fetchone()
        if not found:
            break
    return found


def _value(part: KeyPart, kind: str) -> str:
    name = quote(part.name)
    if part.length is None:
        return name
    return f"{name}[1:{part.length}]" if kind == "binary" else f"left({name}, {part.length})"
