"""Signals of staging: a day is processed only once its data is in the load ledger."""

from __future__ import annotations

import datetime as dt
import typing as t

from sqlmesh import signal
from sqlmesh.utils.date import DatetimeRanges

if t.TYPE_CHECKING:
    from sqlmesh import ExecutionContext


@signal()
def dump_landed(batch: DatetimeRanges, context: ExecutionContext) -> DatetimeRanges | bool:
    """The days whose dump, or a later one, has landed (a later one holds what happened on a skipped day)."""
    return _landed(batch, context, "dump")


@signal()
def snapshot_landed(batch: DatetimeRanges, context: ExecutionContext) -> DatetimeRanges | bool:
    """The days whose file of tenant statuses, or a later one, has landed: a day without a file before a day with one is a known gap."""
    return _landed(batch, context, "tenant_status")


@signal()
def rooms_landed(batch: DatetimeRanges, context: ExecutionContext) -> DatetimeRanges | bool:
    """As `snapshot_landed`, for the files of room assignments and of properties, both."""
    return _landed(batch, context, "room_assignment", "property")


def _landed(batch: DatetimeRanges, context: ExecutionContext, *datasets: str) -> DatetimeRanges | bool:
    newest: list[dt.date | None] = [
        context.engine_adapter.fetchone(
            f"SELECT MAX(business_date) FROM landing.load_ledger WHERE dataset = '{dataset}'"
        )[0]
        for dataset in datasets
    ]
    if None in newest:
        return False
    last = min(newest)
    # True for all days: with a list SQLMesh searches it once for each day, millions of times in the first plan.
    return batch[-1][0].date() <= last or [(start, end) for start, end in batch if start.date() <= last]
