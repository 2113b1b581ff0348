"""`daily --dry-run`: what the morning would load and compute. Reads manifests, listings and the warehouse, and changes nothing."""

import datetime as dt
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

from loader import dates
from loader.console import counted
from loader.errors import DumpRejectedError, LoaderError, NoDumpError
from loader.landing import calendar, daily_exports, generations, ledger
from loader.landing.access import read_warehouse
from loader.landing.coordinates import KEY, Coordinates
from loader.landing.load_context import LoadContext
from loader.landing.load_steps import LoadRequest, is_loaded, to_catch_up
from loader.quality.data_contract import read_data_contract
from loader.settings import Settings
from loader.sources.dump_selection import DumpSelector
from loader.sources.storage import open_bucket
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.run import fresh_to


def preview(settings: Settings, request: LoadRequest) -> Iterator[str]:
    """What `daily` would do, in lines; a dump is judged by its manifest alone, as its rows are not read.

    Raises a LoaderError where it can't begin, and at the end of the kind with which `daily` would end for what the lines name.
    """
    contract, bucket = read_data_contract(settings.data_contract), open_bucket(settings.bucket_uri)
    expected = request.day or dates.business_today()
    problems: list[LoaderError] = []  # in the order of `daily`
    with read_warehouse(settings) as warehouse:
        yield "Load"
        context = LoadContext(warehouse, bucket, contract, request.accepted)
        day, load = yield from _dumps(context, request, expected, problems)
        live, today = generations.live(warehouse), dates.business_today()
        found = daily_exports.diff(warehouse, bucket, live.day, today) if live else daily_exports.Found()
        window = dt.timedelta(days=contract.continuity_days)
        before = calendar.days(warehouse, expected - window, expected - dt.timedelta(days=1))
        missing = [load.judged(one) for one in before if not one.complete and not load.completes(one, found)]
        waived = calendar.waived(warehouse, expected) - ledger.days_with_files(warehouse)
        named = waived | {one.date for one in missing}
        problems += [rejection for day, rejection in found.rejected if day not in named]
        yield from _lines(found)
        yield from _coordinates(Coordinates(context), expected, problems)
        for problem in calendar.missing_days([one for one in missing if not one.excused(expected)], expected):
            yield f"  {problem}"
            problems.append(problem)
    with sqlmesh_context(settings) as (context, _):
        reached = fresh_to(prod_snapshots(context))
    yield f"Compute, up to {day}"
    yield from _models(reached, day)
    yield "  and the days of marts that corrections at the source changed: only the run can tell which"
    if problems:
        kind = type(problems[0])
        raise kind(f"`daily` would end with exit code {kind.exit_code}, for what is missing or refused above")


@dataclass
class _Coming:
    """The days whose dumps the load would take, and why it would refuse others."""

    days: set[dt.date]
    refused: dict[dt.date, str] = field(default_factory=dict)

    def completes(self, day: calendar.Day, found: daily_exports.Found) -> bool:
        """Whether a day's dump would come, or its missing files."""
        files = {file.dataset.name for file in found.to_land if file.day == day.date}
        missing = {name for name, state in day.files.items() if state != "loaded"}
        return day.date in self.days or (day.dump == "loaded" and missing <= files)

    def judged(self, day: calendar.Day) -> calendar.Day:
        """The day as it would be after the load."""
        refused = self.refused.get(day.date)
        return replace(day, reasons=(refused,)) if refused else day


def _dumps(
    context: LoadContext, request: LoadRequest, expected: dt.date, problems: list[LoaderError]
) -> Generator[str, None, tuple[dt.date, _Coming]]:
    """Lists the dumps, and returns the day that would be the live one's."""
    warehouse, contract = context.warehouse, context.contract
    selector = DumpSelector(
        context.bucket, contract.manifest, dates.business_today(), ledger.withdrawn(warehouse, ledger.DUMP)
    )
    listed = selector.listed()
    first = expected - dt.timedelta(days=contract.continuity_days)
    live = generations.live(warehouse)
    if late := to_catch_up(warehouse, listed, first, expected):
        yield f"  dumps of days before, not loaded yet: {', '.join(map(str, late))}"
    refused: list[str] = []
    load = _Coming({live.day} if live else set())
    for day in late:
        try:
            load.days.add(selector.of_day(day, listed[day]).day)
        except DumpRejectedError as rejection:
            load.refused[day] = str(rejection)
            yield f"  not this one: {rejection}"
    oldest = expected - dt.timedelta(days=request.max_stale_days or 0)
    try:
        dump = selector.newest(listed, oldest, expected, lambda *rejected: refused.append(str(rejected[-1])))
    except (DumpRejectedError, NoDumpError) as problem:
        yield f"  no dump: {problem}"
        problems.append(problem)
        return max(load.days, default=expected), load
    yield from (f"  not this one: {reason}" for reason in refused)
    done = is_loaded(warehouse, context.bucket, dump)
    yield f"  {dump.key}, {dump.size_bytes / 1e6:,.1f} MB: {'loaded already' if done else 'new, and its manifest is good'}"
    load.days.add(dump.day)
    return dump.day, load


def _lines(found: daily_exports.Found) -> Iterator[str]:
    kinds = Counter(file.dataset.name for file in found.to_land)
    new = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items())) or "none"
    yield f"  daily files that are new or changed: {new}; of a new dump's day they are made from it"
    yield from (f"  refused: {rejection}" for _, rejection in found.rejected)


def _coordinates(file: Coordinates, day: dt.date, problems: list[LoaderError]) -> Iterator[str]:
    try:
        rows = file.would_land(day)
    except DumpRejectedError as rejection:
        yield f"  refused: {rejection}"
        problems.append(rejection)
        return
    yield f"  {KEY}: {'nothing new' if rows is None else f'{rows:,} rows'}"


def _models(reached: dict[str, dt.date | None], day: dt.date) -> Iterator[str]:
    behind = Counter(last for last in reached.values() if last is None or last < day)
    if not behind:
        yield "  no model: all of them are there"
    for last, count in sorted(behind.items(), key=lambda item: item[0] or dt.date.min):
        first = last and last + dt.timedelta(days=1)
        what = "everything" if first is None else str(day) if first == day else f"{first} to {day}"
        yield f"  {counted(count, 'model')}: {what}"
