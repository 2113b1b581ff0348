"""The door: a day may be processed only once its data is in the load ledger."""

from __future__ import annotations

import datetime as dt
import typing as t

from sqlmesh import signal
from sqlmesh.utils.date import DatetimeRanges

if t.TYPE_CHECKING:
    from sqlmesh import ExecutionContext


@signal()
def dump_landed(batch: DatetimeRanges, context: ExecutionContext) -> DatetimeRanges:
    """The days whose dump, or a later one, has landed (a later one holds what happened on a skipped day)."""
    return _landed(batch, context, "dump")


@signal()
def snapshot_landed(batch: DatetimeRanges, context: ExecutionContext) -> DatetimeRanges:
    """The days whose snapshot, or a later one, has landed: a day without a file before a day with one is a known gap."""
    return _landed(batch, context, "tenant_status")


@signal()
def rooms_landed(batch: DatetimeRanges, context: ExecutionContext) -> DatetimeRanges:
    """As `snapshot_landed`, for the files of room assignments and of properties, both."""
    return _landed(_landed(batch, context, "room_assignment"), context, "property")


def _landed(batch: DatetimeRanges, context: ExecutionContext, dataset: str) -> DatetimeRanges:
    row = context.engine_adapter.fetchone(
        f"SELECT MAX(business_date) FROM landing.load_ledger WHERE dataset = '{dataset}'"
    )
    newest: dt.date | None = row[0] if row else None
    if newest is None:
        return []
    return [(start, end) for start, end in batch if start.date() <= newest]
