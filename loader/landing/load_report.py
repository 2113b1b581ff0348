"""The load report as the warehouse keeps it: rows, nulled values and what the gate found, also of a rejected load."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

from loader.mysqldump.dump_summary import DumpSummary
from loader.quality.changed_rows import Changes
from loader.quality.findings import Finding
from loader.warehouse.base import Warehouse


def record(
    warehouse: Warehouse,
    load_id: int,
    report: DumpSummary,
    findings: Iterable[Finding] = (),
    changes: Mapping[str, Changes] | None = None,
) -> None:
    """Keeps the load report: rows by table, nulled values by column and reason, what the gate found, and what changed since the dump
    before. Within the caller's transaction."""
    tables = report.tables.items()
    landed = [(load_id, name, table.rows_in_dump, table.rows_landed) for name, table in tables]
    nulled = [(load_id, name, *where, count) for name, table in tables for where, count in table.nulled.items()]
    changed = [(load_id, table, *astuple(one)) for table, one in (changes or {}).items()]
    warehouse.insert("landing.load_tables", landed)
    warehouse.insert("landing.load_nulled", nulled)
    warehouse.insert("landing.load_changes", changed)
    record_findings(warehouse, load_id, findings)


def record_findings(warehouse: Warehouse, load_id: int, findings: Iterable[Finding]) -> None:
    """Keeps findings; their texts are cut to what the table takes."""
    rows = [(load_id, one.rule[:255], one.figure[:512], one.bound[:255], one.outcome) for one in findings]
    warehouse.insert("landing.load_findings", rows)


@dataclass(frozen=True)
class LiveFigures:
    """What the load of the live dump found, each in the order in which people read it."""

    # Its tables, the rows in the dump and the rows landed; None for a number if no dump is live.
    rows: tuple[int, int | None, int | None]
    # What the gate found and did not simply pass: outcome, rule, figure, bound.
    findings: list[tuple[str, str, str, str]]
    changes: dict[str, Changes]  # table -> what the dump changed in it
    # What it held and the warehouse can't keep: table, column, reason, values; most of them first.
    nulled: list[tuple[str, str, str, int]]


def live_figures(warehouse: Warehouse) -> LiveFigures:
    def query(columns: str, table: str, end: str = "") -> list[tuple]:
        live = "load_id = (SELECT load_id FROM landing.generations WHERE state = 'live')"
        return warehouse.query(f"SELECT {columns} FROM landing.{table} WHERE {live} {end}")

    changes = query("table_name, rows_added, rows_removed, rows_changed", "load_changes", "ORDER BY table_name")
    return LiveFigures(
        rows=tuple(n and int(n) for n in query("COUNT(*), SUM(rows_in_dump), SUM(rows_landed)", "load_tables")[0]),
        findings=query(
            "outcome, rule_name, figure, bound",
            "load_findings",
            "AND outcome <> 'passed' ORDER BY outcome DESC, rule_name, figure",
        ),
        changes={table: Changes(*counts) for table, *counts in changes},
        nulled=query(
            "table_name, column_name, reason, value_count",
            "load_nulled",
            "ORDER BY value_count DESC, table_name, column_name",
        ),
    )


def rows_of(warehouse: Warehouse, load_id: int) -> dict[str, int]:
    return dict(warehouse.query("SELECT table_name, rows_landed FROM landing.load_tables WHERE load_id = ?", load_id))


def forget(warehouse: Warehouse, load_id: int) -> None:
    """Drops the report of a load that never went live."""
    for table in ("load_tables", "load_nulled", "load_findings", "load_changes"):
        warehouse.execute(f"DELETE FROM landing.{table} WHERE load_id = ?", load_id)
