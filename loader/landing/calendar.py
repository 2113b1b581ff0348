"""What became of each day: loaded, missing, rejected or waived. Derived from ledger, rejections and waivers, never stored twice."""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loader import commands
from loader.dates import each_day, utc_now
from loader.errors import DumpRejectedError, LoaderError, NoDumpError, UsageError
from loader.landing import ledger
from loader.sources.daily_file_kinds import COORDINATES, DATASETS
from loader.warehouse.base import Warehouse

REASON_LENGTH = 4000
_NAMES = (ledger.DUMP, *(dataset.name for dataset in DATASETS))


@dataclass(frozen=True)
class Waiver:
    """That the gap of a day is accepted, for a time."""

    by: str  # who says so
    reason: str  # why
    until: dt.date  # last business date on which it counts


@dataclass(frozen=True)
class Day:
    date: dt.date  # the day (JST)
    dump: str  # loaded, rejected or missing
    files: dict[str, str]  # the same for its daily files, by kind
    # Why something of it was rejected and nothing landed since: what is loaded of it is older.
    reasons: tuple[str, ...] = ()
    waiver: Waiver | None = None  # who waived it, None where nobody did
    has_manifest: bool = True  # False where the dump was loaded by hand, without one

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def missing(self) -> list[str]:
        """What of it is not loaded: dump, daily files where it is all of them, else the kinds of these."""
        files = [name for name, state in self.files.items() if state != "loaded"]
        files = ["daily files"] if len(files) == len(self.files) else files
        return files if self.dump == "loaded" else ["dump", *files]

    def excused(self, on: dt.date) -> bool:
        return self.waiver is not None and on <= self.waiver.until


def days(warehouse: Warehouse, first: dt.date, last: dt.date) -> Iterator[Day]:
    """The days of a stretch, both ends included, oldest first; none before the first dump that the ledger holds."""
    landed = {name: ledger.entries(warehouse, name) for name in _NAMES}
    dumps = landed[ledger.DUMP]
    rejected = {
        (dataset, day): (reason, load_id)
        for dataset, day, reason, load_id in warehouse.query(
            "SELECT dataset, business_date, reason, load_id FROM landing.rejections"
        )
    }
    waived = {
        day: Waiver(by, reason, until)
        for day, by, reason, until in warehouse.query(
            "SELECT business_date, waived_by, reason, until_date FROM landing.waivers"
        )
    }
    if not dumps:
        return
    first = max(first, min(dumps))
    for day in each_day(first, last):
        states, reasons = {}, []
        for name, entries in landed.items():
            reason, load_id = rejected.get((name, day), (None, None))
            states[name] = "loaded" if day in entries else "rejected" if reason else "missing"
            if reason and (day not in entries or load_id > entries[day].load_id):
                reasons.append(reason)
        by_hand = day in dumps and not dumps[day].has_manifest
        yield Day(day, states.pop(ledger.DUMP), states, tuple(reasons), waived.get(day), not by_hand)


def reject(warehouse: Warehouse, load_id: int, dataset: str, day: dt.date, key: str, reason: str) -> None:
    """Keeps why a dump or file was refused, in place of an earlier refusal of that day. Within the caller's transaction."""
    nothing_rejected(warehouse, dataset, day)
    row = (load_id, dataset, day, key[:255], reason[:REASON_LENGTH], utc_now())
    warehouse.insert("landing.rejections", [row])


def refused(warehouse: Warehouse, dataset: str) -> set[dt.date]:
    """The days of which a dump or file of a kind was refused, and not taken for good since."""
    found = warehouse.query("SELECT business_date FROM landing.rejections WHERE dataset = ?", dataset)
    return {day for (day,) in found}


def waived(warehouse: Warehouse, on: dt.date) -> set[dt.date]:
    """The days for which a waiver counts on a business date."""
    return {day for (day,) in warehouse.query("SELECT business_date FROM landing.waivers WHERE until_date >= ?", on)}


def rejected(warehouse: Warehouse, day: dt.date) -> bool:
    """Whether a dump or daily file of a day was ever refused."""
    sql = "SELECT 1 FROM landing.rejections WHERE business_date = ? AND dataset <> ?"
    return bool(warehouse.query(sql, day, COORDINATES))


def nothing_rejected(warehouse: Warehouse, dataset: str, day: dt.date | None = None) -> None:
    """Forgets what was refused of a dataset, on one day where that is named: what is loaded of it is what the bucket has."""
    where, values = ("", ()) if day is None else (" AND business_date = ?", (day,))
    warehouse.execute(f"DELETE FROM landing.rejections WHERE dataset = ?{where}", dataset, *values)


def waive(warehouse: Warehouse, first: dt.date, last: dt.date, waiver: Waiver) -> list[dt.date]:
    """Accepts the gaps of a range of days, both ends included, in place of earlier waivers of them. Returns the days; a UsageError where there
    is nothing to waive, or the waiver would be over before it begins."""
    if last < first:
        raise UsageError(f"--to {last} is before {first}; nothing was changed")
    which = str(first) if first == last else f"{first} to {last}"
    if waiver.until < last:
        raise UsageError(f"a waiver of {which} until {waiver.until} would never count; nothing was changed")
    known = {day.date: day for day in days(warehouse, first, last)}
    # A day before the first dump is not known, and a file of it may be bad.
    lost = [day for day in each_day(first, last) if day not in known or not known[day].complete]
    if not lost:
        raise UsageError(f"{which} is loaded, dump and daily files: there is nothing to waive; nothing was changed")
    with warehouse.transaction():
        for day in lost:
            warehouse.execute("DELETE FROM landing.waivers WHERE business_date = ?", day)
            row = (day, waiver.by[:128], waiver.reason[:500], waiver.until, utc_now())
            warehouse.insert("landing.waivers", [row])
    return lost


def missing_days(days: Iterable[Day], on: dt.date) -> Iterator[LoaderError]:
    """An error for each stretch of incomplete days that follow each other and miss the same; a rejected day has its own.

    `days` are oldest first; `on` is the business day whose `daily` catches up with them.
    """

    def alike(item: tuple[int, Day]) -> tuple:
        number, day = item
        # Of consecutive days, date less place in the list is the same.
        return day.date - dt.timedelta(days=number), day.missing, day.reasons and day.date

    for _, group in itertools.groupby(enumerate(days), key=alike):
        found = [day for _, day in group]
        yield _rejected(found[0]) if found[0].reasons else _missing(found, on)


def _missing(days: list[Day], on: dt.date) -> NoDumpError:
    first, last = days[0].date, days[-1].date
    which = f"{first} to {last} ({len(days)} days) are" if len(days) > 1 else f"{first} is"
    return NoDumpError(
        f"{which} missing ({' and '.join(days[0].missing)})\n  Get {'them' if len(days) > 1 else 'it'} into the bucket, then type\n"
        f"    {commands.loader('daily', '--date', on)}\n  {commands.accept_gap(first, last)}"
    )


def _rejected(day: Day) -> DumpRejectedError:
    why = "\n  ".join(day.reasons)
    if not commands.commands(why):
        why += f"\n  Get it again, then type\n    {commands.loader('daily', '--date', day.date)}"
    return DumpRejectedError(f"{day.date} was rejected: {why}\n  {commands.accept_gap(day.date)}")
