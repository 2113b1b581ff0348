"""A bucket of small dumps, written by hand in mysqldump's manner: for tests of choosing, loading and swapping."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from tests.support.landing import TABLES, Rows

_MYSQL_TYPES = {"BIGINT": "int unsigned", "TIMESTAMP": "datetime", "VARCHAR": "varchar(255)"}


def dump_sql(tables: dict[str, Rows], headings: bool = False) -> bytes:
    """A dump of these tables, with the trailer of a complete one, which `put_dump` dates; with the client's headings if asked for."""
    parts = ["-- MySQL dump 10.13\n", "/*!40101 SET NAMES utf8mb4 */;\n"]
    for name, rows in tables.items():
        columns = _columns(name)
        body = ",\n".join(
            f"  `{column}` {_MYSQL_TYPES.get(kind, kind.lower())} DEFAULT NULL" for column, kind in columns
        )
        parts.append(f"DROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}` (\n{body}\n) ENGINE=InnoDB;\n")
        if rows:
            values = ",".join(f"({','.join(_literal(row.get(column)) for column, _ in columns)})" for row in rows)
            values = f"INSERT INTO `{name}` VALUES {values};\n"
        parts.append(
            (f"-- Dumping data for table `{name}`\n" if headings else "") + rows_section(name, values if rows else "")
        )
    parts.append("-- Dump completed\n")
    return "".join(parts).encode()


def rows_section(table: str, inserts: str) -> str:
    """What mysqldump writes around a table's rows."""
    disable, enable = (f"/*!40000 ALTER TABLE `{table}` {what} KEYS */;\n" for what in ("DISABLE", "ENABLE"))
    return f"LOCK TABLES `{table}` WRITE;\n{disable}{inserts}{enable}UNLOCK TABLES;\n"


def put_dump(bucket: Path, day: dt.date, tables: dict[str, Rows] | bytes, zipped: bool = False, **changes: Any) -> Path:
    """Writes a dump, its closing line dated if it has no date, and its manifest; `changes` replace fields of the manifest.

    Returns:
        The dump's path.
    """
    body = tables if isinstance(tables, bytes) else dump_sql(tables)
    body = re.sub(rb"(?m)^-- Dump completed$", f"-- Dump completed on {day}  5:40:00".encode(), body)
    body = gzip.compress(body) if zipped else body
    key = f"dumps/gghouse_{day:%Y%m%d}.sql{'.gz' if zipped else ''}"
    manifest = {
        "run_id": f"{day:%Y%m%d}-1",
        "dump_date": f"{day:%Y%m%d}",
        "dump_key": key,
        "dump_sha256": hashlib.sha256(body).hexdigest(),
        "dump_size_bytes": len(body),
        "generated_at": f"{day}T05:45:00+09:00",
        "source_host": "gghouse-db.internal",
        "source_database": "basis",
        "max_updated_at_by_table": dict.fromkeys(TABLES, f"{day}T05:00:00+09:00"),
        "source_valid": True,
        "valid_for_etl": True,
    } | changes
    path = bucket / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    vouched = bucket / f"dumps-manifest/gghouse_{day:%Y%m%d}.json"
    vouched.parent.mkdir(exist_ok=True)
    vouched.write_text(json.dumps(manifest))
    return path


def put_snapshot(bucket: Path, day: dt.date, body: str, kind: str = "tenant_status") -> Path:
    """Writes a daily file with these bytes."""
    path = bucket / f"snapshots/{kind}/{day:%Y%m%d}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode())
    return path


def _columns(name: str) -> list[tuple[str, str]]:
    return re.findall(r"(\w+) (\w+(?:\(\d+, \d+\))?)", TABLES[name])


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"
