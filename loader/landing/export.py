"""`export`: the daily files of past days, made from the dumps of those days. See docs/decisions/0005."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from loader import commands, dates
from loader.console import say, step
from loader.errors import LoaderError, NoDumpError, UsageError
from loader.landing import daily_exports, generations
from loader.landing.dump import opened
from loader.settings import Settings
from loader.sources.daily_file_kinds import DATASETS, Dataset


def export(
    settings: Settings,
    first: dt.date,
    last: dt.date,
    *,
    again: bool = False,
    by_hand: bool = False,
    accepted: Collection[str] = (),
) -> None:
    """Writes the daily files that are missing in the bucket, day by day; safe to repeat, and to kill at any point.

    A day's dump is read into a place of its own, which is dropped: what the warehouse shows, its ledger and its calendar stay as they are.

    Args:
        settings: warehouse and bucket.
        first: first business day.
        last: last one, included.
        again: write files although the bucket has them, from a dump that was rolled back too.
        by_hand: take dumps without a manifest.
        accepted: names of rules of the contract whose findings somebody accepts.

    Raises:
        LoaderError: in one of its kinds, at the end, naming each day whose files could not be made; the others are made.
    """
    today = dates.business_today()
    if last < first:
        raise UsageError(f"--to {last} is before --date {first}")
    if last > today:
        raise UsageError(f"{last} lies in the future: today is {today} in Japan")
    problems: list[LoaderError] = []
    with opened(settings, again=again, by_hand=by_hand, accepted=accepted) as (selector, landing):
        warehouse, bucket = landing.warehouse, landing.bucket
        listed, live = selector.listed(), generations.live(warehouse)
        number_of_days = (last - first).days + 1
        for number in range(number_of_days):
            day = first + dt.timedelta(days=number)
            name = f"export {day}" + (f" ({number + 1:,} of {number_of_days:,})" if number_of_days > 1 else "")
            datasets: list[Dataset] = [one for one in DATASETS if again or not bucket.keys(one.key_of(day))]
            try:
                if not datasets:
                    say(f"{day}: the bucket has its files")
                elif live and live.day == day:
                    with step(name, total=len(datasets)) as progress:
                        daily_exports.export(warehouse, bucket, day, datasets, progress=progress.advance).shown(
                            progress
                        )
                elif day not in listed:
                    raise NoDumpError(
                        f"{bucket.uri} holds no dump of {day}, so its files can't be made\n  {commands.ask_producer(day)}\n"
                        f"    {commands.again(day)}"
                    )
                else:
                    landing.export(selector.of_day(day, listed[day]), datasets, name)
            except LoaderError as problem:
                problems.append(problem)
    if problems:
        raise type(problems[0])("\n".join(map(str, problems))) from problems[0]
