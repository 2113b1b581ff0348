"""`load`: lands the dump of a day and the daily files that the warehouse does not have. See docs/decisions/0004."""

from __future__ import annotations

import datetime as dt

from loader import dates
from loader.console import step, warn
from loader.errors import LoaderError, UsageError
from loader.landing import enrichment_cache, ledger
from loader.landing.dump import opened
from loader.landing.load_job import LoadJob, LoadRequest, LoadResult
from loader.settings import Settings
from loader.sources.storage import Bucket
from loader.warehouse.base import Warehouse


def load(settings: Settings, day: dt.date | None = None, **request: object) -> dt.date:
    """Lands a dump and the new snapshots; safe to repeat, and to kill at any point.

    Args:
        settings: warehouse and bucket.
        day: business day of the dump; None for the newest acceptable one.
        request: further fields of `LoadRequest`.

    Returns:
        The business day of the dump.

    Raises:
        LoaderError: in one of its kinds, see loader/errors.py; a rejected dump or file has changed nothing but the record of it.
    """
    loaded = land(settings, LoadRequest(day, **request))
    loaded.raise_problems()
    return day or loaded.day


def land(settings: Settings, request: LoadRequest) -> LoadResult:
    """As `load`, but what went wrong with single days is in the result and not raised, so that a run can go on with the rest.

    Raises:
        LoaderError: it could not begin: bad settings, no bucket, another writer.
    """
    today = dates.business_today()
    if request.day and request.day > today:
        raise UsageError(f"{request.day} lies in the future: today is {today} in Japan")
    with opened(settings, again=request.again, by_hand=request.by_hand, accepted=request.accepted) as (
        selector,
        landing,
    ):
        warehouse, bucket = landing.warehouse, landing.bucket
        _remember(warehouse, bucket.uri)
        job = LoadJob(selector, landing, request)
        job.dumps()
        job.daily_files()
        job.coordinates()
        if request.catch_up:
            job.missing_days()
        _answers(warehouse, bucket)
        reopened = warehouse.query("SELECT 1 FROM landing.days_to_reopen")
        if reopened or enrichment_cache.waits_for_run(warehouse) or _behind(warehouse):
            # A rollback is yet to be followed by a run, or answers are, or the last load is.
            job.result.changed = True
        return job.result


def _remember(warehouse: Warehouse, uri: str) -> None:
    if warehouse.query("SELECT uri FROM landing.loaded_from") != [(uri,)]:
        with warehouse.transaction():
            warehouse.execute("DELETE FROM landing.loaded_from")
            warehouse.execute("INSERT INTO landing.loaded_from VALUES (?)", uri)


def _answers(warehouse: Warehouse, bucket: Bucket) -> None:
    """Brings in the nationalities that the bucket's file has and this database does not, whether or not a model is configured today.

    A bad file stops the enrichment alone: the morning goes on with what is there.
    """
    try:
        synced = enrichment_cache.sync(warehouse, bucket)
    except LoaderError as problem:
        warn(f"nationalities that were answered are not brought in: {problem}")
        return
    if synced.restored or synced.exported:
        with step("nationality answers") as progress:
            progress.note(from_bucket=synced.restored, written_to_bucket=synced.exported)
            progress.tell(f"{synced.restored:,} from the bucket, {synced.exported:,} written to it")


def _behind(warehouse: Warehouse) -> bool:
    """Whether a dump or file is in whose run never came, or was killed."""
    seen = warehouse.query("SELECT MAX(load_id) FROM landing.computed_to")[0][0]
    return seen is not None and (ledger.newest_load(warehouse) or 0) > seen
