"""`status`: what is loaded, what became of each day, and how fresh each layer is."""

from __future__ import annotations

import datetime as dt

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loader import calendar
from loader.changes import Changes
from loader.clock import business_today
from loader.contract import read_contract
from loader.enrich import record
from loader.freshness import by_layer
from loader.project import prod_snapshots, sqlmesh_context
from loader.run import fresh_to
from loader.settings import Settings
from loader.warehouse import Warehouse, read_warehouse


def status(settings: Settings) -> None:
    """Prints what is loaded, the calendar of the last days and how fresh each layer is. Changes nothing.

    Raises:
        LoaderError: there is no warehouse yet.
        BusyError: another process holds it.
    """
    console = Console(highlight=False)
    with read_warehouse(settings) as warehouse:
        loaded = warehouse.query(
            """SELECT dataset, COUNT(*), MIN(business_date), MAX(business_date), SUM(row_count)
               FROM landing.load_ledger GROUP BY dataset ORDER BY dataset"""
        )
        nulled = warehouse.query(
            """SELECT table_name, column_name, reason, value_count FROM landing.load_nulled
               WHERE load_id = (SELECT load_id FROM landing.generations WHERE state = 'live')
               ORDER BY value_count DESC, table_name, column_name LIMIT 5"""
        )
        changes = warehouse.query(
            """SELECT table_name, rows_added, rows_removed, rows_changed FROM landing.load_changes
               WHERE load_id = (SELECT load_id FROM landing.generations WHERE state = 'live')
               AND rows_added + rows_removed + rows_changed > 0 ORDER BY table_name"""
        )
        kept = warehouse.query(
            "SELECT business_date FROM landing.generations WHERE state = 'kept' ORDER BY load_id DESC"
        )
        withdrawn = warehouse.query(
            "SELECT business_date, withdrawn_at FROM landing.withdrawn_files WHERE dataset = 'dump' ORDER BY withdrawn_at"
        )
        findings = warehouse.query(
            """SELECT outcome, rule_name, figure FROM landing.load_findings WHERE outcome <> 'passed'
               AND load_id = (SELECT load_id FROM landing.generations WHERE state = 'live') ORDER BY outcome, rule_name, figure"""
        )
        newest = next((last for dataset, _, _, last, _ in loaded if dataset == "dump"), None)
        last = max(newest or dt.date.min, max((day for (day,) in _rejected_days(warehouse)), default=dt.date.min))
        waits_for_run = bool(warehouse.query("SELECT 1 FROM landing.days_to_reopen"))
        enriched = record.last_line(warehouse)
        window = dt.timedelta(days=read_contract(settings.contract).continuity_days - 1)
        days = list(calendar.days(warehouse, last - window, last)) if newest else []
    for line in _wrong(days, newest, business_today(), waits_for_run):
        console.print(line)
    console.print(_loaded_table(loaded))
    console.print(_calendar_table(days, last))
    for outcome, rule, figure in findings:
        console.print(f"  [yellow]{outcome}[/] in the newest dump, {escape(rule)}: {escape(figure)}")
    for table, *counts in changes:
        console.print(f"  the newest dump changed {table}: {Changes(*counts)} rows (added, removed, changed)")
    for table, column, reason, count in nulled:
        console.print(f"  nulled in landing.{table}.{column}: {count:,} values ({reason.replace('_', ' ')})")
    if enriched:
        console.print(f"  {escape(enriched)}")
    if kept:
        console.print(f"  to roll back to: {', '.join(str(day) for (day,) in kept)}")
    for day, at in withdrawn:
        console.print(f"  [yellow]rolled back: the dump of {day}, at {at} UTC[/]")
    with sqlmesh_context(settings) as (context, _):
        console.print(_freshness_table(fresh_to(prod_snapshots(context)), newest))


def _loaded_table(loaded: list[tuple]) -> Table:
    table = Table(title="Loaded", title_justify="left")
    for heading in ("dataset", "days", "first", "last", "days missing between", "rows"):
        table.add_column(heading, justify="left" if heading == "dataset" else "right")
    for dataset, days, first, last, rows in loaded:
        gaps = (last - first).days + 1 - days
        table.add_row(dataset, f"{days:,}", str(first), str(last), f"{gaps:,}", f"{rows:,}")
    return table


def _wrong(days: list[calendar.Day], newest: dt.date | None, today: dt.date, waits_for_run: bool) -> list[str]:
    """What a person should know first."""
    said = []
    if newest and newest < today:
        age = (today - newest).days
        said.append(f"today is {today} in Japan, and the newest loaded dump is of {newest}, {age} days old")
    for day in days:
        if day.complete and day.reasons:
            said.append(f"{day.date}: what is loaded stands, but a newer file of it was refused")
        elif not day.complete and not day.excused(max(day.date, newest or day.date)):
            said.append(f"{day.date}: dump {day.dump}, snapshots {_files(day)}")
    if waits_for_run:
        said.append(
            "a dump was replaced or rolled back, and what was computed from it still stands: python -m loader run"
        )
    if not said:
        return ["[green]Nothing is wrong.[/]"]
    return [f"[red]Wrong: {len(said)}[/]", *(f"  {line}" for line in said)]


def _rejected_days(warehouse: Warehouse) -> list[tuple]:
    return warehouse.query("SELECT business_date FROM landing.rejections")


def _calendar_table(days: list[calendar.Day], on: dt.date) -> Table:
    table = Table(title="The last days", title_justify="left")
    for heading in ("day", "dump", "snapshots", "what is to know"):
        table.add_column(heading, overflow="fold")
    for day in days:
        notes = [escape(reason) for reason in day.reasons]
        notes += [] if day.has_manifest else ["[yellow]loaded by hand, without a manifest: nobody vouches for it[/]"]
        if day.waiver and not day.complete:
            over = "" if day.excused(on) else " [red](over)[/]"
            notes.append(
                f"waived by {escape(day.waiver.by)} until {day.waiver.until}{over}: {escape(day.waiver.reason)}"
            )
        table.add_row(str(day.date), _coloured(day.dump), _coloured(_files(day)), "\n".join(notes))
    return table


def _files(day: calendar.Day) -> str:
    """The state of a day's daily files: one word where they share it."""
    if len(set(day.files.values())) == 1:
        return next(iter(day.files.values()))
    return ", ".join(f"{name} {state}" for name, state in day.files.items() if state != "loaded")


def _coloured(state: str) -> str:
    return state if state == "loaded" else f"[red]{state}[/]"


def _freshness_table(fresh: dict[str, dt.date | None], newest: dt.date | None) -> Table:
    table = Table(title="Fresh to", title_justify="left")
    for heading in ("layer", "models", "every model reaches", "behind the newest dump"):
        table.add_column(heading)
    for one in by_layer(fresh, newest):
        table.add_row(one.name, str(one.models), str(one.reaches or "nothing yet"), ", ".join(one.behind) or "none")
    return table
