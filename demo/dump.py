"""The writer of dumps: tables and their rows as mysqldump 8.0 writes them, whoever made the rows up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from demo import schema
from demo.rows import Rows

HOST, DATABASE = "gghouse-db.internal", "basis"

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
"""
_OPENING = """
--
-- Dumping data for table `{name}`
--

LOCK TABLES `{name}` WRITE;
/*!40000 ALTER TABLE `{name}` DISABLE KEYS */;
"""
_CLOSING = """/*!40000 ALTER TABLE `{name}` ENABLE KEYS */;
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

-- Dump completed
"""
_UNDATED = re.compile(rb"(?m)^-- Dump completed$")


@dataclass(frozen=True)
class Section:
    """A table in a dump."""

    table: schema.Table
    last: int  # its highest id, 0 where it has no rows
    statements: Iterable[str]  # the rows of each INSERT, as they stand behind VALUES


def write(sections: Iterable[Section], day: date | None) -> Iterator[bytes]:
    """A dump in pieces; without a day its closing line says no time, as of --skip-dump-date."""
    yield _HEAD.encode()
    for section in sections:
        name = section.table.name
        yield _STRUCTURE.format(
            name=name, create=section.table.create(section.last + 1 if section.last else None)
        ).encode()
        yield _OPENING.format(name=name).encode()
        for values in section.statements:
            yield f"INSERT INTO `{name}` VALUES ".encode()
            yield values.encode()
            yield b";\n"
        yield _CLOSING.format(name=name).encode()
    yield dated(_TAIL.encode(), day) if day else _TAIL.encode()


def dump_sql(tables: Mapping[str, Rows], day: date | None = None) -> bytes:
    """A dump of a company that is rows. Its tables have the columns that models read.

    Args:
        tables: name -> rows with the columns that matter; the rest gets its defaults.
        day: of its closing line; None for one that says no time.

    Returns:
        Its bytes.

    Raises:
        ValueError: a row names a column that there is not, or lacks one that has no default.
    """
    return b"".join(write((_section(name, rows) for name, rows in tables.items()), day))


def _section(name: str, rows: Rows) -> Section:
    table = schema.narrow()[name]
    statements = [",".join(table.values(row) for row in rows)] if rows else []
    return Section(table, max((row["id"] for row in rows), default=0), statements)


def rows_section(name: str, inserts: str) -> str:
    """What mysqldump writes around the INSERTs of a table."""
    return _OPENING.format(name=name) + inserts + _CLOSING.format(name=name)


def dated(body: bytes, day: date) -> bytes:
    """A dump whose closing line says a time of that day, if it said none."""
    return _UNDATED.sub(f"-- Dump completed on {day}  5:40:00".encode(), body)
