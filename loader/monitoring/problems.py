"""What is wrong, the worst first, each with what to type: what `status` begins with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from loader import commands
from loader.landing import missing_days
from loader.landing.calendar import Day
from loader.monitoring.freshness import by_layer
from loader.monitoring.status import Status


def problems(found: Status, fresh: Mapping[str, dt.date | None], today: dt.date) -> list[str]:
    """Texts of a line or more; the commands to type are in them, see loader/commands.py.

    Args:
        found: what is loaded.
        fresh: model -> the last day computed; empty where nothing was planned yet.
        today: today's business date.
    """
    coordinates = [found.coordinates] if found.coordinates else []
    return [*_of_runs(found, fresh), *_of_days(found), *coordinates, *_of_age(found, today)]


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
        yield from (f"{day} was refused: {reason}" for day, reason in found.rejected)
        return
    wrong = [day for day in found.days if is_wrong(day, found.newest)]
    yield from reversed(
        [str(error) for error in missing_days.told([day for day in wrong if not day.complete], found.newest)]
    )
    for day in reversed(wrong):
        if day.complete:
            yield "\n  ".join((f"{day.date}: what is loaded stands, but a newer file of it was refused", *day.reasons))


def is_wrong(day: Day, newest: dt.date | None) -> bool:
    """Whether somebody has to do something about a day."""
    if day.complete:
        return bool(day.reasons)
    return not day.excused(max(day.date, newest or day.date))


def _of_age(found: Status, today: dt.date) -> Iterator[str]:
    if found.newest and found.newest < today:
        yield f"today is {today} in Japan, the newest loaded dump of {found.newest}\n    {commands.loader('daily')}"
