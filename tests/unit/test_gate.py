"""The gate as a whole: what a landed dump lacks, brings anew or leaves open, and which of that blocks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from loader.mysqldump.ddl.create_table import parse_create_table
from loader.mysqldump.dump_summary import DumpSummary, Remark, TableSummary
from loader.quality.changed_rows import Changes
from loader.quality.columns import RequiredColumn
from loader.quality.data_contract import DataContract
from loader.quality.findings import BLOCKED, NOTED, PASSED, WARNED
from loader.quality.gate import Landed, examine
from loader.sources.dump_selection import Dump
from loader.warehouse.base import Warehouse

DAY = dt.date(2025, 6, 10)
DDL = "CREATE TABLE `t` (`id` int, `name` varchar(20), `rent` bigint, `share` decimal(9,4))"
TEXT = RequiredColumn("t", "name", "VARCHAR", (5,))
WHOLE = RequiredColumn("t", "rent", "DECIMAL", (3, 0))
FINE = RequiredColumn("t", "share", "DECIMAL", (9, 2))


@pytest.fixture
def judged(own: Warehouse) -> Any:
    """`judged(rows, rules, required, changes of the report, changes of what landed)`: (rule, outcome) -> figure of all but what passed."""
    own.create_schema("landing_1")
    own.execute("CREATE TABLE landing_1.t (id BIGINT, name VARCHAR, rent BIGINT, share DECIMAL(9, 4))")

    def findings(
        rows: str = "(1, 'abc', 5, 0.5)",
        rules: dict[str, Any] | None = None,
        required: tuple[RequiredColumn, ...] = (TEXT, WHOLE, FINE),
        report: dict[str, Any] | None = None,
        **landed: Any,
    ) -> dict[tuple[str, str], str]:
        own.execute(f"INSERT INTO landing_1.t VALUES {rows}")
        contract = DataContract.model_validate(
            {"source": {"allowed": []}, "continuity_days": 1, "tables": {}, "daily_files": {}} | (rules or {})
        )
        table = TableSummary(1, 1, columns=parse_create_table(DDL.encode()).columns)
        dump = Dump(DAY, "k", 1, "0", dt.datetime(2025, 6, 10, 5, 45))
        whole = {
            "schema": "landing_1",
            "report": DumpSummary(**({"tables": {"t": table}} | (report or {}))),
            "dump": dump,
            "columns": own.columns("landing_1"),
            "rows_before": {},
            "columns_before": {},
            "twin": None,
            "since": None,
            "changes": {},
        } | landed
        found = examine(own, Landed(**whole), contract, required, ())
        return {(one.rule, one.outcome): one.figure for one in found if one.outcome != PASSED}

    return findings


def test_a_dump_as_it_should_be_passes(judged: Any) -> None:
    assert judged(rules={"tables": {"t": {"key": ["id"], "at_least": 1}}}) == {}


BEYOND = {
    "(1, 'abcdef', 5, 0)": {("longer:t.name", BLOCKED): "1 values are longer than staging.t keeps"},
    "(1, 'abc', 1000, 0), (2, 'abc', -1000, 0)": {
        ("larger:t.rent", BLOCKED): "2 values are larger than staging.t keeps"
    },
    "(1, 'abc', 5, 0.125)": {("finer:t.share", BLOCKED): "1 values are finer than staging.t keeps"},
}


@pytest.mark.parametrize("rows", BEYOND)
def test_a_value_that_a_model_can_not_keep_blocks(judged: Any, rows: str) -> None:
    assert judged(rows) == BEYOND[rows]


def test_missing_column_blocks_before_gate_rules_are_asked(judged: Any) -> None:
    gone = RequiredColumn("t", "gone", "VARCHAR", (9,))
    found = judged(rules={"tables": {"t": {"key": ["no_such_column"], "at_least": 9}}}, required=(gone,))
    assert [*found] == [("columns", BLOCKED)]
    assert judged("(1, 'abcdef', 5, 0)", required=(gone, TEXT)) == {
        ("columns", BLOCKED): "the dump has no column t.gone, which staging.t reads"
    }


def test_data_contract_rule_blocks_or_only_warns(judged: Any) -> None:
    rules = {"tables": {"t": {"at_least": 5}}}
    assert judged(rules=rules) == {("rows:t", BLOCKED): "1"}
    assert judged(rules=rules | {"only_warn": ["rows:t"]}) == {("rows:t", WARNED): "1"}


def test_rows_are_compared_with_those_of_the_dump_before(judged: Any) -> None:
    rules = {"tables": {"t": {"change_percent": [-10, 10]}}}
    assert judged(rules=rules, rows_before={"t": 2}) == {("change:t", BLOCKED): "2 to 1, -50.00 %"}
    assert judged(rules=rules) == {}


REMARKS = {
    "a part of a table that models read": (Remark("whole", "t", "a part"), {("whole:t", BLOCKED): "a part"}),
    "a part of another table": (Remark("whole", "u", "a part"), {("whole:u", WARNED): "a part"}),
    "where rows end": (Remark("whole", None, "open"), {("whole", WARNED): "open"}),
    "a column without its values that models read": (
        Remark("generated", "t", "NULL in 1 rows", "NAME"),
        {("generated:t.NAME", BLOCKED): "NULL in 1 rows; read by staging.t"},
    ),
    "a column without its values that none reads": (
        Remark("generated", "t", "NULL in 1 rows", "id"),
        {("generated:t.id", WARNED): "NULL in 1 rows"},
    ),
}


@pytest.mark.parametrize("case", REMARKS)
def test_open_dump_value_blocks_where_models_compute_from_it(judged: Any, case: str) -> None:
    remark, found = REMARKS[case]
    assert judged(report={"remarks": [remark]}) == found


def test_incomplete_table_with_rules_blocks_even_if_unread(judged: Any) -> None:
    found = judged(rules={"tables": {"t": {}}}, required=(), report={"remarks": [Remark("whole", "t", "a part")]})
    assert found == {("whole:t", BLOCKED): "a part"}


def test_another_days_dump_blocks_by_time_bytes_or_rows(judged: Any) -> None:
    assert ("dated", BLOCKED) in judged(report={"times": [dt.datetime(2025, 6, 9, 5, 40)]})
    assert ("unchanged", BLOCKED) in judged(twin=dt.date(2025, 6, 9))
    same = {"since": dt.date(2025, 6, 9), "changes": {"t": Changes(0, 0, 0)}}
    assert ("unchanged", BLOCKED) in judged(**same)
    assert judged(**same | {"changes": {"t": Changes(0, 1, 0)}}) == {}
    # A column of another type is a change too, though its rows can't be compared.
    rules = {"tables": {"t": {}}}
    assert ("unchanged", BLOCKED) not in judged(rules=rules, **same)


def test_new_columns_are_noted_except_in_the_first_dump(judged: Any) -> None:
    before = {"t": {"id": "BIGINT", "name": "VARCHAR", "rent": "BIGINT"}, "old": {"id": "BIGINT"}}
    found = judged(columns_before=before)
    assert [*found] == [("drift", NOTED)]
    assert judged() == {}
