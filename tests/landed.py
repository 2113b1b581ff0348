"""Landing a few bytes of a dump in a database of their own, and reading them back."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import duckdb

from loader.dump import land_dump
from loader.dump_report import DumpReport


class Landed:
    """A landed dump.

    Attributes:
        report: what landing it found.
        tables: table -> its rows as landed.
        types: table -> column -> DuckDB type.
    """

    def __init__(self, body: bytes, scratch: Path, gzipped: bool = False, name: str = "gghouse_20260210.sql") -> None:
        self.tables: dict[str, list[tuple[Any, ...]]] = {}
        self.types: dict[str, dict[str, str]] = {}
        with duckdb.connect() as connection:
            connection.execute("CREATE SCHEMA generation")
            try:
                self.report: DumpReport = land_dump(
                    connection, "generation", io.BytesIO(body), name, gzipped=gzipped, scratch=scratch
                )
            finally:
                assert list(scratch.iterdir()) == [], "scratch must be left as it was found"
            for table in self.report.tables:
                quoted = '"' + table.replace('"', '""') + '"'
                cursor = connection.execute(f"SELECT * FROM generation.{quoted}")
                self.types[table] = {column[0]: str(column[1]) for column in cursor.description}
                self.tables[table] = cursor.fetchall()
