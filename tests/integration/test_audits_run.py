"""The project's audits as a run asks them, on a planned warehouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loader.project import prod_snapshots, sqlmesh_context
from loader.settings import Settings
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


@pytest.fixture(scope="module")
def found(planned_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., tuple[int, bool]]]:
    """`found(audit, model, planted)`: rows that an audit finds after a statement, which is then undone; and whether it blocks."""
    place = copied(planned_place, tmp_path_factory.mktemp("audits"))
    file = Path(place.variables["WAREHOUSE_DUCKDB"])
    with place.chosen(), sqlmesh_context(Settings("duckdb", file, None)) as (context, _):
        snapshots = prod_snapshots(context)
        by_name = {snapshot.name: snapshot for snapshot in snapshots.values()}

        def look(audit: str, model: str, planted: str) -> tuple[int, bool]:
            adapter = context.engine_adapter
            adapter.execute("BEGIN TRANSACTION")
            try:
                table = snapshots[model].table_name()
                adapter.execute(planted.format(table=table, dump=f"landing_{FIRST_DAY:%Y%m%d}"))
                results = context.snapshot_evaluator.audit(
                    snapshots[model],
                    snapshots=by_name,
                    start="2018-01-01",
                    end=FIRST_DAY + dt.timedelta(days=2),
                    execution_time=FIRST_DAY + dt.timedelta(days=3),
                )
            finally:
                adapter.execute("ROLLBACK")
            named = [result for result in results if result.audit.name == audit]
            assert named, f"{model} has no audit {audit}"
            return sum(result.count for result in named), all(result.blocking for result in named)

        yield look


@pytest.mark.parametrize("audit", PLANTED)
def test_an_audit_of_a_run_counts_what_it_finds_and_blocks_unless_it_is_a_warning(
    audit: str, found: Callable[..., tuple[int, bool]]
) -> None:
    model, planted = PLANTED[audit]
    blocks = not audit.endswith("_warning")
    assert found(audit, model, "SELECT 1") == (0, blocks)
    assert found(audit, model, planted) == (1, blocks)
