"""Spark's side of a dump that lands: DuckDB's writer, into the scratch file. See docs/decisions/0039."""

import re

from loader.mysqldump.ddl.create_table import Table
from loader.mysqldump.errors import Defect
from loader.warehouse.duckdb.writer import DuckDBDumpWriter


class SparkDumpWriter(DuckDBDumpWriter):
    """Land rows in the scratch file, in tables that the catalog can hold. See loader.mysqldump.writer.DumpWriter."""

    def create(self, table: Table) -> None:
        if not re.fullmatch(r"\w+", table.name, re.ASCII):
            raise Defect("Spark's catalog takes names of letters, digits and _ alone", table=table.name)
        super().create(table)
