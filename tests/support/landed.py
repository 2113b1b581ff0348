"""Landing a few bytes of a dump in a database of their own, and reading them back."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from loader.mysqldump.dump_summary import DumpSummary
from loader.mysqldump.reader import land_dump
from loader.warehouse.duckdb.writer import DuckDBDumpWriter
from loader.warehouse.mysql.writer import MySQLDumpWriter
from tests.support.servers import MySQLServer

REAL_DUMPS = Path(__file__).with_name("real_mysqldump")
NAME = "gghouse_20260210.sql"
SCHEMA = "dump_writer"


class Landed:
    """A dump landed in DuckDB.

    Attributes:
        report: what landing it found.
        tables: table -> its rows as landed.
        types: table -> column -> DuckDB type.
    """

    def __init__(self, body: bytes, scratch: Path, name: str = NAME) -> None:
        self.tables: dict[str, list[tuple[Any, ...]]] = {}
        self.types: dict[str, dict[str, str]] = {}
        with duckdb.connect() as connection:
            connection.execute("CREATE SCHEMA generation")
            self.report = _land(partial(DuckDBDumpWriter, connection, "generation"), body, scratch, name)
            for table in self.report.tables:
                quoted = '"' + table.replace('"', '""') + '"'
                cursor = connection.execute(f"SELECT * FROM generation.{quoted}")
                self.types[table] = {column[0]: str(column[1]) for column in cursor.description}
                self.tables[table] = cursor.fetchall()


class MySQLLanded:
    """A dump landed in MySQL or MariaDB, its values as DuckDB has them.

    Attributes:
        report: what landing it found.
        tables: table -> its rows as landed.
        types: table -> column -> MySQL type.
    """

    def __init__(self, server: MySQLServer, body: bytes, scratch: Path) -> None:
        self.tables: dict[str, list[tuple[Any, ...]]] = {}
        self.types: dict[str, dict[str, str]] = {}
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {SCHEMA}")
            cursor.execute(f"CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
            try:
                landing = partial(MySQLDumpWriter, partial(server.connect, local_infile=True), SCHEMA)
                self.report = _land(landing, body, scratch, NAME)
                for table in self.report.tables:
                    self._read(cursor, table)
            finally:
                cursor.execute(f"DROP DATABASE {SCHEMA}")

    def _read(self, cursor: Any, table: str) -> None:
        cursor.execute(
            "SELECT column_name, column_type, data_type, numeric_precision FROM information_schema.columns"
            f" WHERE table_schema = '{SCHEMA}' AND table_name = %s ORDER BY ordinal_position",
            (table,),
        )
        columns = cursor.fetchall()
        self.types[table] = {name: type_ for name, type_, _, _ in columns}
        names = ["`" + name.replace("`", "``") + "`" for name, *_ in columns]
        # As text a FLOAT is rounded to six digits.
        values = [
            f"{name} + 0e0" if kind == "float" else name for name, (_, _, kind, _) in zip(names, columns, strict=True)
        ]
        quoted = "`" + table.replace("`", "``") + "`"
        cursor.execute(f"SELECT {', '.join(values)} FROM {SCHEMA}.{quoted}")
        wide = [kind == "decimal" and precision > 38 for _, _, kind, precision in columns]  # a VARCHAR in DuckDB
        self.tables[table] = [
            tuple(format(value, "f") if wide[at] and value is not None else value for at, value in enumerate(row))
            for row in cursor.fetchall()
        ]


def _land(open_landing: Any, body: bytes, scratch: Path, name: str) -> DumpSummary:
    try:
        return land_dump(open_landing, io.BytesIO(body), name, scratch=scratch)
    finally:
        assert list(scratch.iterdir()) == [], "scratch must be left as it was found"
