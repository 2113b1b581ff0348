"""The project's audits: each finds the row it is there for, finds nothing without it, and blocks, unless it is called a warning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loader.project import prod_snapshots, sqlmesh_context
from loader.settings import PROJECT, Settings
from tests.conftest import FIRST_DAY
from tests.support.places import Place, copied

# Audit -> the model it is looked at on, and what breaks its rule there: a statement on the model's own table, or on the landed dump.
PLANTED = {
    "at_least": (
        "silver.int_contracts",
        "UPDATE {table} SET total_stay_days = -1 WHERE contract_id = 1",
    ),
    "dangling_current_contract_warning": (
        "silver.tokyo_beta_tenant_room_info",
        "UPDATE {dump}.tenants SET moving_id = 999 WHERE id = 1",
    ),
    "empty_only_with": (
        "silver.occupancy_projection",
        "DELETE FROM {table}",
    ),
    "every_contract_accounted_for": (
        "silver.int_contracts",
        "DELETE FROM {table} WHERE contract_id = 1",
    ),
    "newest_day_complete": (
        "staging.tenant_daily_snapshots",
        "ALTER TABLE landing.tenant_daily_snapshots ALTER status DROP NOT NULL; "
        "UPDATE landing.tenant_daily_snapshots SET status = NULL WHERE snapshot_date = '2025-06-10' AND tenant_id = 1",
    ),
    "newest_day_unique": (
        "staging.tenant_daily_snapshots",
        "INSERT INTO landing.tenant_daily_snapshots VALUES (1, 14, 1, NULL, '2025-06-10')",
    ),
    "newest_file_relationship": (
        "staging.tenant_daily_snapshots",
        "UPDATE landing.tenant_daily_snapshots SET status = 99 WHERE snapshot_date = '2025-06-10' AND tenant_id = 1",
    ),
    "no_future_date": (
        "gold.new_contracts",
        "UPDATE {table} SET contract_date = '2025-06-11' WHERE contract_id = 1",
    ),
    "not_before": (
        "silver.tenant_status_history",
        "UPDATE {table} SET valid_to = valid_from - 1 WHERE tenant_id = 1",
    ),
    "occupancy_adds_up": (
        "silver.occupancy_facts",
        "UPDATE {table} SET occupancy_delta = 1, period_start_rooms = 2 WHERE snapshot_date = '2025-06-10'",
    ),
    "one_number_a_day": (
        "seeds.physical_rooms",
        "INSERT INTO {table} VALUES ('2025-01-01', NULL, 1)",
    ),
    "one_primary_tenant_a_room": (
        "silver.tenant_room_snapshot_daily",
        "UPDATE {table} SET room_id = 1 WHERE tenant_id = 2",
    ),
    "contract_placeholder_warning": (
        "staging.movings",
        "UPDATE {dump}.movings SET movein_date = '2302-01-28' WHERE id = 1",
    ),
    "properties_add_up": (
        "gold.occupancy_property_daily",
        "UPDATE {table} SET occupied_rooms = 1 WHERE snapshot_date = '2025-06-10'",
    ),
    "relationship": (
        "staging.tenants",
        "UPDATE {dump}.tenants SET status = 99 WHERE id = 1",
    ),
    "signings_add_up": (
        "gold.daily_activity_summary",
        "DELETE FROM {table} WHERE tenant_type = 'individual' AND contracts_signed_count > 0",
    ),
    "stretches_follow_each_other": (
        "silver.tenant_status_history",
        "INSERT INTO {table} BY NAME SELECT * REPLACE (valid_from - 1 AS valid_from) FROM {table} WHERE tenant_id = 1",
    ),
    "unknown_is_not_zero": (
        "gold.daily_activity_summary",
        "UPDATE {table} SET applications_count = 0 WHERE activity_date = '2025-06-01' AND tenant_type = 'individual'",
    ),
    "unknown_room_warning": (
        "silver.tenant_room_snapshot_daily",
        "UPDATE {table} SET is_known_room = 0 WHERE tenant_id = 2",
    ),
    "unknown_share_warning": (
        "silver.stg_movings",
        "UPDATE {dump}.movings SET moving_agreement_type = 4 WHERE id = 1",
    ),
    "within_all_rooms": (
        "gold.occupancy_property_daily",
        "UPDATE {table} SET total_rooms = 1 WHERE snapshot_date = '2025-06-10'",
    ),
    "within_tokyo_area": (
        "silver.int_contracts",
        "UPDATE {table} SET longitude = 13.97 WHERE contract_id = 1",
    ),
}

# What else breaks a rule that has several.
ALSO_PLANTED = [
    (
        "stretches_follow_each_other",  # a hole of two days, with nobody gone
        "silver.tenant_status_history",
        "INSERT INTO {table} BY NAME SELECT * REPLACE (valid_from - 9 AS valid_from, valid_from - 3 AS valid_to, 'changed' AS end_reason) "
        "FROM {table} WHERE tenant_id = 1",
    ),
    (
        "dangling_current_contract_warning",  # the id is there, and somebody else's
        "silver.tokyo_beta_tenant_room_info",
        "UPDATE {dump}.tenants SET moving_id = 2 WHERE id = 1",
    ),
    (
        "newest_file_relationship",  # leaves no room occupied, and all sums right
        "staging.room_assignment_snapshots",
        "UPDATE landing.room_assignment_snapshots SET tenant_status = 99 WHERE snapshot_date = '2025-06-10' AND tenant_id = 1",
    ),
    (
        "within_tokyo_area",  # half a place
        "silver.int_contracts",
        "UPDATE {table} SET longitude = NULL WHERE contract_id = 1",
    ),
    (
        "every_contract_accounted_for",  # of a tenant who has another one
        "silver.int_contracts",
        "UPDATE {dump}.movings SET tenant_id = 1 WHERE id = 2",
    ),
]


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
                for statement in planted.format(table=table, dump=f"landing_{FIRST_DAY:%Y%m%d}").split("; "):
                    adapter.execute(statement)
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
def test_an_audit_finds_what_breaks_its_rule_and_nothing_else(
    audit: str, found: Callable[..., tuple[int, bool]]
) -> None:
    model, planted = PLANTED[audit]
    blocks = not audit.endswith("_warning")
    assert found(audit, model, "SELECT 1") == (0, blocks)
    assert found(audit, model, planted) == (1, blocks)


@pytest.mark.parametrize(("audit", "model", "planted"), ALSO_PLANTED)
def test_an_audit_finds_the_other_things_that_break_its_rule(
    audit: str, model: str, planted: str, found: Callable[..., tuple[int, bool]]
) -> None:
    assert found(audit, model, planted)[0] == 1


def test_every_audit_is_seen_to_find_something() -> None:
    assert {file.stem for file in (PROJECT / "audits").glob("*.sql")} == PLANTED.keys()
