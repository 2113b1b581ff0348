"""What a date's text lands as, and why it is none: by DuckDB's SQL and by Python alike."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from loader.mysqldump.rows import dates
from loader.warehouse.duckdb.sql import string


@pytest.mark.parametrize(
    ("text", "day", "why"),
    [
        ("2024-02-29", dt.date(2024, 2, 29), None),
        ("2024-2-9", dt.date(2024, 2, 9), None),
        ("0001-01-01", dt.date(1, 1, 1), None),
        ("0000-00-00", None, "zero_date"),
        ("0000-05-01", None, "zero_date"),
        ("2024-00-10", None, "zero_date"),
        ("2024-02-00", None, "zero_date"),
        ("2024-02-30", None, "impossible_date"),
        ("2024-13-01", None, "impossible_date"),
        ("24-02-10", None, "no_date"),  # to MySQL this is 2024
        ("224-02-10", None, "no_date"),
        ("infinity", None, "no_date"),
        ("epoch", None, "no_date"),
    ],
)
def test_a_day_is_one_or_none_for_a_reason(text: str, day: dt.date | None, why: str | None) -> None:
    with duckdb.connect() as connection:
        for kind in ("date", "timestamp"):
            sql = f"SELECT CAST({dates.landed(string(text), kind)} AS DATE), {dates.reason(string(text), kind)}"
            assert connection.execute(sql).fetchone() == (day, why)
            assert dates.reason_of(text, kind) == why
