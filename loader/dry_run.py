"""`daily --dry-run`: what the morning would load and compute. Reads manifests, listings and the warehouse, and changes nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from loader import dates
from loader.console import counted
from loader.errors import DumpRejectedError, NoDumpError
from loader.landing import calendar, daily_exports, generations, ledger
from loader.landing.access import read_warehouse
from loader.landing.coordinates import KEY, Coordinates
from loader.landing.load_job import LoadRequest, is_loaded, to_catch_up
from loader.quality.data_contract import DataContract, read_data_contract
from loader.settings import Settings
from loader.sources.dump_selection import DumpSelector
from loader.sources.storage import Bucket, open_bucket
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.run import fresh_to
from loader.warehouse.base import Warehouse


def preview(settings: Settings, request: LoadRequest) -> Iterator[str]:
    """What `daily` would do, in lines; a dump is judged by its manifest alone, as its rows are not read.

    Args:
        settings: warehouse and bucket.
        request: as of `daily`.

    Raises:
        LoaderError: there is no warehouse or bucket, or the contract can't be read.
        BusyError: another process holds the warehouse (DuckDB).
    """
    contract, bucket = read_data_contract(settings.data_contract), open_bucket(settings.bucket_uri)
    expected = request.day or dates.business_today()
    with read_warehouse(settings) as warehouse:
        yield "Load"
        day = yield from _dumps(warehouse, bucket, contract, request, expected)
        yield from _files(warehouse, bucket)
        yield from _coordinates(Coordinates(warehouse, bucket, contract, request.accepted), expected)
        window = dt.timedelta(days=contract.continuity_days)
        before = list(calendar.days(warehouse, expected - window, expected - dt.timedelta(days=1)))
        if missing := [one.date for one in before if not one.complete and not one.excused(expected)]:
            yield f"  missing before {expected} by now, and not waived: {_days(missing)}"
    with sqlmesh_context(settings) as (context, _):
        reached = fresh_to(prod_snapshots(context))
    yield f"Compute, up to {day}"
    yield from _models(reached, day)
    yield "  and the days of marts that corrections at the source changed: only the run can tell which"


def _dumps(
    warehouse: Warehouse, bucket: Bucket, contract: DataContract, request: LoadRequest, expected: dt.date
) -> Iterator[str]:
    """Tells of the dumps, and returns the day that would be the live one's."""
    selector = DumpSelector(bucket, contract.manifest, dates.business_today(), ledger.withdrawn(warehouse, ledger.DUMP))
    listed = selector.listed()
    first = expected - dt.timedelta(days=contract.continuity_days)
    live = generations.live(warehouse)
    if late := to_catch_up(warehouse, listed, first, expected):
        yield f"  dumps of days before, not loaded yet: {_days(late)}"
    refused: list[str] = []
    oldest = expected - dt.timedelta(days=request.max_stale_days or 0)
    try:
        dump = selector.newest(listed, oldest, expected, lambda *rejected: refused.append(str(rejected[-1])))
    except (DumpRejectedError, NoDumpError) as problem:
        yield f"  no dump: {problem}"
        return max([*late, *([live.day] if live else [])], default=expected)
    yield from (f"  not this one: {reason}" for reason in refused)
    done = is_loaded(warehouse, bucket, dump)
    yield f"  {dump.key}, {dump.size_bytes / 1e6:,.1f} MB: {'loaded already' if done else 'new, and its manifest is good'}"
    return dump.day


def _files(warehouse: Warehouse, bucket: Bucket) -> Iterator[str]:
    live = generations.live(warehouse)
    if live is None:
        return
    found = daily_exports.diff(warehouse, bucket, live.day, dates.business_today())
    kinds = Counter(file.dataset.name for file in found.to_land)
    new = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items())) or "none"
    yield f"  daily files that are new or changed: {new}; of a new dump's day they are made from it"
    yield from (f"  refused: {rejection}" for _, rejection in found.rejected)


def _coordinates(file: Coordinates, day: dt.date) -> Iterator[str]:
    try:
        rows = file.would_land(day)
    except DumpRejectedError as rejection:
        yield f"  refused: {rejection}"
        return
    yield f"  {KEY}: {'nothing new' if rows is None else f'{rows:,} rows'}"


def _models(reached: dict[str, dt.date | None], day: dt.date) -> Iterator[str]:
    behind = Counter(last for last in reached.values() if last is None or last < day)
    if not behind:
        yield "  no model: all of them are there"
    for last, count in sorted(behind.items(), key=lambda item: item[0] or dt.date.min):
        yield f"  {counted(count, 'model')}: " + (
            f"{_stretch(last + dt.timedelta(days=1), day)}" if last else "everything"
        )


def _days(days: Iterable[dt.date]) -> str:
    """Days as stretches of such that follow each other."""
    found = []
    for _, group in groupby(enumerate(days), key=lambda item: item[1] - dt.timedelta(days=item[0])):
        stretch = [day for _, day in group]
        found.append(_stretch(stretch[0], stretch[-1]))
    return ", ".join(found)


def _stretch(first: dt.date, last: dt.date) -> str:
    return str(first) if first == last else f"{first} to {last}"
