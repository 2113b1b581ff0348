"""Dumps written by real mysqldumps (MariaDB 10.11, MySQL 9.7; neither is Aurora) land value for value, whatever the options."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import struct
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.landed import REAL_DUMPS, Landed

DUMPS = sorted(path for path in REAL_DUMPS.glob("*/*.sql"))
# MySQL's mysqldump leaves the values of generated columns out (MariaDB's writes them): they land as NULL.
LEFT_OUT = {("mysql", "computed"): ("doubled", "joined")}


def landed_as(kind: str, text: str | None) -> Any:
    """The server's text of a value as the loader must land it; None where no such date exists."""
    if text is None:
        return None
    if kind == "BIGINT":
        return int(text)
    if kind.startswith("DECIMAL"):
        return Decimal(text)
    if kind == "DOUBLE":
        return float(text)
    if kind == "FLOAT":
        return struct.unpack("f", struct.pack("f", float(text)))[0]
    if kind == "BLOB":
        return bytes.fromhex(text)
    if kind in ("DATE", "TIMESTAMP"):
        try:
            return dt.date.fromisoformat(text) if kind == "DATE" else dt.datetime.fromisoformat(text)
        except ValueError:
            return None
    return text


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("gzipped", [False, True], ids=["plain", "gz"])
def test_every_value_lands_as_the_server_has_it(path: Path, gzipped: bool, tmp_path: Path) -> None:
    body = path.read_bytes()
    found = Landed(gzip.compress(body) if gzipped else body, tmp_path)
    expected = json.loads((path.parent / "expected.json").read_text())
    expected.pop("version")
    assert set(found.tables) == set(expected)
    for table, wanted in expected.items():
        kinds = found.types[table]
        assert list(kinds) == wanted["columns"], table
        rows, nulled = [], Counter()
        left_out = LEFT_OUT.get((path.parent.name, table), ())
        for texts in wanted["rows"]:
            row = []
            for column, text in zip(wanted["columns"], texts, strict=True):
                value = None if column in left_out else landed_as(kinds[column], text)
                nulled[column] += value is None and text is not None and column not in left_out
                row.append(value)
            rows.append(tuple(row))
        assert sorted(found.tables[table], key=repr) == sorted(rows, key=repr), table
        report = found.report.tables[table]
        assert report.rows_in_dump == report.rows_landed == len(rows)
        counted = Counter()
        for (column, _), count in report.nulled.items():
            counted[column] += count
        assert +counted == +nulled, table
    compact = path.stem in ("production", "compact_hex")
    assert (found.report.headed, found.report.complete) == (not compact, not compact)
