"""A value written into a statement is the value that a driver would have bound."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from loader.duckdb_sql import with_values
from loader.settings import PROJECT

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
    assert not values or list(found) == values


def test_what_can_not_be_written_is_bound() -> None:
    for values in ((1.5,), (Decimal("1.50"),), ("a\0b",), (dt.datetime.now(dt.timezone.utc),)):
        assert with_values("SELECT ?", values) == ("SELECT ?", list(values))
    assert with_values("SELECT '?', ?", ("a",)) == ("SELECT '?', ?", ["a"])


def test_pandas_is_not_imported_for_a_value() -> None:
    code = """
import sys, duckdb
from loader.duckdb_sql import with_values
duckdb.connect().execute(*with_values("SELECT ?", ("it's",)))
assert "pandas" not in sys.modules
duckdb.connect().execute("SELECT ?", ["it's"])
assert "pandas" in sys.modules, "DuckDB binds without it by now: loader/duckdb_sql.py can go"
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
