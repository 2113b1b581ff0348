"""Days that are not whole, in words: which, what they lack, and what to type. `daily` fails with them, `status` begins with them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator

from loader import commands
from loader.errors import DumpRejectedError, LoaderError, NoDumpError
from loader.landing.calendar import Day


def told(days: Iterable[Day], on: dt.date) -> Iterator[LoaderError]:
    """An error for each stretch of days that follow each other and lack the same; a rejected day has its own.

    Args:
        days: days that are not complete, oldest first.
        on: the business day whose `daily` catches up with them.
    """

    def alike(item: tuple[int, Day]) -> tuple:
        number, day = item
        # Of consecutive days, date less place in the list is the same.
        return day.date - dt.timedelta(days=number), day.lacking, day.reasons and day.date

    for _, group in itertools.groupby(enumerate(days), key=alike):
        found = [day for _, day in group]
        yield _rejected(found[0]) if found[0].reasons else _missing(found, on)


def _missing(days: list[Day], on: dt.date) -> NoDumpError:
    first, last, many = days[0].date, days[-1].date, len(days) > 1
    which = f"{first} to {last} ({len(days)} days) are" if many else f"{first} is"
    lost = commands.loader("waive", first, *(("--to", last) if many else ()), "--reason", "…")
    it = "them" if many else "it"
    return NoDumpError(
        f"{which} missing ({' and '.join(days[0].lacking)})\n  Get {it} into the bucket, then type\n"
        f"    {commands.loader('daily', '--date', on)}\n  Or take {it} as lost\n    {lost}"
    )


def _rejected(day: Day) -> DumpRejectedError:
    why = "\n  ".join(day.reasons)
    if not commands.commands(why):
        why += f"\n  Get it again, then type\n    {commands.loader('daily', '--date', day.date)}"
    lost = commands.loader("waive", day.date, "--reason", "…")
    return DumpRejectedError(f"{day.date} was rejected: {why}\n  Or take it as lost\n    {lost}")
