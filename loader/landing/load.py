"""`load` and `export`: dumps and daily files of the bucket into the warehouse, and daily files of past days into the bucket.

See docs/decisions/0004 and 0005.
"""

import datetime as dt

from loader import commands, dates
from loader.console import name_next, step, warn
from loader.errors import LoaderError, NoDumpError, UsageError
from loader.landing import daily_exports, enrichment_cache, generations, ledger
from loader.landing.load_steps import LoadRequest, LoadResult, open_job
from loader.settings import Settings
from loader.sources.daily_file_kinds import DATASETS, Dataset
from loader.sources.storage import Bucket
from loader.warehouse.base import Warehouse


def load(settings: Settings, day: dt.date | None = None, **request: object) -> dt.date:
    """Lands a dump and the new daily files, and returns the dump's day; safe to repeat, and to kill at any point.

    `day` is the business day, None for the newest acceptable dump's; the rest are fields of `LoadRequest`. A rejected dump or file changes
    nothing but the record of it, and raises a LoaderError of its kind.
    """
    loaded = land(settings, LoadRequest(day, **request))
    if loaded.changed:
        name_next(commands.loader("run") if loaded.is_planned else commands.sqlmesh("plan"))
    loaded.raise_problems()
    return day or loaded.day


def land(settings: Settings, request: LoadRequest) -> LoadResult:
    """As `load`, but what went wrong with single days is in the result and not raised, so that a run can go on with the rest.

    Raises a LoaderError where it could not begin: bad settings, no bucket, another writer.
    """
    today = dates.business_today()
    if request.day and request.day > today:
        raise UsageError(f"{request.day} lies in the future: today is {today} in Japan")
    with open_job(settings, request) as job:
        warehouse, bucket = job.landing.warehouse, job.landing.bucket
        if warehouse.query("SELECT uri FROM landing.loaded_from") != [(bucket.uri,)]:
            with warehouse.transaction():
                warehouse.execute("DELETE FROM landing.loaded_from")
                warehouse.insert("landing.loaded_from", [(bucket.uri,)])
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
        job.result.is_planned = warehouse.has_table("staging", "tenants")
        return job.result


def _answers(warehouse: Warehouse, bucket: Bucket) -> None:
    """Brings in the nationalities that the bucket's file has and this database does not, whether or not a model is configured today.

    A bad file stops the enrichment alone: the morning goes on with what is there.
    """
    try:
        restored, written = enrichment_cache.sync(warehouse, bucket)
    except LoaderError as problem:
        warn(f"nationalities that were answered are not brought in: {problem}")
        return
    if restored or written:
        with step("nationality answers") as progress:
            progress.add_figures(from_bucket=restored, written_to_bucket=written)
            progress.summarize(f"{restored:,} from the bucket, {written:,} written to it")


def _behind(warehouse: Warehouse) -> bool:
    """Whether a dump or file is in whose run never came, or was killed."""
    seen = warehouse.query("SELECT MAX(load_id) FROM landing.computed_to")[0][0]
    return seen is not None and (ledger.newest_load(warehouse) or 0) > seen


def export(settings: Settings, first: dt.date, last: dt.date, **request: object) -> None:
    """Writes the daily files of a range of days that the bucket does not have, or with `again` all; safe to repeat, and to kill at any point.
    `request` has further fields of `LoadRequest`.

    A day's dump is read into a place of its own, which is dropped: what the warehouse shows, its ledger and its calendar stay as they are.
    Raises a LoaderError at the end that names each day whose files could not be made; the others are made.
    """
    today = dates.business_today()
    if last < first:
        raise UsageError(f"--to {last} is before --date {first}")
    if last > today:
        raise UsageError(f"{last} lies in the future: today is {today} in Japan")
    with open_job(settings, LoadRequest(**request)) as job:
        warehouse, bucket, selector = job.landing.warehouse, job.landing.bucket, job.selector
        listed, live = selector.listed(), generations.live(warehouse)
        days = dates.each_day(first, last)
        for number, day in enumerate(days, 1):
            name = f"export {day}" + (f" ({number:,} of {len(days):,})" if len(days) > 1 else "")
            datasets: list[Dataset] = [one for one in DATASETS if job.request.again or not bucket.keys(one.key_of(day))]
            try:
                if not datasets:
                    with step(name) as progress:
                        progress.add_figures(rows={})
                        progress.summarize("the bucket has its files")
                elif live and live.day == day:
                    with step(name, total=len(datasets)) as progress:
                        daily_exports.export(warehouse, bucket, day, datasets, progress=progress)
                elif day not in listed:
                    raise NoDumpError(
                        f"{bucket.uri} holds no dump of {day}, so its files can't be made\n  {commands.ask_producer(day)}"
                    )
                else:
                    job.landing.export(selector.of_day(day, listed[day]), datasets, name)
            except LoaderError as problem:
                job.result.problems.append(problem)
    job.result.raise_problems()
