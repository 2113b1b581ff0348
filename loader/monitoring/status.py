"""What `status` knows: what is loaded, what became of each day, how far each model reaches, and what of that is a problem."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from enrichment.run import last_line
from loader import commands
from loader.landing import calendar
from loader.landing.access import read_warehouse
from loader.landing.generations import recorded
from loader.landing.load_report import LiveFigures, live_figures
from loader.quality.data_contract import read_data_contract
from loader.settings import Settings
from loader.sources.daily_file_kinds import COORDINATES
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.run import fresh_to

_LAYERS = ("staging", "silver", "gold")


@dataclass
class Status:
    # Of each kind of file: its name, days, first and last day, rows.
    loaded: list[tuple] = field(default_factory=list)
    newest: dt.date | None = None  # the newest loaded dump's day, None where none is
    days: list[calendar.Day] = field(default_factory=list)  # the calendar of the last days, oldest first
    # The days before the calendar whose dump or file was refused, and why, newest first; without those that are waived.
    rejected: list[tuple[dt.date, str]] = field(default_factory=list)
    # The day, the time (UTC) and the message of the last run, if it failed.
    failed_run: tuple[dt.date, dt.datetime, str] | None = None
    waits_for_run: bool = False  # whether what was computed stands on a dump that is no longer live
    # What the load of the live dump found.
    live: LiveFigures = field(default_factory=lambda: LiveFigures((0, None, None), [], {}, []))
    enriched: str | None = None  # the last run of `enrich` in a line, None where there was none
    kept: list[dt.date] = field(default_factory=list)  # the days of the dumps to roll back to
    # The dumps that were rolled back and not loaded since: day, and when (UTC); those of waived days are left out.
    withdrawn: list[tuple[dt.date, dt.datetime]] = field(default_factory=list)
    # Why the reference file that lies in the bucket was refused, None where it was not.
    coordinates: str | None = None


@dataclass(frozen=True)
class Layer:
    """How far a layer reaches: it is as fresh as its stalest model."""

    name: str  # its schema
    models: int  # how many it has
    reaches: dt.date | None  # the last day (JST) that every model has computed, None where one has none
    behind: list[str]  # the models that end before the day asked for, each with its last day


def status(settings: Settings) -> Status:
    """Reads what is loaded and the calendar of the last days, the data contract's `continuity_days`."""
    window = dt.timedelta(days=read_data_contract(settings.data_contract).continuity_days - 1)
    with read_warehouse(settings) as warehouse:
        query = warehouse.query
        loaded = query(
            """SELECT dataset, COUNT(*), MIN(business_date), MAX(business_date), SUM(row_count)
               FROM landing.load_ledger GROUP BY dataset ORDER BY dataset"""
        )
        first, newest = next((one[2:4] for one in loaded if one[0] == "dump"), (None, None))
        rejected = query(
            """SELECT r.business_date, r.reason FROM landing.rejections r
               LEFT JOIN landing.load_ledger l ON l.dataset = r.dataset AND l.business_date = r.business_date
               WHERE r.dataset <> ? AND (l.load_id IS NULL OR l.load_id < r.load_id) ORDER BY r.business_date DESC, r.dataset""",
            COORDINATES,
        )
        withdrawn = query(
            """SELECT w.business_date, MAX(w.withdrawn_at) FROM landing.withdrawn_files w
               LEFT JOIN landing.load_ledger l ON l.dataset = w.dataset AND l.business_date = w.business_date
               WHERE w.dataset = 'dump' AND l.business_date IS NULL GROUP BY w.business_date ORDER BY 2 DESC"""
        )
        last = max([*(day for day, _ in rejected), newest or dt.date.min])
        waived = calendar.waived(warehouse, last)
        return Status(
            loaded=loaded,
            newest=newest,
            days=list(calendar.days(warehouse, last - window, last)) if newest else [],
            rejected=[one for one in rejected if first is None or (one[0] < first and one[0] not in waived)],
            failed_run=next(iter(query("SELECT business_date, failed_at, reason FROM landing.failed_run")), None),
            waits_for_run=bool(query("SELECT 1 FROM landing.days_to_reopen")),
            live=live_figures(warehouse),
            enriched=last_line(warehouse),
            kept=[one.day for one in reversed(recorded(warehouse)) if one.state == "kept"],
            withdrawn=[one for one in withdrawn if one[0] not in waived],
            coordinates=query("SELECT MAX(reason) FROM landing.rejections WHERE dataset = ?", COORDINATES)[0][0],
        )


