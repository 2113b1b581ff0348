"""The report's page on the data itself: what landed, what became of each day, what was nulled, how fresh each layer is."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from loader.landing.load_report import live_figures
from loader.monitoring.status import by_layer
from loader.transform.run import RunResult
from loader.warehouse.base import Warehouse
from report.figures import rows

CALENDAR_DAYS = 42
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
    live = live_figures(warehouse)
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
        "landed": dict(zip(("tables", "in_dump", "landed"), live.rows, strict=True)),
        "changes": [{"table": table, **asdict(one)} for table, one in live.changes.items()],
        "nulled": nulled(warehouse),
        "findings": [
            {"rule": rule, "outcome": outcome, "figure": figure, "bound": bound}
            for outcome, rule, figure, bound in live.findings
        ],
    }


def nulled(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Values of the newest dump that are NULL in the warehouse, by the loader or by a model, most first: table, column, reason, count."""
    found = [*live_figures(warehouse).nulled, *warehouse.query(_PLACEHOLDERS)]
    found.sort(key=lambda one: (-one[3], *one[:2]))
    return [dict(zip(("table", "column", "reason", "count"), one, strict=True)) for one in found if one[3]]
