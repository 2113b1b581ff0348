"""What `status` knows: what is loaded, what became of each day, and how far each model reaches. `status_screen` shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enrichment.run import last_line
from loader.landing import calendar
from loader.landing.access import read_warehouse
from loader.quality.changes import Changes
from loader.quality.data_contract import read_data_contract
from loader.settings import Settings
from loader.sources.daily_file_kinds import COORDINATES
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.run import fresh_to

if TYPE_CHECKING:
    from loader.warehouse.base import Warehouse

_LIVE = "load_id = (SELECT load_id FROM landing.generations WHERE state = 'live')"


@dataclass
class Status:
    """What is loaded.

    Attributes:
        loaded: of each kind of file: its name, days, first and last day, rows.
        newest: the newest loaded dump's day, None where none is.
        days: the calendar of the last days, oldest first.
        rejected: the days whose dump or file was refused, and why, newest first.
        failed_run: the day, the time (UTC) and the message of the last run, if it failed.
        waits_for_run: what was computed stands on a dump that is not live any more.
        findings: what the gate found of the live dump and did not simply pass: outcome, rule, figure.
        changes: table -> what the live dump changed in it.
        nulled: what the live dump held and could not be kept: table, column, reason, values; most of them first.
        enriched: the last run of `enrich` in a line, None where there was none.
        kept: the days of the dumps to roll back to.
        withdrawn: the dumps rolled back: day, and when (UTC).
        coordinates: why the reference file that lies in the bucket was refused, None where it was not.
    """

    loaded: list[tuple]
    newest: dt.date | None
    days: list[calendar.Day]
    rejected: list[tuple[dt.date, str]]
    failed_run: tuple[dt.date, dt.datetime, str] | None
    waits_for_run: bool
    findings: list[tuple[str, str, str]]
    changes: dict[str, Changes]
    nulled: list[tuple[str, str, str, int]]
    enriched: str | None
    kept: list[dt.date]
    withdrawn: list[tuple[dt.date, dt.datetime]]
    coordinates: str | None = None


def status(settings: Settings) -> Status:
    """Reads what is loaded and the calendar of the last days. Changes nothing.

    Args:
        settings: the warehouse, and the contract: its `continuity_days` are how many days the calendar has.

    Raises:
        LoaderError: there is no warehouse yet.
        BusyError: another process holds it.
        UsageError: the contract can't be read.
    """
    window = dt.timedelta(days=read_data_contract(settings.data_contract).continuity_days - 1)
    with read_warehouse(settings) as warehouse:
        return _status(warehouse, window)


def freshness(settings: Settings) -> dict[str, dt.date | None]:
    """The last day that each model in prod has computed, None where there is none.

    Raises:
        LoaderError: nothing was planned yet.
        BusyError: another process holds the warehouse.
    """
    with sqlmesh_context(settings) as (context, _):
        return fresh_to(prod_snapshots(context))


def _status(warehouse: Warehouse, window: dt.timedelta) -> Status:
    query = warehouse.query
    loaded = query(
        """SELECT dataset, COUNT(*), MIN(business_date), MAX(business_date), SUM(row_count)
           FROM landing.load_ledger GROUP BY dataset ORDER BY dataset"""
    )
    newest = next((last for dataset, _, _, last, _ in loaded if dataset == "dump"), None)
    rejected = query("SELECT business_date, reason FROM landing.rejections ORDER BY business_date DESC, dataset")
    last = max([*(day for day, _ in rejected), newest or dt.date.min])
    return Status(
        loaded=loaded,
        newest=newest,
        days=list(calendar.days(warehouse, last - window, last)) if newest else [],
        rejected=rejected,
        failed_run=_failed_run(warehouse),
        waits_for_run=bool(query("SELECT 1 FROM landing.days_to_reopen")),
        findings=query(
            f"""SELECT outcome, rule_name, figure FROM landing.load_findings
                WHERE outcome <> 'passed' AND {_LIVE} ORDER BY outcome DESC, rule_name, figure"""
        ),
        changes={
            table: Changes(*counts)
            for table, *counts in query(
                f"""SELECT table_name, rows_added, rows_removed, rows_changed FROM landing.load_changes
                    WHERE {_LIVE} AND rows_added + rows_removed + rows_changed > 0 ORDER BY table_name"""
            )
        },
        nulled=query(
            f"""SELECT table_name, column_name, reason, value_count FROM landing.load_nulled
                WHERE {_LIVE} ORDER BY value_count DESC, table_name, column_name"""
        ),
        enriched=last_line(warehouse),
        kept=[
            day
            for (day,) in query(
                "SELECT business_date FROM landing.generations WHERE state = 'kept' ORDER BY load_id DESC"
            )
        ],
        withdrawn=query(
            "SELECT business_date, withdrawn_at FROM landing.withdrawn_files WHERE dataset = 'dump' ORDER BY withdrawn_at DESC"
        ),
        coordinates=query("SELECT MAX(reason) FROM landing.rejections WHERE dataset = ?", COORDINATES)[0][0],
    )


def _failed_run(warehouse: Warehouse) -> tuple[dt.date, dt.datetime, str] | None:
    if not warehouse.has_table("landing", "failed_run"):
        return None  # a warehouse of an earlier release, which no load has touched since
    return next(iter(warehouse.query("SELECT business_date, failed_at, reason FROM landing.failed_run")), None)
