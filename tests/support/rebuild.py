"""The measure of an incremental table: the same landing data, built from nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.support import places
from tests.support.places import FILE


def rebuilt(file: Path, folder: Path) -> Path:
    """A warehouse with the landing data of another, planned from nothing in the folder."""
    copy = copy_landing(file, folder)
    with places.duckdb_place(copy).chosen():
        places.plan()
    return copy


def copy_landing(file: Path, folder: Path) -> Path:
    """A warehouse with the landing data of another, in the folder, on which nothing was planned yet."""
    copy = folder / FILE
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"ATTACH '{file}' AS original (READ_ONLY)")
        schemas = connection.execute(
            "SELECT DISTINCT schema_name FROM duckdb_tables() WHERE database_name = 'original' AND schema_name LIKE 'landing%'"
        ).fetchall()
        for (schema,) in schemas:
            connection.execute(f"CREATE SCHEMA {schema}")
            for (table,) in connection.execute(
                f"SELECT table_name FROM duckdb_tables() WHERE database_name = 'original' AND schema_name = '{schema}'"
            ).fetchall():
                connection.execute(f'CREATE TABLE {schema}."{table}" AS FROM original.{schema}."{table}"')
        for (statement,) in connection.execute(
            "SELECT sql FROM duckdb_views() WHERE database_name = 'original' AND schema_name = 'landing'"
        ).fetchall():
            connection.execute(statement.replace("original.", ""))
    return copy


def differences(file: Path, other: Path) -> dict[str, int]:
    """Staging, silver and gold tables and views whose rows are not the same on both sides: name -> rows that differ."""
    found: dict[str, int] = {}
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{file}' AS warehouse (READ_ONLY)")
        names = connection.execute(
            "SELECT schema_name || '.' || view_name FROM duckdb_views() "
            "WHERE database_name = 'warehouse' AND schema_name IN ('staging', 'silver', 'gold')"
        ).fetchall()
        mine = {name: connection.execute(f"FROM warehouse.{name}").fetchall() for (name,) in names}
        connection.execute("DETACH warehouse")
        connection.execute(f"ATTACH '{other}' AS warehouse (READ_ONLY)")
        for (name,) in names:
            theirs = connection.execute(f"FROM warehouse.{name}").fetchall()
            if differing := _count_differing(mine[name], theirs):
                found[name] = differing
    return found


def _count_differing(left: list[tuple], right: list[tuple]) -> int:
    from collections import Counter

    ours, others = Counter(left), Counter(right)
    return sum((ours - others).values()) + sum((others - ours).values())
