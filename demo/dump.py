"""Writes one day of the company as mysqldump 8.0 would: DuckDB builds the rows, this module only joins and hashes."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

import duckdb

from demo.schema import Table

HOST, DATABASE = "gghouse-db.internal", "basis"
_STATEMENT_BYTES = 1_000_000
_BULK_ROWS = 3_500  # of about 280 bytes: a megabyte
_BULK_BATCH = 40 * _BULK_ROWS

# As mysql_real_escape_string does it; the backslash first, so that it does not escape the others' backslashes.
MACROS = r"""
CREATE MACRO escaped(x) AS replace(replace(replace(replace(replace(replace(replace(x::VARCHAR,
  '\', '\\'), chr(0), '\0'), chr(10), '\n'), chr(13), '\r'), '''', '\'''), '"', '\"'), chr(26), '\Z');
"""

_HEAD = f"""-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: {HOST}    Database: {DATABASE}
-- ------------------------------------------------------
-- Server version\t8.0.36

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
"""
_STRUCTURE = """
--
-- Table structure for table `{name}`
--

DROP TABLE IF EXISTS `{name}`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
{create}
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `{name}`
--

LOCK TABLES `{name}` WRITE;
/*!40000 ALTER TABLE `{name}` DISABLE KEYS */;
"""
_ROWS_DONE = """/*!40000 ALTER TABLE `{name}` ENABLE KEYS */;
UNLOCK TABLES;
"""
_TAIL = """/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on {day}  5:40:{second:02d}
"""


@dataclass
class Written:
    """What the manifest says of a dump."""

    sha256: str = ""
    size: int = 0
    newest: dict[str, str] = field(default_factory=dict)


def write(
    db: duckdb.DuckDBPyConnection,
    path: Path,
    day: date,
    tables: list[Table],
    *,
    scale: float,
    compress: bool,
    progress: Callable[[str], None],
) -> Written:
    """Write the dump of a day.

    Args:
        db: a built company, with the macros of this module.
        path: the file to write.
        day: the dump's day.
        tables: the tables to write, in their order.
        scale: the size of the tables that are not the company's own.
        compress: write gzip.
        progress: called with each table's name as it begins.

    Returns:
        The file's hash and size, and the newest `updated_at` of each of the company's tables.

    Raises:
        OSError: the file cannot be written.
    """
    written = Written()
    with path.open("wb") as file:
        hashing = _Hashing(file)
        if compress:
            # no name and no time in the header: the same rows are the same bytes
            with gzip.GzipFile("", "wb", 6, hashing, mtime=0) as packed:  # type: ignore[arg-type]
                _write_tables(db, packed, day, tables, scale, progress, written)
        else:
            _write_tables(db, hashing, day, tables, scale, progress, written)
    written.sha256, written.size = hashing.sha.hexdigest(), hashing.size
    return written


class _Hashing:
    """A file that knows the hash and the size of what went through it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.sha, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.sha.update(data)
        self.size += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def _write_tables(
    db: duckdb.DuckDBPyConnection,
    out: gzip.GzipFile | _Hashing,
    day: date,
    tables: list[Table],
    scale: float,
    progress: Callable[[str], None],
    written: Written,
) -> None:
    out.write(_HEAD.encode())
    for table in tables:
        progress(table.name)
        if table.rows is None:
            last, statements = _own_rows(db, table, day, written)
        else:
            last = max(1, round(table.rows * scale)) if table.rows else 0
            statements = _bulk_rows(db, table, last)
        create = table.create(last + 1 if last else None)
        out.write(_STRUCTURE.format(name=table.name, create=create).encode())
        for values in statements:
            out.write(f"INSERT INTO `{table.name}` VALUES ".encode())
            out.write(values.encode())
            out.write(b";\n")
        out.write(_ROWS_DONE.format(name=table.name).encode())
    out.write(_TAIL.format(day=day, second=day.toordinal() % 60).encode())


def _own_rows(db: duckdb.DuckDBPyConnection, table: Table, day: date, written: Written) -> tuple[int, list[str]]:
    """The VALUES of the company's own tables, cut where a statement would outgrow a megabyte."""
    chunks = db.execute(f"""
        WITH written AS (
          SELECT id, {table.row} AS line, {table.expression("updated_at")} AS stamp
          FROM (SELECT *, DATE '{day}' AS d FROM {table.name}_at(DATE '{day}'))
        ), cut AS (
          SELECT *, sum(strlen(line) + 1) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) // {_STATEMENT_BYTES} AS chunk
          FROM written
        )
        SELECT string_agg(line, ',' ORDER BY id), max(id), max(stamp) FROM cut GROUP BY chunk ORDER BY chunk
    """).fetchall()
    written.newest[table.name] = max((stamp for _, _, stamp in chunks), default="")
    return max((last for _, last, _ in chunks), default=0), [values for values, _, _ in chunks]


def _bulk_rows(db: duckdb.DuckDBPyConnection, table: Table, count: int) -> Iterator[str]:
    """The VALUES of the other tables, which say the same every day; a batch at a time, for they are most of the dump."""
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
