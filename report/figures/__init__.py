"""The report's figures: a table each, a query on gold in a file of its own. Figures of people are counts; no name of a tenant is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from loader.warehouse.base import Warehouse

QUERIES = sorted(Path(__file__).parent.glob("*.sql"))
SHOWN_DAYS = 400  # a year, and what a range of a month is compared with
COMPARED_DAYS = 800  # a year before these

Column = list[Any] | dict[str, list[Any]]


def figures(warehouse: Warehouse, progress: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """What the report shows of the business, as of the newest landed dump.

    Args:
        warehouse: with gold planned in prod.
        progress: called with 1 after each query.

    Returns:
        `as_of`, and under `tables` the rows of each query by its file's name, as `packed` has them. Days are YYYY-MM-DD, rates are shares of 1,
        rents yen a month. None is "not known".
    """
    as_of = warehouse.query("SELECT as_of_date FROM silver.as_of")[0][0]
    tables = {}
    for file in QUERIES:
        tables[file.stem] = table(warehouse, file.read_text(encoding="utf-8"), as_of)
        progress(1)
    return {"as_of": str(as_of), "tables": tables}


def table(warehouse: Warehouse, sql: str, as_of: dt.date) -> dict[str, Column]:
    """The rows of a query.

    Args:
        sql: its columns' aliases are their names. It may have `:as_of`, `:shown_since` (exclusive) and `:compared_since` (exclusive).
    """
    from sqlglot import parse_one

    days = {
        "as_of": as_of,
        "shown_since": as_of - dt.timedelta(days=SHOWN_DAYS),
        "compared_since": as_of - dt.timedelta(days=COMPARED_DAYS),
    }
    names = parse_one(sql, dialect="duckdb").named_selects
    values = [days[name] for name in re.findall(r":(\w+)", sql)]
    return packed(names, warehouse.query(re.sub(r":\w+", "?", sql), *values))


def packed(names: list[str], rows: list[tuple[Any, ...]]) -> dict[str, Column]:
    """Rows by column, small enough for a page: a text stands once under `texts`, and `index` holds its place there for each row."""
    columns: dict[str, Column] = {}
    for index, name in enumerate(names):
        column = [_plain(row[index]) for row in rows]
        if any(isinstance(value, str) for value in column):
            texts = sorted({*column}, key=lambda value: (value is not None, value or ""))
            place = {value: at for at, value in enumerate(texts)}
            columns[name] = {"texts": texts, "index": [place[value] for value in column]}
        else:
            columns[name] = column
    return columns


def rows(warehouse: Warehouse, sql: str, names: str, *values: Any) -> list[dict[str, Any]]:
    """The rows of a query as JSON's types.

    Args:
        names: what the columns are called, in their order, separated by spaces.
        values: for the query's question marks.
    """
    found = warehouse.query(sql, *values)
    return [dict(zip(names.split(), map(_plain, row), strict=True)) for row in found]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value) if isinstance(value, dt.date | dt.datetime) else value
