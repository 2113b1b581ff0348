"""What changed between two dumps, row by row by the key that the contract names."""

from __future__ import annotations

import pytest

from loader.quality.changed_rows import Changes, between
from loader.quality.data_contract import DataContract
from loader.warehouse.base import Warehouse

KEYED = {"t": {"key": ["id"]}}


def compared(own: Warehouse, before: str, now: str, tables: dict = KEYED) -> dict[str, Changes]:
    """The changes between two tables `t`, each as SQL that gives its rows."""
    contract = DataContract.model_validate(
        {"source": {"allowed": []}, "continuity_days": 1, "tables": tables, "daily_files": {}}
    )
    for schema, rows in (("a", before), ("b", now)):
        own.create_schema(schema)
        if rows:
            own.execute(f"CREATE TABLE {schema}.t AS {rows}")
    return between(own, "a", "b", own.columns("a"), own.columns("b"), contract)


def test_rows_are_added_removed_and_changed(own: Warehouse) -> None:
    before = "SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, NULL), (4, 'd'), (5, NULL)) AS t (id, name)"
    now = "SELECT * FROM (VALUES (2, 'b'), (3, 'c'), (4, NULL), (5, NULL), (6, 'f'), (7, NULL)) AS t (id, name)"
    assert compared(own, before, now) == {"t": Changes(added=2, removed=1, changed=2)}


def test_nothing_changed_is_said_of_a_table_too(own: Warehouse) -> None:
    found = compared(own, "SELECT 1 AS id, 'a' AS name", "SELECT 1 AS id, 'a' AS name")
    assert found == {"t": Changes(0, 0, 0)}
    assert not found["t"]


@pytest.mark.parametrize("one", [Changes(1, 0, 0), Changes(0, 1, 0), Changes(0, 0, 1)])
def test_one_row_is_a_change(one: Changes) -> None:
    assert one


def test_changes_are_told_in_short() -> None:
    assert str(Changes(1_000, 2, 0)) == "+1,000 -2 ~0"


def test_a_key_of_two_columns_is_one(own: Warehouse) -> None:
    before, now = "SELECT 1 AS id, 1 AS kind, 'a' AS name", "SELECT 1 AS id, 2 AS kind, 'a' AS name"
    assert compared(own, before, now, {"t": {"key": ["id", "kind"]}}) == {"t": Changes(1, 1, 0)}


def test_column_missing_or_retyped_between_dumps_is_not_compared(own: Warehouse) -> None:
    before = "SELECT 1 AS id, 'x' AS gone, 1::BIGINT AS other, 1::DECIMAL(9, 2) AS finer"
    now = "SELECT 1 AS id, 'y' AS new, '2' AS other, 1::DECIMAL(12, 4) AS finer"
    assert compared(own, before, now) == {"t": Changes(0, 0, 0)}


@pytest.mark.parametrize(
    ("before", "now", "tables"),
    [
        ("SELECT 1 AS id", "SELECT 2 AS id", {"t": {}}),
        ("", "SELECT 1 AS id", KEYED),
        ("SELECT 1 AS id", "", KEYED),
        ("SELECT 1 AS id", "SELECT '1' AS id", KEYED),
        ("SELECT 1 AS number", "SELECT 1 AS id", KEYED),
    ],
    ids=["no key", "new", "gone", "a key of another type", "a key that was not there"],
)
def test_what_has_no_key_in_both_is_not_compared(own: Warehouse, before: str, now: str, tables: dict) -> None:
    assert compared(own, before, now, tables) == {}
