"""The gate: what is found of a landed dump before anybody sees it, each finding with its figure and its bound."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from loader.mysqldump.dump_summary import DumpSummary, Remark
from loader.quality.changed_rows import Changes
from loader.quality.columns import RequiredColumn, incompatible_columns, overflowing_values, schema_changes
from loader.quality.data_contract import DataContract
from loader.quality.dump_checks import dated, unchanged
from loader.quality.findings import BLOCKED, NOTED, WARNED, Finding, softened
from loader.quality.table_rules import TableCheck, findings_on
from loader.sources.dump_selection import Dump
from loader.warehouse.base import Columns, Warehouse


@dataclass(frozen=True)
class Landed:
    schema: str  # where its tables are
    report: DumpSummary  # what landing it found
    dump: Dump  # what it is a landing of
    columns: Columns  # its columns
    rows_before: Mapping[str, int]  # table -> rows of the dump before; empty for the first
    columns_before: Columns  # the columns that `landing` shows now; empty for the first
    twin: dt.date | None  # day of another landed dump with the same bytes
    since: dt.date | None  # day of the live dump, where this one is of a later day
    changes: Mapping[str, Changes]  # what changed since the live dump, table by table


def examine(
    warehouse: Warehouse,
    landed: Landed,
    contract: DataContract,
    required: Iterable[RequiredColumn],
    accepted: Collection[str],
) -> list[Finding]:
    """Judges a landed dump: a finding a rule. The dump is acceptable if none is BLOCKED.

    `required` are the columns that models read; `accepted` names rules that somebody accepts for this load.
    """
    required = tuple(required)
    tables = {name: table.columns for name, table in landed.report.tables.items()}
    found = [Finding("columns", sentence, outcome=BLOCKED) for sentence in incompatible_columns(required, tables)]
    found += [Finding("columns", sentence, outcome=BLOCKED) for sentence in contract.missing_columns(tables)]
    if not found:  # what the rules below ask for is there
        found += overflowing_values(warehouse, landed.schema, required, tables)
        for name, rules in contract.tables.items():
            read = {one.name.lower() for one in required if one.table == name}
            before = landed.rows_before.get(name)
            report, shown = landed.report.tables[name], map(str.lower, landed.columns_before.get(name, ()))
            table = TableCheck(warehouse, landed.schema, name, report, before, landed.dump.taken_at, read, set(shown))
            found += findings_on(table, rules)
    found += _shrunk(landed, contract)
    needed = {*contract.tables, *(one.table for one in required)}
    found += [_of_remark(remark, needed, required) for remark in landed.report.remarks]
    dump = landed.dump
    found.append(dated(landed.report.times, dump.day, dump.taken_at, has_manifest=dump.sha256 is not None))
    altered = {name for name in contract.tables if landed.columns.get(name) != landed.columns_before.get(name)}
    if same := unchanged(landed.twin, landed.since, landed.changes, altered):
        found.append(same)
    if landed.columns_before:
        changes = schema_changes(landed.columns_before, landed.columns)
        found += [Finding("drift", sentence, outcome=NOTED) for sentence in changes]
    return [softened(finding, contract.only_warn, accepted) for finding in found]


def _shrunk(landed: Landed, contract: DataContract) -> Iterator[Finding]:
    """Tables without rules that lost more than half of their rows. However few: a small one may be a list that others point into."""
    now = {name.lower(): table.rows_landed for name, table in landed.report.tables.items()}
    for name, before in sorted(landed.rows_before.items()):
        rows = now.get(name.lower(), 0)
        if name not in contract.tables and 2 * rows < before:
            missing = "" if name.lower() in now else ", the table is missing"
            figure = f"{before:,} to {rows:,} rows, {100 * (rows - before) / before:+.2f} %{missing}"
            yield Finding(f"shrunk:{name}", figure, "", WARNED)


def _of_remark(remark: Remark, needed: Collection[str], required: Iterable[RequiredColumn]) -> Finding:
    """What the dump leaves open is a warning; but a part of a table, or a column without its values, that numbers are made of is no dump."""
    subject = ".".join(part for part in (remark.table, remark.column) if part is not None)
    blocks = remark.rule == "whole" and remark.table in needed
    figure = remark.what
    if remark.rule == "generated":
        read = [one for one in required if one.table == remark.table and one.name.lower() == remark.column.lower()]
        if models := sorted({one.model for one in read}):
            blocks, figure = True, f"{remark.what}; read by {' and '.join(models)}"
    return Finding(f"{remark.rule}:{subject}" if subject else remark.rule, figure, "", BLOCKED if blocks else WARNED)
