"""A value written into a statement is the value that a driver would have bound."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.objects import put_dump
from demo.rows import company
from loader.settings import PROJECT
from loader.warehouse.duckdb.sql import with_values

DAY = dt.date(2025, 6, 10)

VALUES = (
    st.none()
    | st.text()
    | st.integers(-(2**63), 2**63 - 1)
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.floats(allow_nan=False)
)


@settings(deadline=None)
@given(st.lists(VALUES, max_size=4))
def test_what_is_written_is_what_is_read(values: list) -> None:
    with duckdb.connect() as connection:
        sql = f"SELECT {', '.join(['?'] * len(values)) or '1'}"
        found = connection.execute(*with_values(sql, tuple(values))).fetchone()
        bound = connection.execute(sql, values).fetchone()
    assert list(map(repr, found)) == list(map(repr, bound))


def test_what_can_not_be_written_is_bound() -> None:
    for values in ((Decimal("1.50"),), ("a\0b",), (dt.datetime.now(dt.timezone.utc),)):
        assert with_values("SELECT ?", values) == ("SELECT ?", list(values))
    assert with_values("SELECT '?', ?", ("a",)) == ("SELECT '?', ?", ["a"])


def test_a_load_does_without_pandas(bucket: Path, tmp_path: Path) -> None:
    """Which DuckDB imports to bind a value. Where it no longer does, loader/warehouse/duckdb/sql.py can go."""
    put_dump(bucket, DAY, company())
    code = """
import sys, duckdb
from loader.landing.load import load
from loader.settings import Settings
load(Settings.resolve(sys.argv[1]))
assert "pandas" not in sys.modules
duckdb.connect().execute("SELECT ?", ["it's"])
assert "pandas" in sys.modules, "DuckDB binds without pandas by now"
"""
    environment = os.environ | {"WAREHOUSE_DUCKDB": str(tmp_path / "warehouse.duckdb")}
    words = [sys.executable, "-c", code, str(bucket)]
    done = subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"step": "load daily files"' in done.stdout
