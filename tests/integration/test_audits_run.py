"""The project's audits as a run asks them, on a planned warehouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmesh.core.snapshot.evaluator import AuditResult
from sqlmesh.utils.errors import AuditError

from loader.settings import Settings
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.failures import query_of
from tests.conftest import FIRST_DAY
from tests.support.places import Place, copied

# Audit -> a model of it, and a statement that breaks its rule there. What each audit finds: tests/models/test_audits.py.
PLANTED = {
    "no_future_date": ("gold.new_contracts", "UPDATE {table} SET contract_date = '2025-06-11' WHERE contract_id = 1"),
    "relationship": ("staging.tenants", "UPDATE {dump}.tenants SET status = 99 WHERE id = 1"),
    "unknown_room_warning": (
        "silver.tenant_room_snapshot_daily",
        "UPDATE {table} SET is_known_room = 0 WHERE tenant_id = 2",
    ),
}


# Audit -> a model of it, a statement that breaks its rule there, and the row that the printed query shows.
SHOWN = {
    "no_future_date": (*PLANTED["no_future_date"], {"contract_id": 1, "contract_date": dt.date(2025, 6, 11)}),
    "relationship": (*PLANTED["relationship"], {"id": 1, "status": 99}),
    "newest_file_relationship": (
        "staging.tenant_daily_snapshots",
        "UPDATE landing.tenant_daily_snapshots SET status = 99 WHERE tenant_id = 1 AND snapshot_date = '2025-06-10'",
        {"tenant_id": 1, "snapshot_date": dt.date(2025, 6, 10), "status": 99},
    ),
    "not_null": (
        "silver.tenant_room_snapshot_daily",
        "UPDATE {table} SET management_status = NULL WHERE tenant_id = 2",
        {"snapshot_date": dt.date(2025, 6, 10), "tenant_id": 2, "room_id": 2, "management_status": None},
    ),
    "accepted_values": (
        "gold.new_contracts",
        "UPDATE {table} SET tenant_type = 'other' WHERE contract_id = 2",
        {"contract_id": 2, "tenant_type": "other"},
    ),
    "unique_values": (
        "gold.new_contracts",
        "INSERT INTO {table} SELECT * FROM {table} WHERE contract_id = 2",
        {"contract_id": 2},
    ),
    "unique_combination_of_columns": (
        "silver.tenant_room_snapshot_daily",
        "INSERT INTO {table} SELECT * FROM {table} WHERE tenant_id = 2",
        {"snapshot_date": dt.date(2025, 6, 10), "tenant_id": 2, "room_id": 2},
    ),
    "within_tokyo_area": (
        "gold.new_contracts",
        "UPDATE {table} SET latitude = 0 WHERE contract_id = 2",
        {"contract_id": 2, "latitude": 0},
    ),
}

Planted = Callable[[str, str, str], Any]


@pytest.fixture(scope="module")
def prod(planned_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[str, Any]]]:
    """SQLMesh's context on a planned warehouse, and prod's versions by model name."""
    place = copied(planned_place, tmp_path_factory.mktemp("audits"))
    file = Path(place.variables["WAREHOUSE_DUCKDB"])
    with place.chosen(), sqlmesh_context(Settings("duckdb", file, None)) as (context, _):
        yield context, prod_snapshots(context)


def audited(context: Any, snapshots: dict[str, Any], model: str) -> list[AuditResult]:
    """What the audits of a model find, over all days."""
    return context.snapshot_evaluator.audit(
        snapshots[model],
        snapshots={snapshot.name: snapshot for snapshot in snapshots.values()},
        start="2018-01-01",
        end=FIRST_DAY + dt.timedelta(days=2),
        execution_time=FIRST_DAY + dt.timedelta(days=3),
    )


@pytest.fixture
def planted(prod: tuple[Any, dict[str, Any]]) -> Iterator[Planted]:
    """`planted(audit, model, statement)`: what that audit finds after the statement, which is undone at the end."""
    context, snapshots = prod
    adapter = context.engine_adapter
    adapter.execute("BEGIN TRANSACTION")

    def look(audit: str, model: str, statement: str) -> list[AuditResult]:
        table = snapshots[model].table_name()
        adapter.execute(statement.format(table=table, dump=f"landing_{FIRST_DAY:%Y%m%d}"))
        found = [one for one in audited(context, snapshots, model) if one.audit.name == audit]
        assert found, f"{model} has no audit {audit}"
        return found

    try:
        yield look
    finally:
        adapter.execute("ROLLBACK")


@pytest.mark.parametrize("audit", PLANTED)
def test_audit_counts_rows_and_blocks_unless_named_a_warning(audit: str, planted: Planted) -> None:
    model, statement = PLANTED[audit]
    blocks = not audit.endswith("_warning")
    for done, count in (("SELECT 1", 0), (statement, 1)):
        found = planted(audit, model, done)
        assert (sum(one.count for one in found), all(one.blocking for one in found)) == (count, blocks)


def printed(result: AuditResult, snapshots: dict[str, Any]) -> str:
    failed = AuditError(result.audit.name, {}, result.count or 0, result.query, result.model, "duckdb")
    return query_of(failed, snapshots)


@pytest.mark.parametrize("audit", SHOWN)
def test_failed_audit_query_names_models_and_shows_the_grain(
    audit: str, planted: Planted, prod: tuple[Any, dict[str, Any]]
) -> None:
    context, snapshots = prod
    model, statement, row = SHOWN[audit]
    (result,) = [one for one in planted(audit, model, statement) if one.count]
    query = printed(result, snapshots)
    assert "sqlmesh__" not in query
    assert f" {model}" in query
    found = context.engine_adapter.cursor.execute(query)
    shown = dict(zip([name for name, *_ in found.description], found.fetchone(), strict=True))
    assert {name: shown[name] for name in row} == row


def test_every_printed_audit_query_can_be_run(prod: tuple[Any, dict[str, Any]]) -> None:
    context, snapshots = prod
    for model, snapshot in snapshots.items():
        if snapshot.model.audits:
            for result in audited(context, snapshots, model):
                query = printed(result, snapshots)
                assert "sqlmesh__" not in query
                assert len(context.fetchdf(query)) == result.count, f"{model}, {result.audit.name}: {query}"
