"""The rules of the gate: each with what just passes and what breaks it; and what becomes of a finding."""

from __future__ import annotations

import dataclasses

import pytest

from loader.mysqldump.dump_summary import TableSummary
from loader.quality.data_contract import TableRules
from loader.quality.findings import ACCEPTED, BLOCKED, PASSED, WARNED, Finding, judged, on_rows, softened
from loader.quality.table_rules import TableCheck, findings_on
from loader.warehouse.base import Warehouse
from tests.support.gate_rules import AT, CASES, finding


@pytest.mark.parametrize("name", CASES)
def test_a_rule_finds_what_is_beyond_its_bound(name: str, own: Warehouse) -> None:
    case = CASES[name]
    assert finding(own, case) == Finding(*case.found, PASSED if case.good else BLOCKED)


def test_a_table_without_rules_is_asked_nothing(own: Warehouse) -> None:
    table = TableCheck(own, "nowhere", "t", TableSummary(), 5, AT, (), ())
    assert list(findings_on(table, TableRules())) == []


def test_first_dump_or_new_column_codes_are_not_compared(own: Warehouse) -> None:
    case = CASES["codes that were merged"]
    with pytest.raises(ValueError, match="not enough values"):  # no such finding
        finding(own, dataclasses.replace(case, shown=()))


@pytest.mark.parametrize("before", [None, 0])
def test_row_count_without_a_previous_one_is_not_compared(before: int | None) -> None:
    assert list(on_rows("t", 5, before, None, (-10, 10))) == []


BAD = judged("rows:t", "3", "4 or more", False)


def test_what_is_beyond_its_bound_blocks_and_says_so() -> None:
    assert str(BAD) == "rows:t: 3 (allowed: 4 or more)"
    assert str(Finding("columns", "the dump has no table t")) == "columns: the dump has no table t"


SOFTENED = [
    (("rows:t",), (), WARNED),
    ((), ("rows:t",), ACCEPTED),
    (("rows:t",), ("rows:t",), WARNED),
    (("rows:u",), ("change:t",), BLOCKED),
]


@pytest.mark.parametrize(("only_warn", "accepted", "outcome"), SOFTENED)
def test_finding_is_softened_by_only_warn_or_acceptance(
    only_warn: tuple[str, ...], accepted: tuple[str, ...], outcome: str
) -> None:
    assert softened(BAD, only_warn, accepted) == dataclasses.replace(BAD, outcome=outcome)
    good = dataclasses.replace(BAD, outcome=PASSED)
    assert softened(good, only_warn, accepted) == good
