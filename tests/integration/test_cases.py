"""Dumps that went wrong somewhere, one folder each: what `load` says of them, and what is landed then.

A folder holds `dump.sql` (or `dump.sql.gz`), which gets a whole company's tables before its last closing line, and `expected.yaml`:
    exit      the command's exit code
    says      a regular expression that is found in what it prints
    rows      table -> its rows as landed, values as YAML has them (bytes as hex digits)
    findings  rule -> a regular expression of what the gate found; no others of the case's tables are there
    company   false where dump.sql is whole by itself
    manifest  fields that the manifest has besides its usual ones
    engines   [duckdb, aurora] where the answer depends on the engine, else DuckDB alone
"""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from demo.dump import dump_sql
from demo.objects import put_dump
from demo.rows import company
from loader.cli import cli
from tests.support.places import Place

DAY = dt.date(2026, 2, 10)
FOLDER = Path(__file__).with_name("cases")
CASES = {folder.name: YAML(typ="safe").load(folder / "expected.yaml") for folder in sorted(FOLDER.iterdir())}
ON_BOTH = [name for name, expected in CASES.items() if "aurora" in expected.get("engines", ())]


def dump_of(name: str) -> bytes:
    """The case's dump, with a company in it."""
    (file,) = FOLDER.joinpath(name).glob("dump.sql*")
    body = file.read_bytes()
    body = gzip.decompress(body) if file.suffix == ".gz" else body
    if CASES[name].get("company") is False:
        return body
    tables = dump_sql(company())
    tables = tables[tables.index(b"\n--\n-- Table structure") : tables.rindex(b"/*!40103 SET TIME_ZONE")]
    end = body.rindex(b"\n-- Dump completed") + 1
    return body[:end] + tables + body[end:]


def loaded(place: Place, bucket: Path, name: str) -> None:
    """Loads the case and holds what comes of it against what is expected."""
    expected: dict[str, Any] = CASES[name]
    put_dump(bucket, DAY, dump_of(name), **expected.get("manifest", {}))
    answer = CliRunner().invoke(cli, ["load", "--bucket", str(bucket), "--date", str(DAY)])
    printed = answer.stdout + answer.stderr
    assert answer.exit_code == expected["exit"], printed
    assert re.search(expected.get("says", ""), printed), printed
    for table, rows in expected.get("rows", {}).items():
        assert [[_plain(value) for value in row] for row in place.query(f"SELECT * FROM landing.{table}")] == rows
    found = dict(
        place.query("SELECT rule_name, figure FROM landing.load_findings WHERE outcome IN ('warned', 'blocked')")
    )
    assert found.keys() == expected.get("findings", {}).keys(), found
    for rule, figure in expected.get("findings", {}).items():
        assert re.search(figure, found[rule]), found


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, dt.datetime) else value


@pytest.mark.parametrize("name", CASES)
def test_a_dump_that_went_wrong(name: str, bucket: Path, empty_warehouse: Path) -> None:
    loaded(Place({"WAREHOUSE_GATEWAY": "duckdb", "WAREHOUSE_DUCKDB": str(empty_warehouse)}), bucket, name)


@pytest.mark.server
@pytest.mark.parametrize("name", ON_BOTH)
def test_a_dump_that_went_wrong_on_a_server(name: str, bucket: Path, empty_aurora: Place) -> None:
    loaded(empty_aurora, bucket, name)
