"""The load report as the warehouse keeps it: rows, nulled values and what the gate found, also of a rejected load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loader.mysqldump.report import DumpReport
from loader.quality.changes import Changes
from loader.quality.findings import Finding
from loader.warehouse.base import Warehouse


def record(warehouse: Warehouse, load_id: int, report: DumpReport, findings: Iterable[Finding] = ()) -> None:
    """Keeps the load report: rows by table, nulled values by column and reason, and what the gate found. Within the caller's transaction."""
    tables = [(load_id, name, table.rows_in_dump, table.rows_landed) for name, table in report.tables.items()]
    nulled = [
        (load_id, name, column, reason, count)
        for name, table in report.tables.items()
        for (column, reason), count in table.nulled.items()
    ]
    if tables:
        warehouse.execute_many("INSERT INTO landing.load_tables VALUES (?, ?, ?, ?)", tables)
    if nulled:
        warehouse.execute_many("INSERT INTO landing.load_nulled VALUES (?, ?, ?, ?, ?)", nulled)
    record_findings(warehouse, load_id, findings)


def record_changes(warehouse: Warehouse, load_id: int, changes: Mapping[str, Changes]) -> None:
    """Keeps what changed since the dump before."""
    rows = [(load_id, table, one.added, one.removed, one.changed) for table, one in changes.items()]
    if rows:
        warehouse.execute_many("INSERT INTO landing.load_changes VALUES (?, ?, ?, ?, ?)", rows)


def record_findings(warehouse: Warehouse, load_id: int, findings: Iterable[Finding]) -> None:
    """Keeps findings; their texts are cut to what the table takes."""
    rows = [(load_id, one.rule[:255], one.figure[:512], one.bound[:255], one.outcome) for one in findings]
    if rows:
        warehouse.execute_many("INSERT INTO landing.load_findings VALUES (?, ?, ?, ?, ?)", rows)


def rows_of(warehouse: Warehouse, load_id: int) -> dict[str, int]:
    """Rows landed by a load, by table."""
    return dict(warehouse.query("SELECT table_name, rows_landed FROM landing.load_tables WHERE load_id = ?", load_id))


def forget(warehouse: Warehouse, load_id: int) -> None:
    """Drops the report of a load that never went live."""
    for table in ("load_tables", "load_nulled", "load_findings", "load_changes"):
        warehouse.execute(f"DELETE FROM landing.{table} WHERE load_id = ?", load_id)
