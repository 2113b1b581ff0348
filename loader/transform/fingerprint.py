"""Everything that a run computes from, as one fingerprint: where it is the last run's, there is nothing to compute, and nothing to compare."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from loader.warehouse.base import Warehouse

if TYPE_CHECKING:
    from loader.transform.prod import Prod

# What no load, rejection, rollback, waiver or answer can leave as it was. Rows of dumps and other files change with the ledger only.
_CHANGES_WITH = {
    "load_ledger": "COUNT(*), SUM(load_id), MAX(finished_at)",
    "rejections": "COUNT(*), SUM(load_id), MAX(rejected_at)",
    "withdrawn_files": "COUNT(*), SUM(load_id), MAX(withdrawn_at)",
    "waivers": "COUNT(*), MAX(waived_at), MAX(until_date)",
    "days_to_reopen": "COUNT(*)",
    "enrichment_to_run": "COUNT(*)",
    "llm_enrichment_cache": "COUNT(*), MAX(enriched_at)",
}


def fingerprint(warehouse: Warehouse, prod: Prod, day: dt.date) -> str:
    """The fingerprint of what lies in landing, of prod's plan and of the days that each model has computed: 64 hex digits."""
    landing = [
        (table, warehouse.query(f"SELECT {columns} FROM landing.{table}")) for table, columns in _CHANGES_WITH.items()
    ]
    models = sorted((name, one.identifier, one.intervals) for name, one in prod.models.items())
    return hashlib.sha256(repr((day, landing, prod.plan_id, models)).encode()).hexdigest()


def is_unchanged_since_last_run(warehouse: Warehouse, prod: Prod, day: dt.date) -> bool:
    """Whether the last run that came to its end had the same."""
    return warehouse.query("SELECT inputs FROM landing.computed_to") == [(fingerprint(warehouse, prod, day),)]
