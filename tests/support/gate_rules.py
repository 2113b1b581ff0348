"""The gate's rules on a table of a few rows, on any engine: what breaks each, and the finding with its figure and bound."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from loader.mysqldump.dump_summary import TableSummary
from loader.quality.data_contract import TableRules
from loader.quality.findings import Finding
from loader.quality.table_rules import TableCheck, findings_on
from loader.warehouse.base import Warehouse

AT = dt.datetime(2025, 6, 10, 5, 45)
FRESH = "updated_at DATETIME: '2025-06-09 20:00:00', '2025-06-01 00:00:00'"


@dataclass(frozen=True)
class Case:
    """A table `t` with one rule. Columns are `name TYPE: value, value`, a value a row.

    Attributes:
        rules: as data_contract.yaml has them.
        columns: of the table.
        found: the finding's rule, figure and bound.
        good: whether it passes.
        other: the columns of a second table `u` of the same dump.
        shown: the columns of `t` in the dump before.
        before: how many rows it had there.
        nulled: what landing could not keep: column -> values.
    """

    rules: dict[str, Any]
    columns: tuple[str, ...]
    found: tuple[str, str, str]
    good: bool
    other: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    before: int | None = None
    nulled: dict[tuple[str, str], int] = field(default_factory=dict)


def _ids(count: int) -> str:
    return f"id BIGINT: {', '.join(map(str, range(1, count + 1)))}"


def _status(*codes: int | str) -> tuple[str, ...]:
    return _ids(len(codes)), f"status BIGINT: {', '.join(map(str, codes))}"


_STATUS = {"codes": {"status": {"seed": "code_tenant_status", "unknown_percent": 25}}}
_SHIFT = {"codes": {"status": {"seed": "code_tenant_status", "unknown_percent": 0, "shift_percent": 25}}}
_TO_U = {"references": {"u_id": {"to": "u.id", "dangling_percent": 50}}}

CASES = {
    "as many rows as there must be": Case({"at_least": 3}, (_ids(3),), ("rows:t", "3", "3 or more"), True),
    "too few rows": Case({"at_least": 4}, (_ids(3),), ("rows:t", "3", "4 or more"), False),
    "as much more as may be": Case(
        {"change_percent": [-50, 50]}, (_ids(3),), ("change:t", "2 to 3, +50.00 %", "-50 % to +50 %"), True, before=2
    ),
    "too many more": Case(
        {"change_percent": [-50, 49]}, (_ids(3),), ("change:t", "2 to 3, +50.00 %", "-50 % to +49 %"), False, before=2
    ),
    "as much less as may be": Case(
        {"change_percent": [-50, 50]}, (_ids(2),), ("change:t", "4 to 2, -50.00 %", "-50 % to +50 %"), True, before=4
    ),
    "too many less": Case(
        {"change_percent": [-49, 50]}, (_ids(2),), ("change:t", "4 to 2, -50.00 %", "-49 % to +50 %"), False, before=4
    ),
    "a key": Case({"key": ["id"]}, (_ids(3),), ("key:t", "0 rows repeat or miss their (id)", "none"), True),
    "a key twice": Case(
        {"key": ["id"]}, ("id BIGINT: 1, 1, 2",), ("key:t", "1 rows repeat or miss their (id)", "none"), False
    ),
    "a key that is null": Case(
        {"key": ["id"]}, ("id BIGINT: 1, NULL, NULL",), ("key:t", "2 rows repeat or miss their (id)", "none"), False
    ),
    "a key of two columns": Case(
        {"key": ["a", "b"]},
        ("a BIGINT: 1, 1, 2", "b BIGINT: 1, 2, 1"),
        ("key:t", "0 rows repeat or miss their (a, b)", "none"),
        True,
    ),
    "half a key of two columns": Case(
        {"key": ["a", "b"]},
        ("a BIGINT: 1, 1, 1", "b BIGINT: 1, 1, NULL"),
        ("key:t", "2 rows repeat or miss their (a, b)", "none"),
        False,
    ),
    "fresh": Case({"fresh_days": 1}, (FRESH,), ("fresh:t", "1 days", "1 days before the dump"), True),
    "stale": Case(
        {"fresh_days": 8},
        ("updated_at DATETIME: '2025-06-01 23:59:59', NULL",),
        ("fresh:t", "9 days", "8 days before the dump"),
        False,
    ),
    "stale behind a stamp of the future": Case(
        {"fresh_days": 8},
        ("updated_at DATETIME: '2025-06-01 00:00:00', '2025-06-10 05:45:01', '2300-01-01 00:00:00'",),
        ("fresh:t", "9 days; 2 rows are stamped later than the dump", "8 days before the dump"),
        False,
    ),
    "fresh at the moment of the dump": Case(
        {"fresh_days": 1},
        ("updated_at DATETIME: '2025-06-10 05:45:00'",),
        ("fresh:t", "0 days", "1 days before the dump"),
        True,
    ),
    "no stamp at all": Case(
        {"fresh_days": 8},
        ("updated_at DATETIME: NULL",),
        ("fresh:t", "no row has an updated_at before the dump was taken", "8 days before the dump"),
        False,
    ),
    "every date is one": Case({"nulled_percent": 0}, (_ids(3),), ("nulled:t", "every date is one", "0 %"), True),
    "as many dates that are none as may be": Case(
        {"nulled_percent": 75},
        (_ids(4),),
        ("nulled:t", "75.000 % of Born are no dates", "75 %"),
        True,
        nulled={("Born", "zero_date"): 1, ("Born", "impossible_date"): 2, ("moved", "zero_date"): 1},
    ),
    "too many dates that are none": Case(
        {"nulled_percent": 74},
        (_ids(4),),
        ("nulled:t", "75.000 % of Born are no dates", "74 %"),
        False,
        nulled={("Born", "zero_date"): 1, ("Born", "impossible_date"): 2, ("moved", "zero_date"): 2},
    ),
    "dates that no model reads": Case(
        {"nulled_percent": 0},
        (_ids(4),),
        ("nulled:t", "every date is one", "0 %"),
        True,
        nulled={("unread", "zero_date"): 4},
    ),
    "as many unknown codes as may be": Case(
        _STATUS,
        _status(9, 17, 18, "NULL"),
        ("codes:t.status", "1 rows, 25.000 %, have the code 18, not in seeds/code_tenant_status.csv", "25 %"),
        True,
    ),
    "too many unknown codes": Case(
        _STATUS,
        _status(-1, 17, 99),
        ("codes:t.status", "2 rows, 66.667 %, have the codes -1, 99, not in seeds/code_tenant_status.csv", "25 %"),
        False,
    ),
    "what may be no code is not told": Case(
        _STATUS,
        _status(9, 17, 9012345678, 99),
        ("codes:t.status", "2 rows, 50.000 %, have a code, not in seeds/code_tenant_status.csv", "25 %"),
        False,
    ),
    "as many codes moved as may be": Case(
        _SHIFT,
        _status(9, 9, 9, 14),
        ("shift:t.status", "25.000 % of the rows moved to another code since the dump before", "25 %"),
        True,
        shown=_status(9, 9, 14, 14),
    ),
    "codes that were merged": Case(
        _SHIFT,
        _status(9, 9, 9, "NULL"),
        ("shift:t.status", "50.000 % of the rows moved to another code since the dump before", "25 %"),
        False,
        shown=_status(9, 5, 14, "NULL"),
    ),
    "twice the rows of the same codes": Case(
        _SHIFT,
        _status(9, 14, 9, 14),
        ("shift:t.status", "0.000 % of the rows moved to another code since the dump before", "25 %"),
        True,
        shown=_status(9, 14),
    ),
    "as many ids dangle as may": Case(
        _TO_U,
        ("u_id BIGINT: 1, 9, NULL",),
        ("references:t.u_id", "1 of 2 ids, 50.000 %, are not in u.id", "50 %"),
        True,
        other=("id BIGINT: 1, 2",),
    ),
    "too many ids dangle": Case(
        _TO_U,
        ("u_id BIGINT: 1, 9, 8",),
        ("references:t.u_id", "2 of 3 ids, 66.667 %, are not in u.id", "50 %"),
        False,
        other=("id BIGINT: 1, 2",),
    ),
    "no id at all": Case(
        _TO_U,
        ("u_id BIGINT: NULL",),
        ("references:t.u_id", "0 of 0 ids, 0.000 %, are not in u.id", "50 %"),
        True,
        other=("id BIGINT: 1",),
    ),
}


def finding(warehouse: Warehouse, case: Case) -> Finding:
    """What the case's one rule finds; the tables are dropped again."""
    try:
        warehouse.create_schema("landing_1")
        rows = _table(warehouse, "landing_1.t", case.columns)
        if case.other:
            _table(warehouse, "landing_1.u", case.other)
        if case.shown:
            _table(warehouse, "landing.t", case.shown)
        report = TableSummary(rows, rows, case.nulled)
        shown = {column.split()[0] for column in case.shown}
        table = TableCheck(warehouse, "landing_1", "t", report, case.before, AT, {"born", "moved"}, shown)
        found = list(findings_on(table, TableRules.model_validate(case.rules)))
        (one,) = [one for one in found if one.rule == case.found[0]]
        return one
    finally:
        warehouse.drop_schema("landing_1")
        warehouse.execute("DROP TABLE IF EXISTS landing.t")


def _table(warehouse: Warehouse, name: str, columns: tuple[str, ...]) -> int:
    heads = [column.partition(": ")[0] for column in columns]
    warehouse.execute(f"CREATE TABLE {name} ({', '.join(heads)})")
    rows = list(zip(*(column.partition(": ")[2].split(", ") for column in columns), strict=True))
    for row in rows:
        warehouse.execute(f"INSERT INTO {name} VALUES ({', '.join(row)})")
    return len(rows)
