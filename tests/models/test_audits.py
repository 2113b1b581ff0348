"""The project's audits, each as a model declares it, on a table of a few rows: it finds nothing, and then what breaks its rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pytest

from loader.settings import PROJECT

if TYPE_CHECKING:
    from sqlmesh import Context

LEDGER = "landing.load_ledger: SELECT 'dump' AS dataset, DATE '2026-01-10' AS business_date UNION ALL SELECT 'tenant_status', DATE '2026-01-10'"


@dataclass(frozen=True)
class Rule:
    """An audit on a model: the tables that it reads there, `name: rows`, and statements of which each breaks its rule."""

    audit: str
    model: str
    tables: tuple[str, ...]
    broken: tuple[str, ...]


GROUPS = [
    [f"{group}_{name}_count" for name in (*names.split(), "unknown")]
    for group, names in {
        "gender": "male female other",
        "age": "under_25 25_34 35_44 45_54 55_plus",
        "tenure": "short medium long very_long",
        "renewal": "yes no",
    }.items()
]

RULES = [
    Rule(
        "at_least",
        "silver.int_contracts",
        ("silver.int_contracts: SELECT 1 AS contract_id, 0 AS total_stay_days UNION ALL SELECT 2, NULL",),
        ("UPDATE silver.int_contracts SET total_stay_days = -1 WHERE contract_id = 1",),
    ),
    Rule(
        "contract_placeholder_warning",  # one in a hundred may be one
        "staging.movings",
        (
            "landing.movings: SELECT RANGE AS id, DATE '2026-01-01' AS movein_date FROM RANGE(100)",
            "staging.movings: SELECT id, CASE WHEN id > 0 THEN movein_date END AS movein_date FROM landing.movings",
        ),
        ("UPDATE staging.movings SET movein_date = NULL WHERE id = 1",),
    ),
    Rule(
        "dangling_current_contract_warning",  # two in a hundred may dangle
        "silver.tokyo_beta_tenant_room_info",
        (
            "seeds.code_tenant_status: SELECT 9 AS code, 1 AS is_population UNION ALL SELECT 17, 0",
            "staging.movings: SELECT RANGE AS id, RANGE AS tenant_id FROM RANGE(98)",
            "staging.tenants: SELECT RANGE AS id, 9 AS status, RANGE AS moving_id FROM RANGE(100) UNION ALL SELECT 999, 17, 999",
        ),
        (
            "UPDATE staging.tenants SET moving_id = NULL WHERE id = 0",
            "UPDATE staging.tenants SET moving_id = 1 WHERE id = 0",  # somebody else's
        ),
    ),
    Rule(
        "empty_only_with",
        "silver.occupancy_projection",
        ("silver.occupancy_facts: SELECT 1 AS a", "silver.occupancy_projection: SELECT 1 AS a"),
        ("DELETE FROM silver.occupancy_projection",),
    ),
    Rule(
        "every_contract_accounted_for",
        "silver.int_contracts",
        (
            "staging.tenants: SELECT 1 AS id",
            "staging.apartments: SELECT 1 AS id",
            "staging.rooms: SELECT 1 AS id",
            "staging.movings: SELECT 1 AS tenant_id, 1 AS apartment_id, 1 AS room_id UNION ALL SELECT 9, 1, 1 UNION ALL SELECT 1, 9, 1 "
            "UNION ALL SELECT 1, 1, 9",
            "silver.int_contracts: SELECT 1 AS contract_id, 1 AS tenant_id, 1 AS apartment_id, 1 AS room_id",
        ),
        ("DELETE FROM silver.int_contracts", "UPDATE silver.int_contracts SET room_id = 2"),
    ),
    Rule(
        "newest_day_complete",
        "staging.tenant_daily_snapshots",
        (
            "staging.tenant_daily_snapshots: SELECT 1 AS tenant_id, 9 AS status, 1 AS contract_type, DATE '2026-01-10' AS snapshot_date "
            "UNION ALL SELECT 2, NULL, NULL, DATE '2026-01-09'",
        ),
        tuple(
            f"UPDATE staging.tenant_daily_snapshots SET {column} = NULL WHERE tenant_id = 1"
            for column in ("tenant_id", "status", "contract_type")
        ),
    ),
    Rule(
        "newest_day_unique",
        "staging.tenant_daily_snapshots",
        (
            "staging.tenant_daily_snapshots: SELECT 1 AS tenant_id, DATE '2026-01-10' AS snapshot_date "
            "UNION ALL SELECT 1, DATE '2026-01-09' UNION ALL SELECT 1, DATE '2026-01-09'",
        ),
        ("INSERT INTO staging.tenant_daily_snapshots VALUES (1, '2026-01-10')",),
    ),
    Rule(
        "newest_file_relationship",
        "staging.tenant_daily_snapshots",
        (
            LEDGER,
            "seeds.code_tenant_status: SELECT 9 AS code",
            "staging.tenant_daily_snapshots: SELECT 1 AS tenant_id, 9 AS status, DATE '2026-01-10' AS snapshot_date "
            "UNION ALL SELECT 2, NULL, DATE '2026-01-10' UNION ALL SELECT 1, 99, DATE '2026-01-09'",
        ),
        ("UPDATE staging.tenant_daily_snapshots SET status = 99 WHERE status = 9",),
    ),
    Rule(
        "no_future_date",  # after the newest dump, not after the newest file
        "gold.new_contracts",
        (
            LEDGER,
            "gold.new_contracts: SELECT 1 AS contract_id, DATE '2026-01-10' AS contract_date UNION ALL SELECT 2, NULL",
        ),
        (
            "UPDATE gold.new_contracts SET contract_date = '2026-01-11' WHERE contract_id = 1",
            "UPDATE landing.load_ledger SET business_date = '2026-01-09' WHERE dataset = 'dump'",
        ),
    ),
    Rule(
        "not_before",
        "silver.tenant_status_history",
        (
            "silver.tenant_status_history: SELECT DATE '2026-01-10' AS valid_from, DATE '2026-01-10' AS valid_to "
            "UNION ALL SELECT DATE '2026-01-11', NULL",
        ),
        ("UPDATE silver.tenant_status_history SET valid_to = '2026-01-09' WHERE NOT valid_to IS NULL",),
    ),
    Rule(
        "kpi_adds_up",
        "gold.kpi_month_end_metrics",
        (
            "gold.kpi_month_end_metrics: SELECT DATE '2026-01-10' AS as_of_date, 8 AS occupancy_room_count_0000, "
            "10 AS occupancy_room_count_eod, 3 AS same_day_moveins, 1 AS same_day_moveouts UNION ALL SELECT DATE '2026-01-09', NULL, 8, 1, NULL",
        ),
        ("UPDATE gold.kpi_month_end_metrics SET same_day_moveins = 4 WHERE occupancy_room_count_0000 = 8",),
    ),
    Rule(
        "moveout_groups_add_up",
        "gold.moveout_summary",
        (
            "gold.moveout_summary: SELECT DATE '2026-01-10' AS moveout_date, 4 AS moveout_count, "
            + ", ".join(f"1 AS {column}" for group in GROUPS for column in group[:-1])
            + ", "
            + ", ".join(f"{5 - len(group)} AS {group[-1]}" for group in GROUPS),
        ),
        tuple(f"UPDATE gold.moveout_summary SET {column} = 9" for group in GROUPS for column in group),
    ),
    Rule(
        "occupancy_adds_up",
        "silver.occupancy_facts",
        (
            "silver.occupancy_facts: SELECT DATE '2026-01-10' AS snapshot_date, 'fact' AS day_kind, 1 AS application_rooms, 3 AS new_moveins, "
            "1 AS new_moveouts, 2 AS occupancy_delta, 8 AS period_start_rooms, 10 AS period_end_rooms "
            "UNION ALL SELECT DATE '2026-01-09', 'gap', NULL, NULL, NULL, NULL, NULL, NULL",
        ),
        (
            "UPDATE silver.occupancy_facts SET period_start_rooms = 7 WHERE day_kind = 'fact'",
            "UPDATE silver.occupancy_facts SET new_moveins = 4 WHERE day_kind = 'fact'",
            "UPDATE silver.occupancy_facts SET period_end_rooms = NULL WHERE day_kind = 'fact'",
            *(
                f"UPDATE silver.occupancy_facts SET {column} = 0 WHERE day_kind = 'gap'"
                for column in (
                    "application_rooms",
                    "new_moveins",
                    "new_moveouts",
                    "period_start_rooms",
                    "period_end_rooms",
                )
            ),
        ),
    ),
    Rule(
        "periods_do_not_overlap",
        "seeds.physical_rooms",
        (
            "seeds.physical_rooms: SELECT '2018-01-01' AS valid_from, '2025-12-31' AS valid_to, 1 AS rooms UNION ALL SELECT '2026-01-01', '', 1",
        ),
        (
            "INSERT INTO seeds.physical_rooms VALUES ('2017-01-01', '2018-01-01', 1)",
            "UPDATE seeds.physical_rooms SET valid_to = NULL WHERE valid_from = '2018-01-01'",
            "UPDATE seeds.physical_rooms SET valid_to = '2026-01-01' WHERE valid_from = '2018-01-01'",
        ),
    ),
    Rule(
        "one_primary_tenant_a_room",
        "silver.tenant_room_snapshot_daily",
        (
            "silver.tenant_room_snapshot_daily: SELECT DATE '2026-01-10' AS snapshot_date, 1 AS room_id, 1 AS tenant_id, 1 AS is_room_primary "
            "UNION ALL SELECT DATE '2026-01-10', 1, 2, 0 UNION ALL SELECT DATE '2026-01-09', 1, 2, 1",
        ),
        (
            "UPDATE silver.tenant_room_snapshot_daily SET is_room_primary = 1 WHERE tenant_id = 2 AND snapshot_date = '2026-01-10'",
        ),
    ),
    Rule(
        "rooms_add_up",  # of the days that are computed; a day without rows of properties has no occupied room
        "silver.occupancy_property_facts",
        (
            "silver.occupancy_facts: SELECT DATE '2026-01-10' AS snapshot_date, 'fact' AS day_kind, 3 AS period_end_rooms "
            "UNION ALL SELECT DATE '2026-01-09', 'fact', 0 UNION ALL SELECT DATE '2026-01-08', 'gap', NULL "
            "UNION ALL SELECT DATE '2027-01-01', 'fact', 5",
            "silver.occupancy_property_facts: SELECT DATE '2026-01-10' AS snapshot_date, 1 AS apartment_id, 1 AS occupied_rooms "
            "UNION ALL SELECT DATE '2026-01-10', 2, 2",
        ),
        (
            "UPDATE silver.occupancy_property_facts SET occupied_rooms = 1 WHERE apartment_id = 2",
            "UPDATE silver.occupancy_facts SET period_end_rooms = 1 WHERE snapshot_date = '2026-01-09'",
        ),
    ),
    Rule(
        "relationship",
        "staging.tenants",
        (
            "seeds.code_tenant_status: SELECT 9 AS code",
            "staging.tenants: SELECT 1 AS id, 9 AS status UNION ALL SELECT 2, NULL",
        ),
        ("UPDATE staging.tenants SET status = 99 WHERE id = 1",),
    ),
    Rule(
        "signings_add_up",  # of the days that are computed, valid ones
        "gold.daily_activity_summary",
        (
            "gold.daily_activity_summary: SELECT DATE '2026-01-10' AS activity_date, 'corporate' AS tenant_type, 1 AS contracts_signed_count "
            "UNION ALL SELECT DATE '2026-01-10', 'unknown', 1",
            "silver.int_contracts: SELECT 1 AS is_valid_contract, DATE '2026-01-10' AS contract_date UNION ALL SELECT 1, DATE '2026-01-09' "
            "UNION ALL SELECT 1, DATE '2018-01-01' UNION ALL SELECT 0, DATE '2026-01-10' UNION ALL SELECT 1, DATE '2027-01-01'",
        ),
        (
            "DELETE FROM gold.daily_activity_summary WHERE tenant_type = 'unknown'",
            "DELETE FROM silver.int_contracts WHERE contract_date = '2026-01-09'",
        ),
    ),
    Rule(
        "periods_follow_each_other",
        "silver.tenant_status_history",
        (
            "silver.tenant_status_history: SELECT 1 AS tenant_id, DATE '2026-01-01' AS valid_from, DATE '2026-01-03' AS valid_to, "
            "'changed' AS end_reason UNION ALL SELECT 1, DATE '2026-01-04', DATE '2026-01-05', 'vanished' "
            "UNION ALL SELECT 1, DATE '2026-01-09', NULL, NULL UNION ALL SELECT 2, DATE '2026-01-02', NULL, NULL",
        ),
        (
            "UPDATE silver.tenant_status_history SET valid_to = NULL WHERE end_reason = 'vanished'",
            "UPDATE silver.tenant_status_history SET valid_to = '2026-01-09' WHERE end_reason = 'vanished'",
            "UPDATE silver.tenant_status_history SET valid_to = '2026-01-02' WHERE end_reason = 'changed'",
        ),
    ),
    Rule(
        "unknown_is_not_zero",
        "gold.daily_activity_summary",
        (
            "gold.daily_activity_summary: SELECT DATE '2026-01-10' AS activity_date, 1 AS has_snapshot, 0 AS applications_count, "
            "2 AS confirmed_moveins_count, 1 AS confirmed_moveouts_count, 1 AS net_occupancy_delta "
            "UNION ALL SELECT DATE '2026-01-09', 0, NULL, NULL, NULL, NULL",
        ),
        (
            *(
                f"UPDATE gold.daily_activity_summary SET {column} = 0 WHERE has_snapshot = 0"
                for column in (
                    "applications_count",
                    "confirmed_moveins_count",
                    "confirmed_moveouts_count",
                    "net_occupancy_delta",
                )
            ),
            "UPDATE gold.daily_activity_summary SET applications_count = NULL WHERE has_snapshot = 1",
            "UPDATE gold.daily_activity_summary SET net_occupancy_delta = 2 WHERE has_snapshot = 1",
        ),
    ),
    Rule(
        "unknown_room_warning",  # one in a hundred may be
        "silver.tenant_room_snapshot_daily",
        (
            "silver.tenant_room_snapshot_daily: SELECT DATE '2026-01-10' AS snapshot_date, RANGE AS tenant_id, "
            "CASE WHEN RANGE = 0 THEN 0 ELSE 1 END AS is_known_room FROM RANGE(100)",
        ),
        ("UPDATE silver.tenant_room_snapshot_daily SET is_known_room = 0 WHERE tenant_id = 1",),
    ),
    Rule(
        "unknown_share_warning",  # one in a hundred may be
        "silver.stg_movings",
        (
            "silver.stg_movings: SELECT RANGE AS moving_id, CASE WHEN RANGE = 0 THEN 'unknown' ELSE 'individual' END AS tenant_type FROM RANGE(100)",
        ),
        ("UPDATE silver.stg_movings SET tenant_type = 'unknown' WHERE moving_id = 1",),
    ),
    Rule(
        "within_all_rooms",
        "silver.occupancy_property_facts",
        (
            "silver.occupancy_property_facts: SELECT DATE '2026-01-10' AS snapshot_date, 1 AS apartment_id, 3 AS occupied_rooms, 3 AS total_rooms "
            "UNION ALL SELECT DATE '2026-01-10', 2, 0, 1",
        ),
        (
            "UPDATE silver.occupancy_property_facts SET occupied_rooms = 4 WHERE apartment_id = 1",
            "UPDATE silver.occupancy_property_facts SET occupied_rooms = -1 WHERE apartment_id = 2",
        ),
    ),
    Rule(
        "within_tokyo_area",
        "silver.int_contracts",
        (
            "silver.int_contracts: SELECT 1 AS contract_id, 35.0 AS latitude, 139.0 AS longitude UNION ALL SELECT 2, 36.0, 140.5 "
            "UNION ALL SELECT 3, NULL, NULL",
        ),
        (
            "UPDATE silver.int_contracts SET longitude = 13.97 WHERE contract_id = 1",
            "UPDATE silver.int_contracts SET longitude = 140.6 WHERE contract_id = 2",
            "UPDATE silver.int_contracts SET latitude = 34.9 WHERE contract_id = 1",
            "UPDATE silver.int_contracts SET latitude = 36.1 WHERE contract_id = 2",
            "UPDATE silver.int_contracts SET latitude = NULL WHERE contract_id = 1",
            "UPDATE silver.int_contracts SET longitude = NULL WHERE contract_id = 1",
            "UPDATE silver.int_contracts SET latitude = 35.0 WHERE contract_id = 3",
        ),
    ),
]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("ATTACH ':memory:' AS warehouse; USE warehouse")
        for schema in ("landing", "seeds", "staging", "silver", "gold"):
            opened.execute(f"CREATE SCHEMA {schema}")
        yield opened


@pytest.mark.parametrize("rule", RULES, ids=[rule.audit for rule in RULES])
def test_audit_finds_exactly_what_breaks_its_rule(
    rule: Rule, project: Context, connection: duckdb.DuckDBPyConnection
) -> None:
    model = project.get_model(rule.model)
    declared = [(audit, arguments) for audit, arguments in model.audits_with_args if audit.name == rule.audit]
    # One stands for all of them on the model: with other columns it is the same query.
    audit, arguments = declared[0]
    query = model.render_audit_query(audit, **arguments, start="2018-01-02", end="2026-12-31").sql("duckdb")

    def found() -> int:
        return len(connection.execute(query).fetchall())

    connection.execute("BEGIN TRANSACTION")
    try:
        for table in rule.tables:
            name, _, rows = table.partition(": ")
            connection.execute(f"CREATE TABLE {name} AS {rows}")
        assert found() == 0
        for statement in rule.broken:
            # Put back by hand: DuckDB knows no savepoints.
            table = re.match(r"(?:UPDATE|DELETE FROM|INSERT INTO) (\S+)", statement)[1]
            connection.execute(f"CREATE TABLE kept AS FROM {table}")
            connection.execute(statement)
            assert found() == 1, statement
            connection.execute(f"DELETE FROM {table}; INSERT INTO {table} FROM kept; DROP TABLE kept")
    finally:
        connection.execute("ROLLBACK")


def test_every_audit_is_seen_to_find_something() -> None:
    assert {file.stem for file in (PROJECT / "audits").glob("*.sql")} == {rule.audit for rule in RULES}
