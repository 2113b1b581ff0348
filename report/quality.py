"""The report's page on the data itself: what landed, what became of each day, what was nulled, how fresh each layer is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from loader.monitoring.freshness import by_layer
from loader.transform.run import RunResult
from loader.warehouse.base import Warehouse
from report.figures import rows

CALENDAR_DAYS = 42
_LIVE = "(SELECT load_id FROM landing.generations WHERE state = 'live')"
# What a model takes for "nothing typed", though the source holds a value: counted by comparing both, so no rule stands here a second time.
_PLACEHOLDERS = """
    SELECT 'movings' AS table_name, 'rent' AS column_name, 'placeholder' AS reason, COUNT(*) AS value_count
    FROM landing.movings AS l JOIN staging.movings AS s ON s.id = l.id WHERE NOT l.rent IS NULL AND s.rent IS NULL
    UNION ALL
    SELECT 'tenants', 'age', 'placeholder', COUNT(*)
    FROM staging.tenants AS l JOIN silver.stg_tenants AS s ON s.tenant_id = l.id
    WHERE s.age IS NULL AND (NOT l.age IS NULL OR NOT l.birth_date IS NULL)"""


def quality(warehouse: Warehouse, result: RunResult) -> dict[str, Any]:
    """What is to know of the data.

    Args:
        warehouse: with gold planned in prod.
        result: the run just done, or what an earlier one left (`loader.transform.run.current_result`).

    Returns:
        Name -> value, all of JSON's types.
    """
    return {
        "layers": [
            {
                "layer": one.name,
                "models": one.models,
                "reaches": str(one.reaches) if one.reaches else None,
                "behind": one.behind,
            }
            for one in by_layer(result.fresh_to, result.day)
        ],
        "audits": {"declared": result.audits, "passed": result.audits_passed},
        "restated": result.restated,
        "calendar": rows(
            warehouse,
            """SELECT check_date, dump_status, snapshot_status, rooms_status, dump_rejection, snapshot_rejection, rooms_rejection
               FROM gold.data_quality_calendar WHERE check_date > ? ORDER BY check_date""",
            "day dump snapshot rooms dump_reason snapshot_reason rooms_reason",
            result.day - dt.timedelta(days=CALENDAR_DAYS),
        ),
        "files": rows(
            warehouse,
            """SELECT dataset, COUNT(*), MAX(business_date), SUM(row_count) FROM landing.load_ledger
               GROUP BY dataset ORDER BY dataset""",
            "dataset days last rows",
        ),
        "landed": rows(
            warehouse,
            f"SELECT COUNT(*), SUM(rows_in_dump), SUM(rows_landed) FROM landing.load_tables WHERE load_id = {_LIVE}",
            "tables in_dump landed",
        )[0],
        "changes": rows(
            warehouse,
            f"""SELECT table_name, rows_added, rows_removed, rows_changed FROM landing.load_changes
                WHERE load_id = {_LIVE} ORDER BY table_name""",
            "table added removed changed",
        ),
        "nulled": nulled(warehouse),
        "findings": rows(
            warehouse,
            f"""SELECT rule_name, outcome, figure, bound FROM landing.load_findings
                WHERE load_id = {_LIVE} AND outcome <> 'passed' ORDER BY rule_name, figure""",
            "rule outcome figure bound",
        ),
    }


def nulled(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Values of the newest dump that are NULL in the warehouse, by the loader or by a model, most first: table, column, reason, count."""
    return rows(
        warehouse,
        f"""SELECT table_name, column_name, reason, value_count FROM (
              SELECT table_name, column_name, reason, value_count FROM landing.load_nulled WHERE load_id = {_LIVE}
              UNION ALL {_PLACEHOLDERS}
            ) AS n WHERE value_count > 0 ORDER BY value_count DESC, table_name, column_name""",
        "table column reason count",
    )