def freshness(settings: Settings) -> dict[str, dt.date | None]:
    """The last day that each model in prod has computed, None where there is none."""
    with sqlmesh_context(settings) as (context, _):
        return fresh_to(prod_snapshots(context))


def by_layer(fresh: Mapping[str, dt.date | None], day: dt.date | None) -> list[Layer]:
    """Sums up models (`gold.x` -> the last day computed) by layer; `day` is what they should reach, None where none is loaded."""
    layers = []
    for layer in _LAYERS:
        reached = {name: last for name, last in fresh.items() if name.startswith(f"{layer}.")}
        late = {name: last for name, last in reached.items() if not last or (day and last < day)}
        behind = [f"{name.partition('.')[2]} ({last or 'nothing'})" for name, last in late.items()]
        known = [last for last in reached.values() if last]
        layers.append(Layer(layer, len(reached), min(known) if known and len(known) == len(reached) else None, behind))
    return layers


def problems(found: Status, fresh: Mapping[str, dt.date | None], today: dt.date) -> list[str]:
    """What somebody has to do something about, the worst first: texts of a line or more, with the commands to type.

    `fresh` has the last day computed of each model, and is empty where nothing was planned yet; `today` is the business date.
    """
    texts = [*_of_runs(found, fresh), *_of_days(found)]
    if found.coordinates:
        texts.append(found.coordinates)
    if found.newest and found.newest < today:
        texts.append(
            f"today is {today} in Japan, the newest loaded dump of {found.newest}\n    {commands.loader('daily')}"
        )
    return texts


def is_problem(day: calendar.Day, newest: dt.date | None) -> bool:
    return bool(day.reasons) if day.complete else not day.excused(max(day.date, newest or day.date))


def _of_runs(found: Status, fresh: Mapping[str, dt.date | None]) -> Iterator[str]:
    behind = [f"{one.name} {len(one.behind)} of {one.models}" for one in by_layer(fresh, found.newest) if one.behind]
    late = f"models that end before {found.newest}: {', '.join(behind)}"
    again = f"\n    {commands.loader('run')}"
    if found.failed_run:
        day, at, reason = found.failed_run
        first, _, rest = reason.partition("\n")
        why = rest if rest and first.startswith(f"the run for {day}") else f"  {reason}"
        yield f"the run for {day} failed at {at} UTC\n{why}" + (f"\n  {late}" if behind else "")
    elif found.waits_for_run:
        yield f"a dump was replaced or rolled back, and what was computed from it still stands{again}"
    elif behind:
        yield late + again


def _of_days(found: Status) -> Iterator[str]:
    if found.newest is None:
        yield f"no dump is loaded\n    {commands.loader('load')}"
    bad = [day for day in found.days if is_problem(day, found.newest)]
    incomplete = [day for day in bad if not day.complete]
    if found.newest:
        yield from reversed([str(error) for error in calendar.missing_days(incomplete, found.newest)])
    for day in reversed(bad):
        if day.complete:
            yield "\n  ".join((f"{day.date}: the loaded file stays, but a newer one was refused", *day.reasons))
    for day, at in found.withdrawn:
        if found.newest is None or day > found.newest:
            yield (
                f"the dump of {day} was rolled back at {at} UTC, and none of that day is loaded\n  If the producer made another, type\n"
                f"    {commands.loader('daily', '--date', day)}\n  If the old one is right after all, type\n"
                f"    {commands.loader('load', '--date', day, '--again')}\n  {commands.accept_gap(day)}"
            )
    for day, reason in found.rejected:
        waive = f"\n  {commands.accept_gap(day)}" if found.newest else ""
        load = "" if commands.commands(reason) else f"\n  Get it again, then type\n    {commands.loader('load')}"
        yield f"{day} was refused: {reason}{load if found.newest else ''}{waive}"
